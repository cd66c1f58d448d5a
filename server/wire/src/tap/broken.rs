//! Ends of Gemini's after which there is nothing to go on with: the model wrote a call that Google could not read, or
//! called a tool that there is not (FinishReason, August 2026). Read as an answer that ended, an agent would stop with
//! nothing done or ask the same again without end (Wei-Shaw/sub2api#7098, 2026-09-13; NousResearch/hermes-agent#83882,
//! 2026-08-11).

use super::Reading;
use crate::ProviderError;

const BROKEN: [&str; 3] = ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE"];

/// Which of them a reason is. In chat it stands behind `function_call_filter: ` at Google, and in
/// `native_finish_reason` at OpenRouter (vellum-ai/vellum-assistant#43134, 2026-09-21).
pub(super) fn broken(reason: &str) -> Option<&'static str> {
    BROKEN.into_iter().find(|broken| reason.ends_with(broken))
}

impl Reading {
    /// Makes an error of such an end if nothing but thoughts came before it.
    pub(super) fn broke(&mut self, reason: Option<&'static str>, message: &str) -> bool {
        let Some(reason) = reason.filter(|_| !self.answers) else { return false };
        let message = match message {
            "" => format!("The model's answer broke off ({reason})."),
            message => message.to_owned(),
        };
        // As if the provider had answered so: another try may well succeed.
        let code = reason.to_owned();
        self.fail(ProviderError { message, code, kind: String::new(), status: Some(502) });
        true
    }
}
