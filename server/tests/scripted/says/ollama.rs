//! Ollama's own chat: a line of JSON for each piece.

use super::{Said, call_id, counts, quoted};
use crate::scripted::script::Asked;
use wire::Dialect::Ollama;

pub(super) fn whole(said: &Said, asked: &Asked) -> String {
    let mut message = format!(r#""content":{}"#, quoted(&said.texts.concat()));
    if !said.thought.is_empty() {
        message += &format!(r#","thinking":{}"#, quoted(&said.thought.concat()));
    }
    if !said.calls.is_empty() {
        message += &format!(r#","tool_calls":[{}]"#, calls(said).join(","));
    }
    document(asked, &message, &end(said, asked))
}

pub(super) fn frames(said: &Said, asked: &Asked) -> Vec<String> {
    let mut messages: Vec<String> = said
        .thought
        .iter()
        .map(|piece| format!(r#""content":"","thinking":{}"#, quoted(piece)))
        .chain(said.texts.iter().map(|piece| format!(r#""content":{}"#, quoted(piece))))
        .collect();
    messages.extend(calls(said).iter().map(|call| format!(r#""content":"","tool_calls":[{call}]"#)));
    let mut lines: Vec<String> =
        messages.iter().map(|message| document(asked, message, r#""done":false"#)).collect();
    lines.push(document(asked, r#""content":"""#, &end(said, asked)));
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

fn calls(said: &Said) -> Vec<String> {
    let calls = said.calls.iter().enumerate().map(|(number, call)| {
        format!(
            r#"{{"id":"{}","function":{{"index":{number},"name":"{}","arguments":{}}}}}"#,
            call_id(Ollama, number),
            call.name,
            call.arguments
        )
    });
    calls.collect()
}

fn document(asked: &Asked, message: &str, end: &str) -> String {
    format!(
        r#"{{"model":"{}","created_at":"2026-11-21T09:40:00.123456789Z","message":{{"role":"assistant",{message}}},{end}}}"#,
        asked.model
    )
}

fn end(said: &Said, asked: &Asked) -> String {
    let reason = if said.cut { "length" } else { "stop" };
    let counts = counts(Ollama);
    let counted = if asked.counted {
        format!(
            r#","total_duration":4883583458,"load_duration":1334875,"prompt_eval_count":{},"prompt_eval_duration":342546000,"eval_count":{},"eval_duration":4535599000"#,
            counts.prompt(),
            counts.output
        )
    } else {
        String::new()
    };
    format!(r#""done":true,"done_reason":"{reason}"{counted}"#)
}
