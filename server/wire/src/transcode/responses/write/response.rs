//! The reply as an object: what a whole reply is, and what the first and last events of a stream repeat.

use super::{Outcome, Writer};
use crate::json::write::ObjectWriter;
use crate::{ProviderError, usage};

impl Writer {
    /// Writes the reply as it stands. Members that the SDKs require (`tools`, `tool_choice`,
    /// `parallel_tool_calls`) are there although the request is not repeated.
    pub(super) fn response(
        &self,
        response: &mut ObjectWriter<'_>,
        outcome: Outcome,
        error: Option<&ProviderError>,
    ) {
        response.text("id", &self.id);
        response.text("object", "response");
        response.raw("created_at", &self.asked.at.to_string());
        response.text("status", outcome.status);
        response.bool("background", false);
        match error {
            Some(error) => response.object("error", |out| {
                out.text("code", code(error));
                out.text("message", &error.message);
            }),
            None => response.null("error"),
        }
        match outcome.reason {
            Some(reason) => response.object("incomplete_details", |out| out.text("reason", reason)),
            None => response.null("incomplete_details"),
        }
        for unsaid in ["instructions", "max_output_tokens", "max_tool_calls"] {
            response.null(unsaid);
        }
        response.text("model", &self.asked.model);
        response.list("output", |output| {
            for item in &self.output {
                output.raw(&String::from_utf8_lossy(item));
            }
        });
        response.bool("parallel_tool_calls", true);
        response.null("previous_response_id");
        response.raw("reasoning", r#"{"effort":null,"summary":null}"#);
        response.bool("store", false);
        response.null("temperature");
        response.raw("text", r#"{"format":{"type":"text"}}"#);
        response.text("tool_choice", "auto");
        response.raw("tools", "[]");
        response.null("top_p");
        response.text("truncation", "disabled");
        match outcome.status {
            // The AI SDK takes no end without counts (`openaiResponsesChunkSchema`), so unknown ones are zeros.
            "completed" | "incomplete" => response.object("usage", |out| {
                usage::write_responses(&self.usage.unwrap_or_default(), out);
            }),
            _ => response.null("usage"),
        }
        response.null("user");
        response.raw("metadata", "{}");
    }
}

/// The error's class.
pub(super) fn kind(error: &ProviderError) -> &str {
    if error.kind.is_empty() { "server_error" } else { &error.kind }
}

/// What programs tell errors apart by: Codex retries, waits or gives up by it.
pub(super) fn code(error: &ProviderError) -> &str {
    if error.code.is_empty() { kind(error) } else { &error.code }
}
