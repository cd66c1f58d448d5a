//! What scripts say: the words and counts of their answers, and what is no answer at all.

use super::says::{self, Call, Said};
use super::script::Asked;
use super::{refusals, scenario};
use wire::Dialect;

/// The words of every good answer: letters of one to four bytes.
pub(crate) const WORDS: [&str; 4] = ["Grüße", " aus ", "東京", " 🚀."];
pub(super) const NOT_FOUND: &str =
    r#"{"error":{"message":"Invalid URL","type":"invalid_request_error","param":null,"code":null}}"#;
pub(super) const MODELS: &str = r#"{"object":"list","data":[{"id":"ok","object":"model","created":1763596800,"owned_by":"system"},{"id":"tool-call","object":"model","created":1763596800,"owned_by":"system"}]}"#;
pub(super) const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
pub(super) const LOGIN_PAGE: &str = "<!doctype html><html><head><title>Sign in to Wi-Fi</title></head><body><form method=post></form></body></html>";

/// The answer of a script.
pub(super) fn said(name: &str) -> Said {
    match name {
        "tool-call" => {
            let call = Call { name: "read_file", arguments: r#"{"path":"src/main.rs"}"# };
            Said { calls: vec![call], ..Said::words(Vec::<String>::new()) }
        }
        "reasoning" => Said::words(WORDS).thinking(&scenario::THOUGHT),
        "length" => Said { cut: true, ..Said::words(WORDS) },
        _ => Said::words(WORDS),
    }
}

/// The frames of a script's streamed reply.
pub(crate) fn frames(name: &str, asked: &Asked) -> Vec<String> {
    frames_of(name, &said(name), asked)
}

/// The frames of an answer, broken as the script wants it.
pub(super) fn frames_of(name: &str, said: &Said, asked: &Asked) -> Vec<String> {
    let mut frames = says::frames(said, asked);
    let kept = match name {
        "overloaded-in-200-stream" if asked.dialect == Dialect::Messages => 0,
        "overloaded-in-200-stream" => says::opening(asked.dialect).min(1),
        "error-mid-stream" => says::opening(asked.dialect) + 2,
        "no-done" => {
            frames.retain(|frame| !frame.starts_with("data: [DONE]"));
            return frames;
        }
        _ => return frames,
    };
    frames.truncate(kept);
    frames.push(refusals::broken(asked.dialect, name == "overloaded-in-200-stream", kept));
    frames
}
