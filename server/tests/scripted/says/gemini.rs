//! Google's generateContent. The stream ends its lines with CR LF, as Google's does.

use super::{Said, counts, quoted, seal};
use crate::scripted::script::Asked;
use wire::Dialect::Gemini;

pub(super) fn whole(said: &Said, asked: &Asked) -> String {
    let mut parts = Vec::new();
    if !said.thought.is_empty() {
        parts.push(format!(r#"{{"text":{},"thought":true}}"#, quoted(&said.thought.concat())));
    }
    if !said.texts.is_empty() {
        parts.push(text(&said.texts.concat(), signature(said)));
    }
    parts.extend(calls(said));
    document(said, asked, &parts.join(","), true)
}

pub(super) fn frames(said: &Said, asked: &Asked) -> Vec<String> {
    let mut parts: Vec<String> =
        said.thought.iter().map(|piece| format!(r#"{{"text":{},"thought":true}}"#, quoted(piece))).collect();
    parts.extend(said.texts.iter().map(|piece| text(piece, None)));
    // The proof of a text comes with an empty one at the end.
    parts.extend(signature(said).filter(|_| !said.texts.is_empty()).map(|seal| text("", Some(seal))));
    parts.extend(calls(said));
    let last = parts.len().saturating_sub(1);
    let documents = parts.iter().enumerate().map(|(at, part)| document(said, asked, part, at == last));
    documents.map(|document| format!("data: {document}\r\n\r\n")).collect()
}

fn signature(said: &Said) -> Option<&'static str> {
    (!said.thought.is_empty()).then(|| seal(Gemini))
}

fn text(words: &str, signature: Option<&str>) -> String {
    let signature = signature.map(|seal| format!(r#","thoughtSignature":"{seal}""#)).unwrap_or_default();
    format!(r#"{{"text":{}{signature}}}"#, quoted(words))
}

/// Of parallel calls only the first is signed, and none has an id: AI Studio gives none unless asked by an id.
fn calls(said: &Said) -> Vec<String> {
    let calls = said.calls.iter().enumerate().map(|(number, call)| {
        let signature = signature(said).filter(|_| number == 0);
        let signature = signature.map(|seal| format!(r#","thoughtSignature":"{seal}""#)).unwrap_or_default();
        let (name, args) = (call.name, call.arguments);
        format!(r#"{{"functionCall":{{"name":"{name}","args":{args}}}{signature}}}"#)
    });
    calls.collect()
}

fn document(said: &Said, asked: &Asked, parts: &str, last: bool) -> String {
    let finish = if said.cut { "MAX_TOKENS" } else { "STOP" };
    let finish = if last { format!(r#","finishReason":"{finish}""#) } else { String::new() };
    let counts = counts(Gemini);
    // The prompt is counted in every chunk, the answer only in the last.
    let answer = if last { counts.output - counts.reasoning } else { 0 };
    let thoughts = if last { counts.reasoning } else { 0 };
    let usage = if asked.counted {
        format!(
            r#","usageMetadata":{{"promptTokenCount":{},"candidatesTokenCount":{answer},"totalTokenCount":{},"cachedContentTokenCount":{},"promptTokensDetails":[{{"modality":"TEXT","tokenCount":{}}}],"thoughtsTokenCount":{thoughts}}}"#,
            counts.prompt(),
            counts.prompt() + answer + thoughts,
            counts.read,
            counts.prompt()
        )
    } else {
        String::new()
    };
    format!(
        r#"{{"candidates":[{{"content":{{"parts":[{parts}],"role":"model"}}{finish},"index":0}}]{usage},"modelVersion":"{}","responseId":"kL4faZ2xDuKkz7IPmZnW2Qs"}}"#,
        asked.model
    )
}
