//! OpenAI's chat completions, with DeepSeek's `reasoning_content` and OpenRouter's proof of it.

use super::{Said, call_id, counts, quoted, seal};
use crate::scripted::script::Asked;
use wire::Dialect::Chat;

pub(super) fn whole(said: &Said, asked: &Asked) -> String {
    let model = &asked.model;
    let text = said.texts.concat();
    let content = if said.texts.is_empty() { "null".to_owned() } else { quoted(&text) };
    let mut message = format!(r#"{{"role":"assistant","content":{content},"refusal":null,"annotations":[]"#);
    if !said.thought.is_empty() {
        let thought = quoted(&said.thought.concat());
        message += &format!(r#","reasoning_content":{thought},"reasoning_details":[{}]"#, proof());
    }
    if !said.calls.is_empty() {
        let calls = said.calls.iter().enumerate().map(|(number, call)| {
            let arguments = quoted(call.arguments);
            format!(
                r#"{{"id":"{}","type":"function","function":{{"name":"{}","arguments":{arguments}}}}}"#,
                call_id(Chat, number),
                call.name
            )
        });
        message += &format!(r#","tool_calls":[{}]"#, calls.collect::<Vec<_>>().join(","));
    }
    let usage = if asked.counted { format!(r#","usage":{}"#, usage(asked)) } else { String::new() };
    format!(
        r#"{{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5q","object":"chat.completion","created":1763718000,"model":"{model}","choices":[{{"index":0,"message":{message}}},"logprobs":null,"finish_reason":"{}"}}]{usage},"service_tier":"default","system_fingerprint":"fp_44709d6fcb"}}"#,
        finish(said)
    )
}

pub(super) fn frames(said: &Said, asked: &Asked) -> Vec<String> {
    let model = &asked.model;
    // With include_usage every chunk has the member, null until the last.
    let null = if asked.usage { r#","usage":null"# } else { "" };
    let chunk = |choices: &str, usage: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFO\",\"object\":\"chat.completion.chunk\",\"created\":1763718000,\"model\":\"{model}\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{choices}]{usage}}}\n\n"
        )
    };
    let delta = |delta: &str, finish: &str| {
        chunk(&format!(r#"{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}"#), null)
    };
    let mut frames = vec![delta(r#"{"role":"assistant","content":"","refusal":null}"#, "null")];
    for piece in &said.thought {
        let piece = quoted(piece);
        frames.push(delta(&format!(r#"{{"content":null,"reasoning_content":{piece}}}"#), "null"));
    }
    if !said.thought.is_empty() {
        frames.push(delta(&format!(r#"{{"content":null,"reasoning_details":[{}]}}"#, proof()), "null"));
    }
    for text in &said.texts {
        frames.push(delta(&format!(r#"{{"content":{}}}"#, quoted(text)), "null"));
    }
    for (index, call) in said.calls.iter().enumerate() {
        let begun = format!(
            r#"{{"index":{index},"id":"{}","type":"function","function":{{"name":"{}","arguments":""}}}}"#,
            call_id(Chat, index),
            call.name
        );
        frames.push(delta(&format!(r#"{{"tool_calls":[{begun}]}}"#), "null"));
        for piece in call.pieces() {
            let piece = quoted(&piece);
            let more = format!(r#"{{"index":{index},"function":{{"arguments":{piece}}}}}"#);
            frames.push(delta(&format!(r#"{{"tool_calls":[{more}]}}"#), "null"));
        }
    }
    frames.push(delta("{}", &format!("\"{}\"", finish(said))));
    if asked.usage && asked.counted {
        frames.push(chunk("", &format!(r#","usage":{}"#, usage(asked))));
    }
    frames.push("data: [DONE]\n\n".to_owned());
    frames
}

fn finish(said: &Said) -> &'static str {
    match (said.cut, said.calls.is_empty()) {
        (true, _) => "length",
        (_, false) => "tool_calls",
        _ => "stop",
    }
}

fn proof() -> String {
    format!(
        r#"{{"type":"reasoning.encrypted","data":"{}","id":"rs_1","format":"openai-responses-v1","index":0}}"#,
        seal(Chat)
    )
}

/// The model `stated-cost` also states what the answer cost, as OpenRouter does (a recording of 6 September 2026).
fn usage(asked: &Asked) -> String {
    let counts = counts(Chat);
    let cost = match asked.model.as_str() {
        "stated-cost" => {
            r#","cost":0.0000253,"is_byok":false,"cost_details":{"upstream_inference_cost":0.0000253,"upstream_inference_prompt_cost":3E-7}"#
        }
        _ => "",
    };
    format!(
        r#"{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{},"audio_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":{},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}{cost}}}"#,
        counts.prompt(),
        counts.output,
        counts.prompt() + counts.output,
        counts.read,
        counts.reasoning
    )
}
