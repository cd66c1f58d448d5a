//! What OpenAI has beside answers: vectors, sound, pictures, and the compaction of a conversation (API reference, read
//! in November 2026).

use super::Seen;
use super::bodies::WORDS;
use super::script::{Reply, Step};
use bytes::Bytes;
use serde_json::{Value, json};

/// An endpoint beside those that answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    Embeddings,
    Speech,
    Transcriptions,
    Images,
    Compact,
}

/// A recording: every byte there is, more than once, so that nobody takes it for text.
pub(crate) fn sound() -> Vec<u8> {
    (0..=u8::MAX).chain((0..=u8::MAX).rev()).chain([0, 255, 13, 10]).collect()
}

impl Beside {
    /// Which of them is at this path.
    pub(super) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "/v1/embeddings" => Self::Embeddings,
            "/v1/audio/speech" => Self::Speech,
            "/v1/audio/transcriptions" => Self::Transcriptions,
            "/v1/images/generations" => Self::Images,
            _ => return None,
        })
    }

    pub(super) fn reply(self, seen: &Seen, body: &Value) -> Reply {
        let model = body["model"].as_str().unwrap_or_default();
        match self {
            Self::Embeddings => {
                let vector = json!({ "object": "embedding", "index": 0, "embedding": [0.0023064255, -0.009327292, 1e-7] });
                let usage = json!({ "prompt_tokens": 8, "total_tokens": 8 });
                json_reply(&json!({ "object": "list", "data": [vector], "model": model, "usage": usage }))
            }
            Self::Speech => {
                let sound = Bytes::from(sound());
                let half = sound.len() / 2;
                let steps = vec![Step::Send(sound.slice(..half)), Step::Send(sound.slice(half..))];
                Reply::new(200, "audio/mpeg", steps)
            }
            Self::Transcriptions => transcribed(seen),
            // Models that are paid by the image state no tokens: `data` has nothing but the images.
            Self::Images if model.starts_with("imagen") => {
                let image = json!({ "b64_json": "iVBORw0KGgo=" });
                let count = body["n"].as_u64().unwrap_or(1);
                let data: Vec<_> = (0..count).map(|_| image.clone()).collect();
                json_reply(&json!({ "data": data }))
            }
            // xAI states the cost and nothing else (a recording of 5 August 2026).
            Self::Images if model == "stated-cost" => json_reply(&json!({
                "data": [{ "url": "https://imgen.example/1.jpeg", "mime_type": "image/jpeg" }],
                "usage": { "cost_in_usd_ticks": 200_000_000 },
            })),
            Self::Images if body["stream"] == true && model.starts_with("gpt-image") => streamed_image(),
            Self::Images => {
                let sorts = json!({ "text_tokens": 10, "image_tokens": 40 });
                let usage = json!({ "input_tokens": 50, "output_tokens": 1056, "total_tokens": 1106, "input_tokens_details": sorts });
                let data = [json!({ "b64_json": "iVBORw0KGgo=" })];
                json_reply(&json!({ "created": 1_763_718_000, "data": data, "usage": usage }))
            }
            Self::Compact => json_reply(&json!({
                "id": "resp_001", "object": "response.compaction", "created_at": 1_763_718_000,
                "output": [{ "id": "cmp_001", "type": "compaction", "encrypted_content": "gAAAAABcompact" }],
                "usage": { "input_tokens": 139, "output_tokens": 438, "total_tokens": 577 },
            })),
        }
    }
}

/// A picture that comes bit by bit: the event of the whole one states the tokens (OpenAI's API description, August 2026).
fn streamed_image() -> Reply {
    let partial =
        json!({ "type": "image_generation.partial_image", "b64_json": "iVBO", "partial_image_index": 0 });
    let sorts = json!({ "text_tokens": 10, "image_tokens": 40 });
    let usage = json!({ "input_tokens": 50, "output_tokens": 1056, "total_tokens": 1106, "input_tokens_details": sorts });
    let whole = json!({ "type": "image_generation.completed", "b64_json": "iVBORw0KGgo=", "usage": usage });
    let event = |value: &Value| {
        let name = value["type"].as_str().unwrap_or_default();
        Step::Send(Bytes::from(format!("event: {name}\ndata: {value}\n\n")))
    };
    Reply::new(200, "text/event-stream", vec![event(&partial), event(&whole)])
}

fn json_reply(value: &Value) -> Reply {
    Reply::json(200, value.to_string())
}

/// Says which model was asked and how large the file was, by the form's own rules (RFC 7578).
fn transcribed(seen: &Seen) -> Reply {
    let refused = |why: &str| {
        let error = json!({ "message": why, "type": "invalid_request_error", "param": null, "code": null });
        Reply::json(400, json!({ "error": error }).to_string())
    };
    let kind = seen.header("content-type").unwrap_or_default();
    let Some(boundary) = kind.strip_prefix("multipart/form-data; boundary=") else {
        return refused("you must provide a multipart form");
    };
    let delimiter = format!("\r\n--{}", boundary.trim_matches('"'));
    // Bytes as characters of one byte each, so that a file can be split like text.
    let form: String = format!("\r\n{}", seen.body.iter().map(|byte| char::from(*byte)).collect::<String>());
    let field = |name: &str| {
        let parts = form.split(&delimiter);
        let mut parts = parts.filter_map(|part| part.split_once("\r\n\r\n"));
        parts.find(|(head, _)| head.contains(&format!("name=\"{name}\""))).map(|(_, value)| value.to_owned())
    };
    if !form.trim_end().ends_with("--") {
        return refused("the form has no end");
    }
    match (field("model"), field("file")) {
        (Some(model), Some(file)) => {
            let text = format!("{} {model}, {} bytes", WORDS.concat(), file.chars().count());
            json_reply(&json!({ "text": text }))
        }
        _ => refused("you must provide a model and a file parameter"),
    }
}
