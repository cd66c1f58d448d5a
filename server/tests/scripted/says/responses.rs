//! OpenAI's Responses.

use super::{Said, call_id, counts, seal};
use crate::scripted::script::Asked;
use serde_json::{Value, json};
use wire::Dialect::Responses;

const RESPONSE: &str = "resp_67ccd3a9da748190baa7f1570fe91ac604becb25c45c1d41";

pub(super) fn whole(said: &Said, asked: &Asked) -> String {
    let output = items(said, asked).into_iter().map(|item| item.whole).collect();
    response(said, asked, Some(output)).to_string()
}

pub(super) fn frames(said: &Said, asked: &Asked) -> Vec<String> {
    let mut stream = Stream { frames: Vec::new() };
    for kind in ["response.created", "response.in_progress"] {
        stream.event(kind, json!({ "response": response(said, asked, None) }));
    }
    let items = items(said, asked);
    for (index, item) in items.iter().enumerate() {
        stream.event("response.output_item.added", json!({ "output_index": index, "item": item.begun }));
        let at = json!({ "item_id": item.whole["id"], "output_index": index });
        item.inner(said, &at, &mut stream);
        stream.event("response.output_item.done", json!({ "output_index": index, "item": item.whole }));
    }
    let output = items.into_iter().map(|item| item.whole).collect();
    let last = if said.cut { "response.incomplete" } else { "response.completed" };
    stream.event(last, json!({ "response": response(said, asked, Some(output)) }));
    stream.frames
}

struct Stream {
    frames: Vec<String>,
}

impl Stream {
    fn event(&mut self, kind: &str, members: Value) {
        self.event_at(kind, &json!({}), members);
    }

    fn event_at(&mut self, kind: &str, at: &Value, members: Value) {
        let mut event = json!({ "type": kind, "sequence_number": self.frames.len() });
        for more in [at.clone(), members] {
            if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
                event.extend(more);
            }
        }
        self.frames.push(format!("event: {kind}\ndata: {event}\n\n"));
    }
}

/// An item of the output.
struct Item {
    kind: Kind,
    begun: Value,
    whole: Value,
}

enum Kind {
    Thought,
    Text,
    Call(super::Call),
}

fn items(said: &Said, asked: &Asked) -> Vec<Item> {
    let mut items = Vec::new();
    if !said.thought.is_empty() {
        // The proof is given only to those who ask for it.
        let proof = if asked.sealed { json!(seal(Responses)) } else { Value::Null };
        let item = |summary: Value, proof: Value| json!({ "id": "rs_67ccf18f64008190a39b619f4c8455ef", "type": "reasoning", "summary": summary, "encrypted_content": proof });
        let summary = json!([{ "type": "summary_text", "text": said.thought.concat() }]);
        items.push(Item {
            kind: Kind::Thought,
            begun: item(json!([]), Value::Null),
            whole: item(summary, proof),
        });
    }
    if !said.texts.is_empty() {
        let item = |status: &str, content: Value| json!({ "id": "msg_67ccf190ca3881909d433c50b1f6357e", "type": "message", "status": status, "role": "assistant", "content": content });
        items.push(Item {
            kind: Kind::Text,
            begun: item("in_progress", json!([])),
            whole: item("completed", json!([text(&said.texts.concat())])),
        });
    }
    for (number, call) in said.calls.iter().enumerate() {
        let item = |status: &str, arguments: &str| {
            json!({
                "id": format!("fc_67ccd2bf17f0819081ff3bb2cf6508e{number}"), "type": "function_call",
                "status": status, "call_id": call_id(Responses, number), "name": call.name, "arguments": arguments,
            })
        };
        items.push(Item {
            kind: Kind::Call(*call),
            begun: item("in_progress", ""),
            whole: item("completed", call.arguments),
        });
    }
    items
}

impl Item {
    fn inner(&self, said: &Said, at: &Value, stream: &mut Stream) {
        let mut event = |kind: &str, members: Value| stream.event_at(kind, at, members);
        match &self.kind {
            Kind::Thought => {
                let part = |text: &str| json!({ "summary_index": 0, "part": { "type": "summary_text", "text": text } });
                event("response.reasoning_summary_part.added", part(""));
                for piece in &said.thought {
                    event(
                        "response.reasoning_summary_text.delta",
                        json!({ "summary_index": 0, "delta": piece }),
                    );
                }
                let thought = said.thought.concat();
                event("response.reasoning_summary_text.done", json!({ "summary_index": 0, "text": thought }));
                event("response.reasoning_summary_part.done", part(&thought));
            }
            Kind::Text => {
                let part = |words: &str| json!({ "content_index": 0, "part": text(words) });
                event("response.content_part.added", part(""));
                for piece in &said.texts {
                    event(
                        "response.output_text.delta",
                        json!({ "content_index": 0, "delta": piece, "logprobs": [] }),
                    );
                }
                let words = said.texts.concat();
                event(
                    "response.output_text.done",
                    json!({ "content_index": 0, "text": words, "logprobs": [] }),
                );
                event("response.content_part.done", part(&words));
            }
            Kind::Call(call) => {
                for piece in call.pieces() {
                    event("response.function_call_arguments.delta", json!({ "delta": piece }));
                }
                event("response.function_call_arguments.done", json!({ "arguments": call.arguments }));
            }
        }
    }
}

fn text(words: &str) -> Value {
    json!({ "type": "output_text", "text": words, "annotations": [], "logprobs": [] })
}

/// The response object; without an output it is still under way.
fn response(said: &Said, asked: &Asked, output: Option<Vec<Value>>) -> Value {
    let counts = counts(Responses);
    let usage = json!({
        "input_tokens": counts.prompt(), "input_tokens_details": { "cached_tokens": counts.read },
        "output_tokens": counts.output, "output_tokens_details": { "reasoning_tokens": counts.reasoning },
        "total_tokens": counts.prompt() + counts.output,
    });
    let status = match (&output, said.cut) {
        (None, _) => "in_progress",
        (_, true) => "incomplete",
        _ => "completed",
    };
    let why = if status == "incomplete" { json!({ "reason": "max_output_tokens" }) } else { Value::Null };
    json!({
        "id": RESPONSE, "object": "response", "created_at": 1_763_718_000, "status": status,
        "background": false, "error": null, "incomplete_details": why, "instructions": null,
        "max_output_tokens": null, "model": asked.model, "parallel_tool_calls": true, "previous_response_id": null,
        "reasoning": { "effort": null, "summary": null }, "service_tier": "default", "store": true,
        "temperature": 1.0, "text": { "format": { "type": "text" } }, "tool_choice": "auto", "tools": [],
        "top_p": 1.0, "truncation": "disabled", "user": null, "metadata": {},
        "usage": output.as_ref().filter(|_| asked.counted).map(|_| usage), "output": output.unwrap_or_default(),
    })
}
