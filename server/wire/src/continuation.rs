//! A request for the rest of an answer: the same as before, with what was answered so far at its end.

use crate::json::write::{ListWriter, Writer};
use crate::json::{Cursor, Flaw, Shape};
use crate::{Dialect, Edit};
use std::ops::Range;

/// What a model that cannot be given the beginning of its own answer is told instead.
const GO_ON: &str = "Your answer above was cut off by a technical fault. Go on from exactly where it stops: begin \
                     with the very next character, even in the middle of a word. Repeat nothing, and say nothing \
                     about the interruption.";

/// How a model is made to go on with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// It is told to, in a turn of its own.
    Turn,
    /// It does when the answer's beginning is the last turn.
    Plain,
    /// The same, with this member in that turn set to true (Mistral's `prefix`, Kimi's `partial`).
    Member(&'static str),
}

/// The edit that makes a request in `dialect` ask for the rest of an answer of which `said` was delivered. `None` if the
/// body has no turns to add to.
pub fn continuation(dialect: Dialect, body: &[u8], said: &str, resume: Resume) -> Option<Edit> {
    let key: &[u8] = match dialect {
        Dialect::Chat | Dialect::Messages | Dialect::Ollama => b"messages",
        Dialect::Responses => b"input",
        Dialect::Gemini => b"contents",
    };
    let (shape, span) = member(body, key).ok()??;
    let added = turns(dialect, said, resume);
    let inner = added.get(1..added.len().checked_sub(1)?)?;
    match shape {
        Shape::Array => {
            let end = span.end.checked_sub(1)?;
            let empty = body.get(span.start + 1..end)?.iter().all(u8::is_ascii_whitespace);
            let comma: &[u8] = if empty { b"" } else { b"," };
            Some(Edit { span: end..end, with: [comma, inner].concat().into() })
        }
        // Responses: a text stands for one message of the person's.
        Shape::String => {
            let text = body.get(span.clone())?;
            let with = [br#"[{"role":"user","content":"#.as_slice(), text, b"},", inner, b"]"].concat();
            Some(Edit { span, with: with.into() })
        }
        _ => None,
    }
}

fn member(body: &[u8], wanted: &[u8]) -> Result<Option<(Shape, Range<usize>)>, Flaw> {
    let mut found = None;
    let mut cursor = Cursor::lenient(body);
    cursor.object(|cursor, key| {
        if key == wanted {
            found = Some((cursor.shape()?, cursor.span()?));
            Ok(())
        } else {
            cursor.skip()
        }
    })?;
    Ok(found)
}

/// The turns to add, as a JSON array.
fn turns(dialect: Dialect, said: &str, resume: Resume) -> Vec<u8> {
    // Anthropic refuses a last turn of the model's that ends in white space.
    let said = if resume == Resume::Turn { said } else { said.trim_end() };
    let wrapped = Writer::object(said.len() + 512, |body| {
        body.list("turns", |list| {
            turn(list, dialect, true, said, resume);
            if resume == Resume::Turn {
                turn(list, dialect, false, GO_ON, resume);
            }
        });
    });
    // Only the list counts.
    wrapped
        .strip_prefix(br#"{"turns":"#)
        .and_then(|rest| rest.strip_suffix(b"}"))
        .unwrap_or_default()
        .to_vec()
}

fn turn(list: &mut ListWriter<'_>, dialect: Dialect, model: bool, words: &str, resume: Resume) {
    list.object(|turn| match dialect {
        Dialect::Gemini => {
            turn.text("role", if model { "model" } else { "user" });
            turn.list("parts", |parts| parts.object(|part| part.text("text", words)));
        }
        Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Ollama => {
            turn.text("role", if model { "assistant" } else { "user" });
            turn.text("content", words);
            if let Resume::Member(member) = resume
                && dialect == Dialect::Chat
            {
                turn.bool(member, true);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn continued(dialect: Dialect, body: &Value, resume: Resume) -> Value {
        let text = body.to_string();
        let edit = continuation(dialect, text.as_bytes(), "Half \"an\" ", resume).unwrap();
        let edited = crate::splice(&text.into_bytes().into(), vec![edit]).unwrap();
        serde_json::from_slice(&edited).unwrap()
    }

    #[test]
    fn the_answer_so_far_is_the_last_word_where_the_model_takes_it_up() {
        let body = json!({"messages": [{"role": "user", "content": "Hi"}], "model": "m"});
        let plain = continued(Dialect::Messages, &body, Resume::Plain);
        assert_eq!(plain["messages"][1], json!({"role": "assistant", "content": "Half \"an\""}));
        assert_eq!(plain["messages"].as_array().unwrap().len(), 2);
        let marked = continued(Dialect::Chat, &body, Resume::Member("prefix"));
        assert_eq!(marked["messages"][1]["prefix"], true);
    }

    #[test]
    fn others_are_told_to_go_on_in_their_own_dialect() {
        let body = json!({"messages": [{"role": "user", "content": "Hi"}]});
        for dialect in [Dialect::Chat, Dialect::Messages, Dialect::Ollama] {
            let turns = &continued(dialect, &body, Resume::Turn)["messages"];
            assert_eq!(turns[1]["content"], "Half \"an\" ");
            assert_eq!((&turns[2]["role"], &turns[2]["content"]), (&json!("user"), &json!(GO_ON)));
        }
        let body = json!({"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]});
        let turns = &continued(Dialect::Gemini, &body, Resume::Turn)["contents"];
        assert_eq!(turns[1], json!({"role": "model", "parts": [{"text": "Half \"an\" "}]}));
        for body in [json!({"input": "Hi"}), json!({"input": [{"role": "user", "content": "Hi"}]})] {
            let items = &continued(Dialect::Responses, &body, Resume::Turn)["input"];
            assert_eq!(items[0], json!({"role": "user", "content": "Hi"}));
            assert_eq!(items.as_array().unwrap().len(), 3);
        }
        assert_eq!(continuation(Dialect::Chat, b"{}", "x", Resume::Turn), None);
    }
}
