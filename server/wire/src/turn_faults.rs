//! Faults of single turns that the vendor of a dialect refuses for certain, found in the one reading of the body: a role
//! that does not exist, and a tool's answer to a call that nobody made. Others who speak the dialect may be less strict,
//! so it is for the router to say whom they concern.

use crate::json::{Cursor, Flaw, Shape};
use crate::{Dialect, Malformed};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Ids of calls, by hash: a request has hundreds, and they are only compared.
#[derive(Default)]
pub(crate) struct TurnFaults {
    calls: HashSet<u64>,
    first: Option<Malformed>,
    /// Calls may lie at the vendor.
    referred: bool,
}

/// What a turn or block was found to hold, whatever the order of its members.
#[derive(Default)]
struct Seen {
    kind: Vec<u8>,
    role: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
}

impl TurnFaults {
    /// Reads one turn.
    pub(crate) fn turn(
        &mut self,
        dialect: Dialect,
        index: usize,
        cursor: &mut Cursor<'_>,
    ) -> Result<(), Flaw> {
        match dialect {
            Dialect::Chat => self.chat(index, cursor),
            Dialect::Messages => self.messages(index, cursor),
            Dialect::Responses => self.responses(index, cursor),
            // Answers have no ids there.
            Dialect::Gemini | Dialect::Ollama => {
                let mut seen = Seen::default();
                cursor
                    .object(|cursor, key| if key == b"role" { seen.role(cursor) } else { cursor.skip() })?;
                self.role(dialect, index, seen.role);
                Ok(())
            }
        }
    }

    /// The first fault. `elsewhere`: earlier turns lie at the vendor, and with them calls.
    pub(crate) fn found(self, elsewhere: bool) -> Option<Malformed> {
        self.first.filter(|_| !elsewhere && !self.referred)
    }

    fn chat(&mut self, index: usize, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        let mut seen = Seen::default();
        cursor.object(|cursor, key| match key {
            b"role" => seen.role(cursor),
            b"tool_call_id" => seen.id(cursor),
            b"tool_calls" => {
                cursor.array(|cursor| self.call(cursor))?;
                Ok(())
            }
            _ => cursor.skip(),
        })?;
        if seen.role.as_deref() == Some(b"tool") {
            self.answer(seen.id, || format!("messages[{index}].tool_call_id"));
        }
        self.role(Dialect::Chat, index, seen.role);
        Ok(())
    }

    fn messages(&mut self, index: usize, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        let mut seen = Seen::default();
        cursor.object(|cursor, key| match key {
            b"role" => seen.role(cursor),
            b"content" if cursor.shape()? == Shape::Array => {
                let mut place = 0;
                cursor.array(|cursor| {
                    let block = Seen::block(cursor, b"id", b"tool_use_id")?;
                    match block.kind.as_slice() {
                        b"tool_use" => self.calls.extend(block.id.as_deref().map(hash)),
                        b"tool_result" => {
                            let path = || format!("messages[{index}].content[{place}].tool_use_id");
                            self.answer(block.id, path);
                        }
                        _ => {}
                    }
                    place += 1;
                    Ok(())
                })?;
                Ok(())
            }
            _ => cursor.skip(),
        })?;
        self.role(Dialect::Messages, index, seen.role);
        Ok(())
    }

    fn responses(&mut self, index: usize, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        let item = Seen::block(cursor, b"call_id", b"call_id")?;
        match item.kind.as_slice() {
            b"function_call" | b"custom_tool_call" => self.calls.extend(item.id.as_deref().map(hash)),
            b"function_call_output" | b"custom_tool_call_output" => {
                self.answer(item.id, || format!("input[{index}].call_id"));
            }
            b"item_reference" | b"compaction" | b"compaction_summary" => self.referred = true,
            b"" | b"message" => self.role(Dialect::Responses, index, item.role),
            _ => {}
        }
        Ok(())
    }

    fn call(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        let call = Seen::block(cursor, b"id", b"id")?;
        self.calls.extend(call.id.as_deref().map(hash));
        Ok(())
    }

    fn answer(&mut self, id: Option<Vec<u8>>, path: impl FnOnce() -> String) {
        let Some(id) = id.filter(|_| self.first.is_none()) else { return };
        if !self.calls.contains(&hash(&id)) {
            let (path, id) = (path(), String::from_utf8_lossy(&id));
            let what = format!("`{path}` is {id:?}, but no tool call before it has this id.");
            self.first = Some(Malformed::new(what));
        }
    }

