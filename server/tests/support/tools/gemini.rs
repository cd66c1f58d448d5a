//! Google's generateContent.

use super::{Call, HELLO, Heard, PICTURE, SYSTEM, Wish, raw, with_turns};
use serde_json::{Value, json};

pub(super) fn request(wish: &Wish) -> String {
    let mut parts = vec![json!({ "text": HELLO })];
    if wish.picture {
        parts.push(json!({ "inlineData": { "mimeType": "image/png", "data": PICTURE } }));
    }
    let mut body = json!({ "systemInstruction": { "parts": [{ "text": SYSTEM }] } });
    if wish.tools {
        // In Google's own schemas, whose types are in capitals.
        let path = json!({ "type": "STRING", "description": "Where it is." });
        let read = json!({ "type": "OBJECT", "properties": { "path": path }, "required": ["path"] });
        let query = json!({ "type": "STRING", "nullable": true });
        let search = json!({ "type": "OBJECT", "properties": { "query": query }, "required": ["query"] });
        body["tools"] = json!([{ "functionDeclarations": [
            { "name": "read_file", "description": "Reads a file.", "parameters": read },
            { "name": "search", "description": "Searches.", "parameters": search },
        ] }]);
    }
    if wish.reasoning {
        body["generationConfig"] =
            json!({ "thinkingConfig": { "thinkingLevel": "MEDIUM", "includeThoughts": true } });
    }
    if wish.schema {
        let days = json!({ "type": "ARRAY", "items": { "type": "INTEGER" } });
        body["generationConfig"] = json!({
            "responseMimeType": "application/json",
            "responseSchema": {
                "type": "OBJECT",
                "properties": { "city": { "type": "STRING" }, "degrees": { "type": "NUMBER" }, "days": days },
                "required": ["city", "degrees", "days"],
            },
        });
    }
    with_turns(body, "contents", vec![json!({ "role": "user", "parts": parts })], wish)
}

pub(super) fn whole(text: &str) -> Heard {
    documents(&[text.to_owned()])
}

pub(super) fn streamed(text: &str) -> Heard {
    let events = raw::events(text);
    assert!(events.iter().all(|(name, _)| name.is_empty()), "Google's events have no names: {text}");
    documents(&events.into_iter().map(|(_, data)| data).collect::<Vec<_>>())
}

/// Reads the documents of an answer, one or many.
pub(super) fn documents(documents: &[String]) -> Heard {
    let mut heard = Heard::default();
    let mut kept: Vec<String> = Vec::new();
    let mut id = Value::Null;
    for (at, text) in documents.iter().enumerate() {
        let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert!(value["modelVersion"].is_string() && value["responseId"].is_string(), "{value:#}");
        if at == 0 {
            id = value["responseId"].clone();
        }
        assert_eq!(value["responseId"], id, "one id: {value:#}");
        assert!(heard.stop.is_empty(), "nothing comes after the reason: {text}");
        let candidate = &value["candidates"][0];
        assert_eq!(candidate["content"]["role"], "model", "{value:#}");
        let raws = raw::items(text, &["candidates", "0", "content", "parts"]);
        assert!(!raws.is_empty(), "a content has parts: {text}");
        for (part, raw) in candidate["content"]["parts"].as_array().unwrap().iter().zip(raws) {
            if let Some(call) = part.get("functionCall") {
                heard.calls.push(Call {
                    id: call["id"].as_str().unwrap_or_default().to_owned(),
                    name: call["name"].as_str().unwrap().to_owned(),
                    arguments: raw::at(&raw, &["functionCall", "args"]),
                });
            } else if part["thought"] == true {
                heard.thought.push_str(part["text"].as_str().unwrap());
            } else {
                heard.text.push_str(part["text"].as_str().unwrap_or_else(|| panic!("{part}")));
            }
            kept.push(raw);
        }
        if let Some(reason) = candidate["finishReason"].as_str() {
            reason.clone_into(&mut heard.stop);
        }
        if !value["usageMetadata"].is_null() {
            heard.usage = value["usageMetadata"].clone();
        }
    }
    assert!(!heard.stop.is_empty(), "it says why it ends: {documents:#?}");
    heard.turns = vec![format!(r#"{{"role":"model","parts":[{}]}}"#, kept.join(","))];
    heard
}
