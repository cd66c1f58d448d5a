//! How a conversation begins: the same in every later request of it, whatever else changes.

use crate::Dialect;
use crate::json::{Cursor, Flaw, Shape, What};
use std::hash::Hasher;

/// Feeds the words of the first turn that is the person's to `hasher`; `false` if there is none.
///
/// The system prompt is left out: Claude Code writes a number into it that differs from request to request (November
/// 2026). So are marks of the prompt cache, which move.
pub fn opening(dialect: Dialect, body: &[u8], hasher: &mut impl Hasher) -> bool {
    let wanted: &[u8] = match dialect {
        Dialect::Chat | Dialect::Messages | Dialect::Ollama => b"messages",
        Dialect::Responses => b"input",
        Dialect::Gemini => b"contents",
    };
    let mut found = false;
    // The rest of a long body need not be read: what was wanted ends the reading as a flaw would.
    let _ = Cursor::lenient(body).object(|cursor, key| {
        if key != wanted {
            return cursor.skip();
        }
        if cursor.shape()? == Shape::String {
            found = words(cursor, hasher)?;
            return Err(enough(cursor));
        }
        cursor.array(|cursor| {
            let start = cursor.at();
            let mut person = dialect == Dialect::Gemini;
            cursor.object(|cursor, key| match key {
                b"role" => {
                    person = cursor.text()?.as_deref() == Some("user");
                    Ok(())
                }
                _ => cursor.skip(),
            })?;
            if person {
                let mut turn = Cursor::lenient(body.get(start..cursor.at()).unwrap_or_default());
                found = members(&mut turn, hasher)?;
                return Err(enough(cursor));
            }
            Ok(())
        })?;
        Err(enough(cursor))
    });
    found
}

fn enough(cursor: &Cursor<'_>) -> Flaw {
    Flaw { at: cursor.at(), what: What::Trailing }
}

/// The words under the members that hold some.
fn members(cursor: &mut Cursor<'_>, hasher: &mut impl Hasher) -> Result<bool, Flaw> {
    let mut any = false;
    cursor.object(|cursor, key| {
        match key {
            b"content" | b"text" | b"parts" => any |= words(cursor, hasher)?,
            _ => cursor.skip()?,
        }
        Ok(())
    })?;
    Ok(any)
}

fn words(cursor: &mut Cursor<'_>, hasher: &mut impl Hasher) -> Result<bool, Flaw> {
    match cursor.shape()? {
        Shape::String => {
            let text = cursor.text_bytes()?.unwrap_or_default();
            hasher.write(&text);
            Ok(!text.is_empty())
        }
        Shape::Array => {
            let mut any = false;
            cursor.array(|cursor| {
                any |= words(cursor, hasher)?;
                Ok(())
            })?;
            Ok(any)
        }
        Shape::Object => members(cursor, hasher),
        _ => cursor.skip().map(|()| false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::hash::DefaultHasher;

    fn hash(dialect: Dialect, body: &Value) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        opening(dialect, body.to_string().as_bytes(), &mut hasher).then(|| hasher.finish())
    }

    #[test]
    fn a_conversation_that_goes_on_is_the_same_one() {
        let first = json!({"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}]});
        let later = json!({"role": "user", "content": [{"type": "text", "text": "Hi"}]});
        let other = json!({"role": "user", "content": [{"type": "text", "text": "Ho"}]});
        let answer = json!({"role": "assistant", "content": "Hello"});
        let body =
            |turns: &[&Value], system: &str| json!({"system": system, "messages": turns, "model": "m"});
        let begun = hash(Dialect::Messages, &body(&[&first], "a"));
        assert!(begun.is_some());
        assert_eq!(begun, hash(Dialect::Messages, &body(&[&later, &answer, &other], "b")));
        assert_ne!(begun, hash(Dialect::Messages, &body(&[&other, &answer, &later], "a")));
    }

    #[test]
    fn every_dialect_has_its_first_words() {
        let chat =
            json!({"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}]});
        let alike = [
            hash(Dialect::Chat, &chat),
            hash(Dialect::Ollama, &chat),
            hash(Dialect::Responses, &json!({"input": "Hi"})),
            hash(Dialect::Responses, &json!({"input": [{"role": "user", "content": "Hi"}]})),
            hash(Dialect::Gemini, &json!({"contents": [{"parts": [{"text": "Hi"}]}]})),
        ];
        assert!(alike.iter().all(|one| one.is_some() && *one == alike[0]), "{alike:?}");
        assert_eq!(hash(Dialect::Chat, &json!({"messages": []})), None);
        assert_eq!(hash(Dialect::Chat, &json!({"model": "m"})), None);
    }
}
