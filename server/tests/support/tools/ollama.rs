//! Ollama's own chat.

use super::{Call, HELLO, Heard, PICTURE, SYSTEM, Wish, raw, schema, tools, with_turns};
use serde_json::{Value, json};

pub(super) fn request(model: &str, stream: bool, wish: &Wish) -> String {
    let mut hello = json!({ "role": "user", "content": HELLO });
    if wish.picture {
        hello["images"] = json!([PICTURE]);
    }
    let mut body = json!({ "model": model });
    // It streams unless told not to.
    if !stream {
        body["stream"] = json!(false);
    }
    if wish.tools {
        let tool = |(name, description, schema)| json!({ "type": "function", "function": { "name": name, "description": description, "parameters": schema } });
        body["tools"] = tools().map(tool).into_iter().collect();
    }
    if wish.reasoning {
        body["think"] = json!("medium");
    }
    if wish.schema {
        body["format"] = schema();
    }
    with_turns(body, "messages", vec![json!({ "role": "system", "content": SYSTEM }), hello], wish)
}

pub(super) fn whole(text: &str) -> Heard {
    lines(&[text])
}

pub(super) fn streamed(text: &str) -> Heard {
    assert!(text.ends_with('\n'), "the last line is whole: {text}");
    lines(&text.lines().collect::<Vec<_>>())
}

fn lines(lines: &[&str]) -> Heard {
    let mut heard = Heard::default();
    let mut calls: Vec<String> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value["model"].is_string() && value["created_at"].is_string(), "{line}");
        let message = &value["message"];
        assert!(message["role"] == "assistant" && message["content"].is_string(), "{line}");
        heard.text.push_str(message["content"].as_str().unwrap());
        heard.thought.push_str(message["thinking"].as_str().unwrap_or_default());
        let raws = raw::items(line, &["message", "tool_calls"]);
        for (call, raw) in message["tool_calls"].as_array().into_iter().flatten().zip(raws) {
            heard.calls.push(Call {
                id: call["id"].as_str().unwrap_or_default().to_owned(),
                name: call["function"]["name"].as_str().unwrap().to_owned(),
                arguments: raw::at(&raw, &["function", "arguments"]),
            });
            calls.push(raw);
        }
        let last = at + 1 == lines.len();
        assert_eq!(value["done"], last, "only the last line says that it is done: {lines:#?}");
        if last {
            value["done_reason"].as_str().unwrap().clone_into(&mut heard.stop);
            heard.usage = value.clone();
        }
    }
    let mut turn = json!({ "role": "assistant", "content": heard.text, "thinking": heard.thought });
    if !calls.is_empty() {
        turn["tool_calls"] = json!("@calls@");
    }
    heard.turns = vec![turn.to_string().replace("\"@calls@\"", &format!("[{}]", calls.join(",")))];
    heard
}
