//! An instruction of ours at the end of a request's system prompt: behind everything that a provider may have in its
//! prompt cache, marks of which are not touched.

use crate::Dialect;
use crate::json::{Cursor, Flaw, Shape, quote};
use crate::splice::Edit;
use std::ops::Range;

/// The edit that adds a text to a request's system prompt; `None` where the body has no place for one, or holds the
/// text already.
#[must_use]
pub fn instruction(dialect: Dialect, body: &[u8], text: &str) -> Option<Edit> {
    let mut quoted = Vec::with_capacity(text.len() + 8);
    quote(&mut quoted, text);
    let inside = quoted.get(1..quoted.len() - 1)?;
    if memchr::memmem::find(body, inside).is_some() {
        return None;
    }
    let written = |json: &str| String::from_utf8(quoted.clone()).ok().map(|text| json.replace("\"\"", &text));
    let read = |place: &mut dyn FnMut(&mut Cursor<'_>) -> Result<Place, Flaw>, names: &[&[u8]]| {
        let mut found = Place::None;
        let mut cursor = Cursor::lenient(body);
        let whole = cursor.object(|cursor, key| {
            if !names.contains(&key) {
                return cursor.skip();
            }
            found = place(cursor)?;
            Ok(())
        });
        whole.is_ok_and(|is_object| is_object).then_some(found)
    };
    let (place, member, part) = match dialect {
        Dialect::Messages => {
            let place = read(&mut words, &[b"system"])?;
            (place, r#""system":"""#, TEXT)
        }
        Dialect::Responses => {
            let place = read(&mut words, &[b"instructions"])?;
            (place, r#""instructions":"""#, TEXT)
        }
        Dialect::Gemini => {
            let place = read(&mut parts, &[b"systemInstruction", b"system_instruction"])?;
            (place, r#""systemInstruction":{"parts":[{"text":""}]}"#, r#"{"text":""}"#)
        }
        Dialect::Chat | Dialect::Ollama => match read(&mut first_turns, &[b"messages"])? {
            // Without turns there is nothing to instruct about.
            Place::None => return None,
            place => (place, r#"{"role":"system","content":""}"#, TEXT),
        },
    };
    let (span, with) = match place {
        Place::None => {
            let start = body.iter().position(|byte| *byte == b'{')? + 1;
            (start..start, written(member)? + ",")
        }
        Place::Turn(at) => (at..at, written(member)? + ","),
        Place::Null(span) => {
            let value = member.split_once(':').map_or(member, |(_, value)| value);
            (span, written(value)?)
        }
        Place::String { end, empty } => {
            let inside = String::from_utf8_lossy(inside);
            (end..end, if empty { inside.into_owned() } else { format!("\\n\\n{inside}") })
        }
        Place::Array { end, empty } => {
            (end..end, if empty { written(part)? } else { format!(",{}", written(part)?) })
        }
        // Google's services take a list of one without its brackets.
        Place::Single(span) => {
            let single = std::str::from_utf8(body.get(span.clone())?).ok()?;
            (span, format!("[{single},{}]", written(part)?))
        }
        Place::Other => return None,
    };
    Some(Edit { span, with: with.into() })
}

/// A text among others, in chat, responses and messages.
const TEXT: &str = r#"{"type":"text","text":""}"#;

/// Where a system prompt's end is.
enum Place {
    /// There is none yet.
    None,
    /// There is none yet; a turn that holds one can stand before this one.
    Turn(usize),
    /// It is `null`.
    Null(Range<usize>),
    /// It is a string: its closing quote.
    String { end: usize, empty: bool },
    /// It is a list of texts: its closing bracket.
    Array { end: usize, empty: bool },
    /// It is one text where there can be several.
    Single(Range<usize>),
    /// It is something else, which is the provider's to judge.
    Other,
}

/// A string or a list of texts.
fn words(cursor: &mut Cursor<'_>) -> Result<Place, Flaw> {
    Ok(match cursor.shape()? {
        Shape::Null => Place::Null(cursor.span()?),
        Shape::String => {
            let span = cursor.span()?;
            Place::String { end: span.end - 1, empty: span.len() == 2 }
        }
        Shape::Array => {
            let mut empty = true;
            cursor.array(|cursor| {
                empty = false;
                cursor.skip()
            })?;
            Place::Array { end: cursor.at() - 1, empty }
        }
        _ => {
            cursor.skip()?;
            Place::Other
        }
    })
}

/// A system prompt of Google's, whose list of texts stands under `parts`.
fn parts(cursor: &mut Cursor<'_>) -> Result<Place, Flaw> {
    if cursor.shape()? == Shape::Null {
        return Ok(Place::Null(cursor.span()?));
    }
    let mut place = Place::Other;
    cursor.object(|cursor, key| {
        if key != b"parts" {
            return cursor.skip();
        }
        place = if cursor.is_object()? { Place::Single(cursor.span()?) } else { words(cursor)? };
        Ok(())
    })?;
    // Parts that are a string or null are nothing that Google takes.
    Ok(if matches!(place, Place::Array { .. } | Place::Single(_)) { place } else { Place::Other })
}

/// The last of the turns with which a conversation begins that are the system's.
fn first_turns(cursor: &mut Cursor<'_>) -> Result<Place, Flaw> {
    let mut found = Place::None;
    let mut system = true;
    cursor.array(|cursor| {
        if !system {
            return cursor.skip();
        }
        let mut content = Place::Other;
        system = false;
        // Its place is found by shape: white space may stand before it.
        cursor.shape()?;
        let start = cursor.at();
        cursor.object(|cursor, key| {
            match key {
                b"role" => system = matches!(cursor.text()?.as_deref(), Some("system" | "developer")),
                b"content" => content = words(cursor)?,
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        if system {
            found = content;
        } else if matches!(found, Place::None) {
            found = Place::Turn(start);
        }
        Ok(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const SAY: &str = "Be \"brief\".\n";

    fn told(dialect: Dialect, body: &str) -> String {
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        let edit = instruction(dialect, &bytes, SAY).unwrap();
        let told = crate::splice(&bytes, vec![edit]).unwrap();
        assert!(instruction(dialect, &told, SAY).is_none(), "once is enough");
        let told = String::from_utf8(told.to_vec()).unwrap();
        serde_json::from_str::<serde_json::Value>(&told).unwrap();
        told
    }

    #[test]
    fn it_stands_behind_what_the_system_prompt_says() {
        let cases = [
            (Dialect::Messages, r#"{ "model":"m"}"#, r#"{"system":"SAY", "model":"m"}"#),
            (Dialect::Messages, r#"{"system":null}"#, r#"{"system":"SAY"}"#),
            (Dialect::Messages, r#"{"system": ""}"#, r#"{"system": "SAY"}"#),
            (Dialect::Messages, r#"{"system":"a\"","x":1}"#, r#"{"system":"a\"\n\nSAY","x":1}"#),
            (
                Dialect::Messages,
                r#"{"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}} ]}"#,
                r#"{"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}} ,{"type":"text","text":"SAY"}]}"#,
            ),
            (Dialect::Messages, r#"{"system":[]}"#, r#"{"system":[{"type":"text","text":"SAY"}]}"#),
            (Dialect::Responses, r#"{"input":"hi"}"#, r#"{"instructions":"SAY","input":"hi"}"#),
            (Dialect::Responses, r#"{"instructions":"a"}"#, r#"{"instructions":"a\n\nSAY"}"#),
            (
                Dialect::Gemini,
                r#"{"contents":[]}"#,
                r#"{"systemInstruction":{"parts":[{"text":"SAY"}]},"contents":[]}"#,
            ),
            (
                Dialect::Gemini,
                r#"{"system_instruction":{"parts":{"text":"a"}}}"#,
                r#"{"system_instruction":{"parts":[{"text":"a"},{"text":"SAY"}]}}"#,
            ),
            (
                Dialect::Gemini,
                r#"{"systemInstruction":{"role":"user","parts":[{"text":"a"}]}}"#,
                r#"{"systemInstruction":{"role":"user","parts":[{"text":"a"},{"text":"SAY"}]}}"#,
            ),
            (
                Dialect::Gemini,
                r#"{"systemInstruction":null}"#,
                r#"{"systemInstruction":{"parts":[{"text":"SAY"}]}}"#,
            ),
            (
                Dialect::Chat,
                r#"{"messages":[ {"role":"user","content":"hi"}]}"#,
                r#"{"messages":[ {"role":"system","content":"SAY"},{"role":"user","content":"hi"}]}"#,
            ),
            (
                Dialect::Chat,
                r#"{"messages":[{"role":"system","content":"a"},{"content":[{"type":"text","text":"b"}],"role":"developer"},{"role":"user","content":"hi"},{"role":"system","content":"late"}]}"#,
                r#"{"messages":[{"role":"system","content":"a"},{"content":[{"type":"text","text":"b"},{"type":"text","text":"SAY"}],"role":"developer"},{"role":"user","content":"hi"},{"role":"system","content":"late"}]}"#,
            ),
        ];
        for (dialect, body, wanted) in cases {
            assert_eq!(told(dialect, body), wanted.replace("SAY", "Be \\\"brief\\\".\\n"), "{body}");
        }
    }

    #[test]
    fn where_there_is_no_place_nothing_is_added() {
        let cases = [
            (Dialect::Chat, r#"{"messages":[]}"#),
            (Dialect::Chat, r#"{"model":"m"}"#),
            (Dialect::Chat, r#"{"messages":[{"role":"system","content":7}]}"#),
            (Dialect::Messages, r#"{"system":7}"#),
            (Dialect::Gemini, r#"{"systemInstruction":{"parts":"a"}}"#),
            (Dialect::Messages, r#"[]"#),
            (Dialect::Messages, r#"{"system":"#),
        ];
        for (dialect, body) in cases {
            assert_eq!(instruction(dialect, body.as_bytes(), SAY), None, "{body}");
        }
    }
}
