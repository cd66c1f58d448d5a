//! OpenAI's Responses.

use super::{Call, HELLO, Heard, PICTURE, SYSTEM, Wish, raw, schema, tools, with_turns};
use serde_json::{Value, json};

pub(super) fn request(model: &str, stream: bool, wish: &Wish) -> String {
    let mut content = vec![json!({ "type": "input_text", "text": HELLO })];
    if wish.picture {
        let url = format!("data:image/png;base64,{PICTURE}");
        content.push(json!({ "type": "input_image", "image_url": url, "detail": "auto" }));
    }
    let mut body = json!({ "model": model, "instructions": SYSTEM, "store": false });
    if stream {
        body["stream"] = json!(true);
    }
    if wish.tools {
        let tool = |(name, description, schema)| json!({ "type": "function", "name": name, "description": description, "parameters": schema, "strict": false });
        body["tools"] = tools().map(tool).into_iter().collect();
    }
    if wish.reasoning {
        body["reasoning"] = json!({ "effort": "medium", "summary": "auto" });
        body["include"] = json!(["reasoning.encrypted_content"]);
    }
    if wish.schema {
        let format = json!({ "type": "json_schema", "name": "weather", "schema": schema(), "strict": true });
        body["text"] = json!({ "format": format });
    }
    with_turns(body, "input", vec![json!({ "type": "message", "role": "user", "content": content })], wish)
}

pub(super) fn whole(text: &str) -> Heard {
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(value["object"], "response", "{value:#}");
    assert!(
        value["id"].as_str().is_some_and(|id| !id.is_empty()) && value["created_at"].is_u64(),
        "{value:#}"
    );
    let mut heard =
        Heard { usage: value["usage"].clone(), turns: raw::items(text, &["output"]), ..Heard::default() };
    for item in value["output"].as_array().unwrap() {
        match item["type"].as_str().unwrap() {
            "reasoning" => {
                assert!(item["id"].as_str().unwrap().starts_with("rs_"), "{item}");
                for part in item["summary"].as_array().unwrap() {
                    heard.thought.push_str(part["text"].as_str().unwrap());
                }
            }
            "message" => {
                assert!(item["id"].as_str().unwrap().starts_with("msg_"), "{item}");
                assert_eq!(item["role"], "assistant");
                for part in item["content"].as_array().unwrap() {
                    assert!(part["type"] == "output_text" && part["annotations"].is_array(), "{part}");
                    heard.text.push_str(part["text"].as_str().unwrap());
                }
            }
            "function_call" => {
                assert!(item["id"].as_str().unwrap().starts_with("fc_"), "{item}");
                heard.calls.push(Call {
                    id: item["call_id"].as_str().unwrap().to_owned(),
                    name: item["name"].as_str().unwrap().to_owned(),
                    arguments: raw::compact(item["arguments"].as_str().unwrap()),
                });
            }
            other => panic!("an item of type {other}: {item}"),
        }
    }
    heard.stop = value["status"].as_str().unwrap().to_owned();
    if let Some(why) = value["incomplete_details"]["reason"].as_str() {
        heard.stop = format!("{}: {why}", heard.stop);
    }
    heard
}

pub(super) fn streamed(text: &str) -> Heard {
    let events = raw::events(text);
    let mut items: Vec<Item> = Vec::new();
    let last = events.len() - 1;
    for (at, (name, data)) in events.iter().enumerate() {
        let event: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
        assert_eq!(event["type"], name.as_str(), "the event is called as its data says: {data}");
        assert_eq!(event["sequence_number"], at, "events are numbered: {data}");
        match name.as_str() {
            "response.created" => {
                assert_eq!((at, &event["response"]["status"]), (0, &json!("in_progress")), "{data}")
            }
            "response.in_progress" => assert_eq!(at, 1, "{data}"),
            "response.completed" | "response.incomplete" => {
                assert_eq!(at, last, "nothing comes after the end: {text}");
                let whole = whole(&raw::at(data, &["response"]));
                let told: Vec<&Value> = items.iter().map(|item| &item.done).collect();
                let output: Vec<&Value> = event["response"]["output"].as_array().unwrap().iter().collect();
                assert_eq!(told, output, "what was told is what was said");
                assert_eq!(format!("response.{}", whole.stop.split(':').next().unwrap()), *name);
                return whole;
            }
            "response.output_item.added" => {
                assert!(items.iter().all(|item| !item.done.is_null()), "one item at a time: {data}");
                assert_eq!(event["output_index"], items.len(), "{data}");
                items.push(Item { id: event["item"]["id"].clone(), ..Item::default() });
            }
            _ => {
                let index = usize::try_from(event["output_index"].as_u64().expect(data)).unwrap();
                assert_eq!(index + 1, items.len(), "only the last item is open: {data}");
                let item = items.last_mut().unwrap();
                assert!(item.done.is_null(), "the item is open: {data}");
                item.take(name, &event);
            }
        }
    }
    panic!("the response does not end: {text}");
}

/// An item under way.
#[derive(Default)]
struct Item {
    id: Value,
    part_open: bool,
    words: String,
    done: Value,
}

impl Item {
    fn take(&mut self, name: &str, event: &Value) {
        if name == "response.output_item.done" {
            assert!(!self.part_open, "parts end before their item: {event}");
            assert_eq!(event["item"]["id"], self.id, "{event}");
            self.done = event["item"].clone();
            return;
        }
        assert_eq!(event["item_id"], self.id, "{event}");
        match name {
            "response.content_part.added" | "response.reasoning_summary_part.added" => {
                assert!(!self.part_open, "{event}");
                self.part_open = true;
                self.words.clear();
            }
            "response.content_part.done" | "response.reasoning_summary_part.done" => {
                assert!(self.part_open, "{event}");
                assert_eq!(event["part"]["text"], self.words, "{event}");
                self.part_open = false;
            }
            "response.output_text.delta" | "response.reasoning_summary_text.delta" => {
                assert!(self.part_open, "{event}");
                self.words.push_str(event["delta"].as_str().unwrap());
            }
            "response.output_text.done" | "response.reasoning_summary_text.done" => {
                assert_eq!(event["text"], self.words, "{event}");
            }
            "response.function_call_arguments.delta" => self.words.push_str(event["delta"].as_str().unwrap()),
            "response.function_call_arguments.done" => assert_eq!(event["arguments"], self.words, "{event}"),
            other => panic!("an event {other}: {event}"),
        }
    }
}