    fn role(&mut self, dialect: Dialect, index: usize, role: Option<Vec<u8>>) {
        let (turns, known): (_, &[&str]) = match dialect {
            Dialect::Chat => ("messages", &["system", "developer", "user", "assistant", "tool", "function"]),
            Dialect::Messages => ("messages", &["user", "assistant", "system"]),
            Dialect::Responses => ("input", &["user", "assistant", "system", "developer", "tool"]),
            Dialect::Gemini => ("contents", &["user", "model", "function", "system"]),
            Dialect::Ollama => ("messages", &["system", "user", "assistant", "tool"]),
        };
        let Some(role) = role.filter(|_| self.first.is_none()) else { return };
        if !known.iter().any(|known| known.as_bytes() == role) {
            let role = String::from_utf8_lossy(&role);
            let known = known.iter().map(|known| format!("{known:?}")).collect::<Vec<_>>().join(", ");
            let what = format!("`{turns}[{index}].role` is {role:?}, but must be one of {known}.");
            self.first = Some(Malformed::new(what));
        }
    }
}

impl Seen {
    fn block(cursor: &mut Cursor<'_>, call: &[u8], answer: &[u8]) -> Result<Self, Flaw> {
        let mut seen = Self::default();
        cursor.object(|cursor, key| match key {
            b"type" => {
                seen.kind = cursor.text_bytes()?.unwrap_or_default().into_owned();
                Ok(())
            }
            b"role" => seen.role(cursor),
            _ if key == call || key == answer => seen.id(cursor),
            _ => cursor.skip(),
        })?;
        Ok(seen)
    }

    fn role(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        self.role = cursor.text_bytes()?.map(std::borrow::Cow::into_owned);
        Ok(())
    }

    fn id(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        self.id = cursor.text_bytes()?.map(std::borrow::Cow::into_owned);
        Ok(())
    }
}

fn hash(id: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, peek};
    use serde_json::{Value, json};

    fn fault(dialect: Dialect, key: &str, turns: &Value) -> Option<String> {
        let body = json!({"model": "m", key: turns}).to_string();
        peek(dialect, body.as_bytes()).unwrap().turn_fault().map(ToString::to_string)
    }

    #[test]
    fn a_role_that_does_not_exist_is_told_with_its_place() {
        let turns = json!([{"role": "user", "content": "Hi"}, {"content": "x", "role": "wizard"}]);
        for (dialect, key) in [
            (Dialect::Chat, "messages"),
            (Dialect::Messages, "messages"),
            (Dialect::Responses, "input"),
            (Dialect::Gemini, "contents"),
            (Dialect::Ollama, "messages"),
        ] {
            let told = fault(dialect, key, &turns).unwrap();
            assert!(told.starts_with(&format!("`{key}[1].role` is \"wizard\"")), "{told}");
        }
        let known = json!([{"role": "system", "content": "x"}, {"role": "user", "content": "Hi"}]);
        assert_eq!(fault(Dialect::Chat, "messages", &known), None);
        assert_eq!(fault(Dialect::Messages, "messages", &known), None);
    }

    #[test]
    fn an_answer_without_a_call_is_told_with_its_place() {
        let call = json!({"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "t", "input": {}}]});
        let answer = |id: &str| json!({"role": "user", "content": [{"type": "text", "text": "x"}, {"content": "y", "tool_use_id": id, "type": "tool_result"}]});
        assert_eq!(fault(Dialect::Messages, "messages", &json!([call, answer("a")])), None);
        assert_eq!(
            fault(Dialect::Messages, "messages", &json!([call, answer("b")])).as_deref(),
            Some("`messages[1].content[1].tool_use_id` is \"b\", but no tool call before it has this id.")
        );
        let call = json!({"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "t", "arguments": "{}"}}]});
        let answer = |id: &str| json!({"role": "tool", "content": "y", "tool_call_id": id});
        assert_eq!(fault(Dialect::Chat, "messages", &json!([call, answer("a")])), None);
        assert_eq!(
            fault(Dialect::Chat, "messages", &json!([answer("a"), call])).as_deref(),
            Some("`messages[0].tool_call_id` is \"a\", but no tool call before it has this id.")
        );
    }

    #[test]
    fn a_call_may_lie_at_the_vendor() {
        let output = json!([{"type": "function_call_output", "call_id": "c", "output": "x"}]);
        assert_eq!(
            fault(Dialect::Responses, "input", &output).as_deref(),
            Some("`input[0].call_id` is \"c\", but no tool call before it has this id.")
        );
        let body = json!({"model": "m", "input": output, "previous_response_id": "resp_1"}).to_string();
        assert_eq!(peek(Dialect::Responses, body.as_bytes()).unwrap().turn_fault(), None);
        let referred = json!([{"type": "item_reference", "id": "fc_1"}, output[0]]);
        assert_eq!(fault(Dialect::Responses, "input", &referred), None);
    }
}
