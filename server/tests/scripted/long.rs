//! Answers of sixty tokens that break off, and those that go on with them.
//!
//! | script | what |
//! |---|---|
//! | `long` | all sixty; asked for the rest of them, the rest |
//! | `long-repeats` | the rest begins with the last three tokens that were said |
//! | `long-restarts` | asked for the rest it begins anew |
//! | `long-no-prefill` | refuses, as Anthropic's newer models do, when the last message is the model's own |
//! | `long-cut` | the connection breaks after forty; the rest is answered well |
//! | `long-cut-again` | the connection breaks after two thirds of whatever is said |
//! | `long-truncated` | the connection ends after forty |
//! | `long-stall` | nothing more comes after forty |
//! | `long-error` | an error inside of the stream after forty |
//! | `long-spoilt` | a frame of which half is missing after forty, then the others |
//! | `long-garbage` | a frame that nobody can read after forty, then the others |
//! | `long-no-end` | no `[DONE]`, no `message_stop` |
//! | `long-no-usage` | no counts |
//! | `long-cut-end` | the connection breaks when everything was said but `[DONE]`, `message_stop`, late counts |
//! | `long-lingers` | the same, but that the connection stays open |
//! | `thought-cut` | a thought, and the connection breaks in the middle of the words |
//! | `long-pause` | one token, nothing for longer than a client is left without a sign, then the connection breaks |
//! | `calls` | words and a call; asked for the rest, the rest of the words and the call |
//! | `calls-cut` | the connection breaks in the middle of the call's arguments |
//! | `calls-only`, `calls-only-cut` | the same without words |
//! | `json-cut` | the connection breaks in the middle of JSON |

use super::says::{self, Call, Said};
use super::script::{Asked, Reply, Step, sends};
use super::{hears, refusals, scenario};
use serde_json::Value;
use std::time::Duration;
use wire::Dialect;

/// Every script of this file.
pub(super) const NAMES: [&str; 22] = [
    "long",
    "long-repeats",
    "long-restarts",
    "long-no-prefill",
    "long-cut",
    "long-cut-again",
    "long-truncated",
    "long-stall",
    "long-error",
    "long-garbage",
    "long-spoilt",
    "long-no-end",
    "long-no-usage",
    "long-cut-end",
    "long-lingers",
    "long-pause",
    "thought-cut",
    "calls",
    "calls-cut",
    "calls-only",
    "calls-only-cut",
    "json-cut",
];

/// The sixty tokens. Words and turns of phrase come back, as they do in real answers.
pub(crate) const TEXT: &str = "The mill by the river is old. In spring the river runs fast, and the wheel of the \
                               mill turns by day and by night.\n\nIn summer the river runs slowly, the Müller rests, \
                               and children swim below the wheel. 東京 is far away; nobody has seen it 🚀. In \
                               autumn the river runs fast again, and the mill goes on.";

/// The words before the call.
pub(crate) const WORDS: &str = "Let me read the file first. ";

/// The call.
pub(crate) const CALL: Call = Call {
    name: "read_file",
    arguments: r#"{"path":"src/\"quoted\" 東京.rs","limits":{"from":1,"to":4000000000,"ratio":1.50,"why":"to see all of it"}}"#,
};

/// For how long `long-pause` says nothing: longer than a client is left without a sign of life.
pub(crate) const PAUSE: Duration = Duration::from_millis(15_500);
/// What was written goes out before the connection breaks.
const FLUSH: Duration = Duration::from_millis(40);

/// The tokens of a text, each with the blank behind it.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    text.split_inclusive(' ').map(str::to_owned).collect()
}

/// What a request holds of an answer that it wants the rest of.
struct Begun {
    said: String,
    /// It is the last message: the model goes on by itself.
    prefilled: bool,
}

/// The beginning of the answer in the request, if it has one.
fn begun(dialect: Dialect, body: &Value) -> Option<Begun> {
    let list = match dialect {
        Dialect::Chat | Dialect::Messages | Dialect::Ollama => "messages",
        Dialect::Responses => "input",
        Dialect::Gemini => "contents",
    };
    let turns = body[list].as_array()?;
    let by_model = |turn: &&Value| ["assistant", "model"].iter().any(|role| turn["role"] == *role);
    let (turn, prefilled) = match turns.as_slice() {
        [.., last] if by_model(&last) => (last, true),
        [.., before, last] if by_model(&before) && last["role"] == "user" => (before, false),
        _ => return None,
    };
    let content = turn.get("content").or(turn.get("parts"))?;
    let part = |part: &Value| part["text"].as_str().unwrap_or_default().to_owned();
    let said = match content {
        Value::String(text) => text.clone(),
        content => content.as_array()?.iter().map(part).collect(),
    };
    Some(Begun { said, prefilled })
}

