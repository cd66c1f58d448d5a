//! A provider's reply.

mod items;
mod lanes;

use crate::json::tree::{Node, Object, Path, Value};
use crate::transcode::Read;
use crate::{Event, Finish, Malformed, Reply};
use items::{Items, Said};

/// Decodes a stream.
pub(crate) struct Reader {
    items: Items,
    started: bool,
    finished: bool,
}

impl Reader {
    /// For a stream of `issuer`'s.
    pub(crate) fn new(issuer: &str) -> Self {
        Self { items: Items::new(issuer), started: false, finished: false }
    }

    fn start(&mut self, response: Option<&mut Object<'_>>, out: &mut Vec<Event>) {
        if self.started {
            return;
        }
        self.started = true;
        let stated = |key| -> String {
            let Some(Node { value: Value::Text(text), .. }) = response.as_ref().and_then(|one| one.get(key))
            else {
                return String::new();
            };
            text.clone().into_owned()
        };
        let (id, model) = (stated("id"), stated("model"));
        out.push(Event::Start { id, model, usage: None });
    }

    /// The last event of a stream, or a whole reply.
    fn whole(&mut self, mut response: Object<'_>, out: &mut Vec<Event>) {
        self.start(Some(&mut response), out);
        self.items.output(response.lenient_objects("output"), out);
        let details = response.lenient_object("incomplete_details");
        let reason = details.and_then(|mut details| details.lenient_text("reason")).unwrap_or_default();
        let status = response.lenient_text("status").unwrap_or_default();
        // Some say `completed` and state a reason all the same.
        let finish = match (&*status, &*reason) {
            ("" | "completed" | "incomplete", "") if status != "incomplete" => Finish::Stop,
            ("incomplete", "") => Finish::Length,
            (_, "max_output_tokens" | "max_tokens") => Finish::Length,
            (_, "content_filter") => Finish::Filtered,
            // `cancelled`, or `in_progress` and `queued` of an answer made in the background.
            (other, "") => Finish::Other(other.to_owned()),
            (_, other) => Finish::Other(other.to_owned()),
        };
        let finish = match finish.with_calls(self.items.called) {
            Finish::Stop if self.items.refused && !self.items.worded => Finish::Refused,
            finish => finish,
        };
        out.push(Event::Finish(finish));
        self.finished = true;
    }
}

impl Read for Reader {
    fn document(&mut self, event: &str, mut body: Object<'_>, out: &mut Vec<Event>) {
        if self.finished {
            return;
        }
        let kind = body.lenient_text("type");
        let kind = kind.as_deref().unwrap_or(event);
        match kind {
            "response.created" | "response.in_progress" | "response.queued" => {
                self.start(body.lenient_object("response").as_mut(), out);
                return;
            }
            // `response.done` is what it is called over WebSockets, which gateways pass on.
            "response.completed" | "response.incomplete" | "response.done" => {
                let response = body.lenient_object("response").unwrap_or_default();
                self.whole(response, out);
                return;
            }
            _ => {}
        }
        let Some(kind) = kind.strip_prefix("response.") else { return };
        if !self.started {
            self.start(None, out);
        }
        match kind {
            "output_item.added" => self.items.added(body, out),
            "output_item.done" => self.items.done(body, out),
            "content_part.done" => self.items.part_done(body, out),
            "output_text.delta" => self.items.words(Said::Text, "delta", body, out),
            "output_text.done" => self.items.words(Said::Text, "text", body, out),
            "refusal.delta" => self.items.words(Said::Refusal, "delta", body, out),
            "refusal.done" => self.items.words(Said::Refusal, "refusal", body, out),
            "reasoning_summary_text.delta" => self.items.thought(true, "delta", body, out),
            "reasoning_summary_text.done" => self.items.thought(true, "text", body, out),
            "reasoning_text.delta" | "reasoning.delta" => self.items.thought(false, "delta", body, out),
            "reasoning_text.done" => self.items.thought(false, "text", body, out),
            "function_call_arguments.delta" | "custom_tool_call_input.delta" => {
                self.items.input("delta", body, out);
            }
            "function_call_arguments.done" => self.items.input("arguments", body, out),
            "custom_tool_call_input.done" => self.items.input("input", body, out),
            _ => {}
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        if !self.finished {
            self.items.cut(out);
        }
    }
}

/// Decodes a whole reply.
pub(crate) fn read_whole(body: Object<'_>, issuer: &str) -> Result<Reply, Malformed> {
    let mut reader = Reader::new(issuer);
    let mut events = Vec::new();
    reader.whole(body, &mut events);
    Reply::collect(events).map_err(|error| Path::Root.fault(&error.message))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
