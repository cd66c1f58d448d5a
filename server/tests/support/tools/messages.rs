//! Anthropic's messages.

use super::{Call, HELLO, Heard, PICTURE, SYSTEM, Wish, raw, schema, tools, with_turns};
use serde_json::{Value, json};

pub(super) fn request(model: &str, stream: bool, wish: &Wish) -> String {
    let mut content = vec![json!({ "type": "text", "text": HELLO })];
    if wish.picture {
        let source = json!({ "type": "base64", "media_type": "image/png", "data": PICTURE });
        content.push(json!({ "type": "image", "source": source }));
    }
    let mut body = json!({
        "model": model, "max_tokens": 16_000,
        "system": [{ "type": "text", "text": SYSTEM, "cache_control": { "type": "ephemeral" } }],
    });
    if stream {
        body["stream"] = json!(true);
    }
    if wish.tools {
        let tool = |(name, description, schema)| json!({ "name": name, "description": description, "input_schema": schema });
        body["tools"] = tools().map(tool).into_iter().collect();
    }
    if wish.reasoning {
        body["thinking"] = json!({ "type": "enabled", "budget_tokens": 8192 });
    }
    if wish.schema {
        body["output_config"] = json!({ "format": { "type": "json_schema", "schema": schema() } });
    }
    with_turns(body, "messages", vec![json!({ "role": "user", "content": content })], wish)
}

pub(super) fn whole(text: &str) -> Heard {
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!((&value["type"], &value["role"]), (&json!("message"), &json!("assistant")), "{value:#}");
    assert!(value["id"].as_str().is_some_and(|id| !id.is_empty()), "{value:#}");
    let mut heard = Heard {
        stop: value["stop_reason"].as_str().unwrap().to_owned(),
        usage: value["usage"].clone(),
        turns: vec![turn(&raw::items(text, &["content"]))],
        ..Heard::default()
    };
    for (at, block) in value["content"].as_array().unwrap().iter().enumerate() {
        match block["type"].as_str().unwrap() {
            "thinking" => {
                assert!(block["signature"].is_string(), "{block}");
                heard.thought.push_str(block["thinking"].as_str().unwrap());
            }
            "redacted_thinking" => assert!(block["data"].is_string(), "{block}"),
            "text" => heard.text.push_str(block["text"].as_str().unwrap()),
            "tool_use" => heard.calls.push(Call {
                id: block["id"].as_str().unwrap().to_owned(),
                name: block["name"].as_str().unwrap().to_owned(),
                arguments: raw::at(text, &["content", &at.to_string(), "input"]),
            }),
            other => panic!("a block of type {other}"),
        }
    }
    heard
}

fn turn(blocks: &[String]) -> String {
    format!(r#"{{"role":"assistant","content":[{}]}}"#, blocks.join(","))
}

/// A block under way.
#[derive(Default)]
struct Block {
    kind: String,
    begun: Value,
    words: String,
    signature: String,
}

impl Block {
    fn delta(&mut self, delta: &Value) {
        let kind = delta["type"].as_str().unwrap();
        let member = match (self.kind.as_str(), kind) {
            ("text", "text_delta") => "text",
            ("thinking", "thinking_delta") => "thinking",
            ("tool_use", "input_json_delta") => "partial_json",
            ("thinking", "signature_delta") => {
                self.signature = delta["signature"].as_str().unwrap().to_owned();
                return;
            }
            _ => panic!("{kind} in a block of type {}", self.kind),
        };
        self.words.push_str(delta[member].as_str().unwrap());
    }

    /// The block as Anthropic's own library puts it together.
    fn whole(self) -> String {
        let mut block = self.begun;
        match self.kind.as_str() {
            "tool_use" => {
                let input = if self.words.is_empty() { "{}" } else { &self.words };
                block["input"] = json!("@input@");
                return block.to_string().replace("\"@input@\"", input);
            }
            "thinking" => {
                block["thinking"] = json!(self.words);
                block["signature"] = json!(self.signature);
            }
            "text" => block["text"] = json!(self.words),
            _ => {}
        }
        block.to_string()
    }
}

pub(super) fn streamed(text: &str) -> Heard {
    let (mut blocks, mut open): (Vec<String>, Option<Block>) = (Vec::new(), None);
    let (mut message, mut usage, mut stop) = (Value::Null, Value::Null, Value::Null);
    let events = raw::events(text);
    let last = events.len() - 1;
    for (at, (name, data)) in events.iter().enumerate() {
        let event: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
        assert_eq!(event["type"], name.as_str(), "the event is called as its data says: {data}");
        assert!(stop.is_null() || name == "message_stop", "only the end comes after the reason: {text}");
        match name.as_str() {
            "message_start" => {
                assert_eq!(at, 0);
                message = event["message"].clone();
                assert_eq!(message["content"], json!([]), "{data}");
                assert!(message["usage"]["input_tokens"].is_u64(), "the library reads counts here: {data}");
                assert!(message["usage"]["output_tokens"].is_u64(), "the library reads counts here: {data}");
            }
            "ping" => {}
            "content_block_start" => {
                assert!(
                    open.is_none() && event["index"] == blocks.len(),
                    "one block at a time, in order: {data}"
                );
                let begun = event["content_block"].clone();
                let kind = begun["type"].as_str().unwrap().to_owned();
                if kind == "tool_use" {
                    assert_eq!(begun["input"], json!({}), "{data}");
                }
                open = Some(Block { kind, begun, ..Block::default() });
            }
            "content_block_delta" => {
                assert_eq!(event["index"], blocks.len(), "{data}");
                open.as_mut().expect("a block is open").delta(&event["delta"]);
            }
            "content_block_stop" => {
                assert_eq!(event["index"], blocks.len(), "{data}");
                blocks.push(open.take().expect("a block is open").whole());
            }
            "message_delta" => {
                assert!(open.is_none(), "blocks end before the message: {text}");
                stop = event["delta"]["stop_reason"].clone();
                assert!(stop.is_string(), "{data}");
                usage = event["usage"].clone();
            }
            "message_stop" => assert_eq!(at, last, "nothing comes after the end: {text}"),
            other => panic!("an event {other}: {data}"),
        }
    }
    assert_eq!(events[last].0, "message_stop", "it says that it ends: {text}");
    // Counts stated at the end replace those of the beginning, one by one.
    let first_usage = message["usage"].clone();
    let mut all = first_usage.clone();
    if let (Some(all), Some(end)) = (all.as_object_mut(), usage.as_object()) {
        all.extend(
            end.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone())),
        );
    }
    let whole = json!({
        "type": "message", "role": "assistant", "id": message["id"], "content": "@content@", "stop_reason": stop,
        "usage": all,
    });
    let text = whole.to_string().replace("\"@content@\"", &format!("[{}]", blocks.join(",")));
    Heard { first_usage, ..self::whole(&text) }
}