/// What is left to be said of a text.
fn left(name: &str, text: &str, begun: Option<&Begun>) -> Vec<String> {
    let Some(said) = begun.map(|begun| begun.said.as_str()) else { return tokens(text) };
    let Some(rest) = text.strip_prefix(said) else {
        return vec![format!("I was asked to go on with what I would not have said: {said:?}")];
    };
    match name {
        "long-restarts" => tokens(text),
        "long-repeats" => {
            let last = tokens(said).into_iter().rev().take(3).collect::<Vec<_>>();
            last.into_iter().rev().chain(tokens(rest)).collect()
        }
        _ => tokens(rest),
    }
}

/// The answer of a script.
pub(super) fn reply(name: &str, asked: &mut Asked, body: &Value) -> Reply {
    if let Err(refusal) = hears::hear(asked, body) {
        return Reply::json(refusal.status, refusal.body(asked.dialect));
    }
    let begun = begun(asked.dialect, body);
    if name == "long-no-prefill" && begun.as_ref().is_some_and(|begun| begun.prefilled) {
        let message = "This model does not support assistant message prefill. The conversation must end with a user \
                       message.";
        let refusal =
            hears::Refusal { status: 400, message: message.to_owned(), param: String::new(), code: "" };
        return Reply::json(refusal.status, refusal.body(asked.dialect));
    }
    asked.counted = name != "long-no-usage";
    let said = match name {
        "json-cut" => Said::words(tokens(&scenario::STRUCTURED.replace(':', ": "))),
        "calls-only" | "calls-only-cut" => Said::words(tokens("")).calling(&[CALL]),
        "calls" | "calls-cut" => Said::words(left(name, WORDS, begun.as_ref())).calling(&[CALL]),
        "thought-cut" => Said::words(tokens(TEXT)).thinking(&scenario::THOUGHT),
        _ => Said::words(left(name, TEXT, begun.as_ref())),
    };
    if !asked.stream {
        return Reply::json(200, says::whole(&said, asked));
    }
    let breaks = match name {
        "long-cut" => begun.is_none(),
        _ => true,
    };
    let frames = says::frames(&said, asked);
    let steps = if breaks { broken(name, asked.dialect, &said, frames) } else { sends(frames) };
    Reply::stream(asked.dialect, steps)
}

/// The frames as a script sends them.
fn broken(name: &str, dialect: Dialect, said: &Said, mut frames: Vec<String>) -> Vec<Step> {
    let opening = says::opening(dialect);
    let middle = opening + said.texts.len() * 2 / 3;
    let some = |frames: &[String], last: Option<Step>| {
        let mut steps = sends(frames.to_vec());
        steps.push(Step::Wait(FLUSH));
        steps.extend(last);
        steps
    };
    match name {
        "long-cut" | "long-cut-again" | "thought-cut" | "json-cut" => {
            some(&frames[..middle], Some(Step::Cut))
        }
        "long-truncated" => some(&frames[..middle], None),
        "long-stall" => some(&frames[..middle], Some(Step::Stall)),
        "long-error" => {
            frames.truncate(middle);
            frames.push(refusals::broken(dialect, false, middle));
            sends(frames)
        }
        "long-spoilt" => {
            let end = if dialect == Dialect::Ollama { "\n" } else { "\n\n" };
            let half = frames[middle].chars().count() / 2;
            frames[middle] =
                frames[middle].chars().take(half).collect::<String>().trim_end().to_owned() + end;
            sends(frames)
        }
        "long-garbage" => {
            let (next, end) = (&frames[middle], if dialect == Dialect::Ollama { "\n" } else { "\n\n" });
            let half: String = next.chars().take(next.chars().count() / 2).collect();
            frames.insert(middle, format!("{}{end}", half.trim_end()));
            sends(frames)
        }
        "long-no-end" => {
            frames.retain(|frame| !is_end(frame));
            sends(frames)
        }
        "long-cut-end" => {
            frames.retain(|frame| !is_end(frame) && !frame.contains(r#""choices":[],"#));
            some(&frames, Some(Step::Cut))
        }
        "long-lingers" => {
            frames.retain(|frame| !is_end(frame));
            some(&frames, Some(Step::Stall))
        }
        "long-pause" => {
            // In one piece, so that nothing is sent during the pause.
            let first = frames[..=opening].concat();
            vec![Step::Send(first.into()), Step::Wait(PAUSE), Step::Cut]
        }
        "calls-cut" | "calls-only-cut" => in_call(&frames),
        _ => sends(frames),
    }
}

/// Whether a frame says nothing but that the stream ends.
fn is_end(frame: &str) -> bool {
    frame.starts_with("data: [DONE]") || frame.starts_with("event: message_stop")
}

/// Up to the middle of the call's arguments, be they in one frame or in many.
fn in_call(frames: &[String]) -> Vec<Step> {
    let named = frames.iter().position(|frame| frame.contains(CALL.name)).unwrap_or_default();
    let whole = frames[named].contains("to see all of it");
    let mut steps = sends(frames[..if whole { named } else { named + 5 }].to_vec());
    if whole {
        let half: String = frames[named].chars().take(frames[named].chars().count() / 2).collect();
        steps.push(Step::Send(half.into()));
    }
    steps.extend([Step::Wait(FLUSH), Step::Cut]);
    steps
}
