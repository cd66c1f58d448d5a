//! OpenAI's chat completions.

use super::{Call, HELLO, Heard, PICTURE, SYSTEM, Wish, raw, schema, tools, with_turns};
use serde_json::{Value, json};

pub(super) fn request(model: &str, stream: bool, wish: &Wish) -> String {
    let mut body = json!({ "model": model });
    let hello = if wish.picture {
        json!([
            { "type": "text", "text": HELLO },
            { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{PICTURE}"), "detail": "auto" } },
        ])
    } else {
        json!(HELLO)
    };
    if stream {
        body["stream"] = json!(true);
        body["stream_options"] = json!({ "include_usage": true });
    }
    if wish.tools {
        let tool = |(name, description, schema)| json!({ "type": "function", "function": { "name": name, "description": description, "parameters": schema } });
        body["tools"] = tools().map(tool).into_iter().collect();
    }
    if wish.reasoning {
        body["reasoning_effort"] = json!("medium");
    }
    if wish.schema {
        let schema = json!({ "name": "weather", "schema": schema(), "strict": true });
        body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
    }
    let first =
        vec![json!({ "role": "system", "content": SYSTEM }), json!({ "role": "user", "content": hello })];
    with_turns(body, "messages", first, wish)
}

pub(super) fn whole(text: &str) -> Heard {
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(value["object"], "chat.completion", "{value:#}");
    assert!(value["id"].is_string() && value["created"].is_u64(), "{value:#}");
    let choice = &value["choices"][0];
    let message = &choice["message"];
    assert_eq!((&choice["index"], &message["role"]), (&json!(0), &json!("assistant")), "{value:#}");
    let calls = message["tool_calls"].as_array().into_iter().flatten().map(|call| {
        assert_eq!(call["type"], "function", "{call}");
        Call {
            id: call["id"].as_str().unwrap().to_owned(),
            name: call["function"]["name"].as_str().unwrap().to_owned(),
            arguments: raw::compact(call["function"]["arguments"].as_str().unwrap()),
        }
    });
    Heard {
        thought: message["reasoning_content"].as_str().unwrap_or_default().to_owned(),
        text: message["content"].as_str().unwrap_or_default().to_owned(),
        calls: calls.collect(),
        stop: choice["finish_reason"].as_str().unwrap().to_owned(),
        usage: value["usage"].clone(),
        turns: vec![turn(message)],
        ..Heard::default()
    }
}

/// The turn as clients of OpenRouter and DeepSeek keep it.
fn turn(message: &Value) -> String {
    let mut turn = json!({ "role": "assistant", "content": message["content"] });
    for kept in ["tool_calls", "reasoning_content", "reasoning_details", "extra_content"] {
        if message[kept].as_array().is_none_or(|list| !list.is_empty()) && !message[kept].is_null() {
            turn[kept] = message[kept].clone();
        }
    }
    turn.to_string()
}

pub(super) fn streamed(text: &str) -> Heard {
    let mut events = raw::events(text);
    let (_, done) = events.pop().unwrap();
    assert_eq!(done, "[DONE]", "it says that it is done: {text}");
    let mut message = json!({ "content": null });
    let (mut stop, mut usage) = (String::new(), Value::Null);
    let mut id = Value::Null;
    for (at, (name, data)) in events.iter().enumerate() {
        let chunk: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
        assert_eq!((name.as_str(), &chunk["object"]), ("", &json!("chat.completion.chunk")), "{chunk}");
        assert!(chunk["created"].is_u64() && chunk["model"].is_string(), "{chunk}");
        if at == 0 {
            id = chunk["id"].clone();
            assert_eq!(chunk["choices"][0]["delta"]["role"], "assistant", "it begins with the role: {chunk}");
        }
        assert!(id.is_string() && chunk["id"] == id, "one id: {chunk}");
        if !chunk["usage"].is_null() {
            assert!(usage.is_null() && at + 1 == events.len(), "counts come once, at the end: {text}");
            usage = chunk["usage"].clone();
        }
        let Some(choice) = chunk["choices"].as_array().unwrap().first() else { continue };
        assert!(stop.is_empty(), "nothing is said after the reason: {text}");
        take(&mut message, &choice["delta"]);
        if let Some(reason) = choice["finish_reason"].as_str() {
            reason.clone_into(&mut stop);
        }
    }
    let whole = json!({
        "object": "chat.completion", "id": id, "created": 1, "usage": usage,
        "choices": [{ "index": 0, "message": message, "finish_reason": stop }],
    });
    whole_of(&whole)
}

fn whole_of(value: &Value) -> Heard {
    let mut value = value.clone();
    value["choices"][0]["message"]["role"] = json!("assistant");
    whole(&value.to_string())
}

/// Adds a delta to a message, as OpenAI's own library does.
fn take(message: &mut Value, delta: &Value) {
    for words in ["content", "reasoning_content"] {
        if let Some(piece) = delta[words].as_str() {
            let so_far = message[words].as_str().unwrap_or_default();
            message[words] = json!(format!("{so_far}{piece}"));
        }
    }
    // Google's own members.
    if !delta["extra_content"].is_null() {
        message["extra_content"] = delta["extra_content"].clone();
    }
    for detail in delta["reasoning_details"].as_array().into_iter().flatten() {
        match message["reasoning_details"].as_array_mut() {
            Some(list) => list.push(detail.clone()),
            None => message["reasoning_details"] = json!([detail]),
        }
    }
    for call in delta["tool_calls"].as_array().into_iter().flatten() {
        let index = usize::try_from(call["index"].as_u64().expect("an index")).unwrap();
        if message["tool_calls"].is_null() {
            message["tool_calls"] = json!([]);
        }
        let list = message["tool_calls"].as_array_mut().unwrap();
        if index == list.len() {
            assert!(
                call["id"].as_str().is_some_and(|id| !id.is_empty()),
                "a call begins with its id: {call}"
            );
            list.push(json!({
                "id": call["id"], "type": call["type"],
                "function": { "name": call["function"]["name"], "arguments": "" },
            }));
        } else {
            assert_eq!(index + 1, list.len(), "calls come one after the other: {call}");
            assert!(
                call["function"]["name"].as_str().is_none_or(str::is_empty),
                "the name comes once: {call}"
            );
        }
        let so_far = list[index]["function"]["arguments"].as_str().unwrap_or_default().to_owned();
        let piece = call["function"]["arguments"].as_str().unwrap_or_default();
        list[index]["function"]["arguments"] = json!(so_far + piece);
        if !call["extra_content"].is_null() {
            list[index]["extra_content"] = call["extra_content"].clone();
        }
    }
}
