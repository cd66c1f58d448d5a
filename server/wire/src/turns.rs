//! Whether a body holds anything to answer at all, found on the way to its model. Only what is wrong at every vendor of
//! a dialect counts: the rest is for the provider to say.

use crate::json::{Cursor, Flaw, Shape};
use crate::turn_faults::TurnFaults;
use crate::{Dialect, Malformed, decode, peek};

/// The member that holds the turns, as far as it was read.
pub(crate) struct Turns {
    dialect: Dialect,
    /// Its shape, and whether it is an array without items.
    stated: Option<(Shape, bool)>,
    /// What there is to answer lies at the vendor, or in another member.
    elsewhere: bool,
    faults: TurnFaults,
}

impl Turns {
    pub(crate) fn of(dialect: Dialect) -> Self {
        Self { dialect, stated: None, elsewhere: false, faults: TurnFaults::default() }
    }

    /// Reads a member, whichever it is.
    pub(crate) fn member(&mut self, key: &[u8], cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if key == self.key().as_bytes() {
            let shape = cursor.shape()?;
            let mut turns = 0;
            cursor.array(|cursor| {
                self.faults.turn(self.dialect, turns, cursor)?;
                turns += 1;
                Ok(())
            })?;
            self.stated = Some((shape, turns == 0 && shape == Shape::Array));
            return Ok(());
        }
        if self.elsewhere().contains(&key) {
            self.elsewhere |= cursor.shape()? != Shape::Null;
        }
        cursor.skip()
    }

    const fn key(&self) -> &'static str {
        match self.dialect {
            Dialect::Chat | Dialect::Messages | Dialect::Ollama => "messages",
            Dialect::Gemini => "contents",
            Dialect::Responses => "input",
        }
    }

    /// Members that can stand in for the turns: OpenAI has them, or (asked to count tokens) Gemini's whole request does.
    const fn elsewhere(&self) -> &'static [&'static [u8]] {
        match self.dialect {
            Dialect::Responses => &[b"previous_response_id", b"conversation", b"prompt"],
            Dialect::Gemini => &[b"generateContentRequest", b"generate_content_request"],
            Dialect::Chat | Dialect::Messages | Dialect::Ollama => &[],
        }
    }

    /// What is wrong as a whole, if anything is, and else with a turn.
    pub(crate) fn faults(self) -> (Option<Malformed>, Option<Malformed>) {
        (self.fault(), self.faults.found(self.elsewhere))
    }

    fn fault(&self) -> Option<Malformed> {
        let key = self.key();
        let wrong = |shape| {
            Some(Malformed::new(format!("`{key}` must be an array, not {}.", super::peek::name(shape))))
        };
        match &self.stated {
            _ if self.elsewhere => None,
            // Ollama loads a model that is asked nothing.
            None | Some((Shape::Null, _) | (_, true)) if self.dialect == Dialect::Ollama => None,
            None | Some((Shape::Null, _)) => Some(Malformed::new(format!("`{key}` is missing."))),
            Some((_, true)) => Some(Malformed::new(format!("`{key}` must not be empty."))),
            Some((Shape::Array, false)) => None,
            Some((Shape::String, _)) if self.dialect == Dialect::Responses => None,
            // Google's servers take one value for a list of one.
            Some((Shape::Object, _)) if self.dialect == Dialect::Gemini => None,
            Some((shape, _)) => wrong(*shape),
        }
    }
}

/// The dialect of a request by its members; `anthropic`: its headers say that it is one for Anthropic.
pub fn guess_request(body: &[u8], anthropic: bool) -> Dialect {
    let (mut messages, mut system, mut found) = (false, false, None);
    // What cannot be read has no members.
    let _ = crate::json::Cursor::lenient(body).object(|cursor, key| {
        match key {
            b"contents" => found = Some(Dialect::Gemini),
            b"input" | b"previous_response_id" => found = Some(Dialect::Responses),
            b"messages" => messages = true,
            b"system" | b"stop_sequences" | b"thinking" => system = true,
            _ => {}
        }
        cursor.skip()
    });
    match found {
        Some(found) if !messages => found,
        _ if anthropic || system => Dialect::Messages,
        _ => Dialect::Chat,
    }
}

/// What is wrong with a body by our own reading of its dialect, as a sentence that names the place.
///
/// For a body that a provider has refused, not for one on its way there: it is decoded as a whole, and what a vendor has
/// added to the dialect of late may be taken for a fault. `stream` is what [`decode`] wants to know.
pub fn diagnose(dialect: Dialect, body: &[u8], stream: bool) -> Option<Malformed> {
    let peeked = match peek(dialect, body) {
        Ok(peeked) => peeked,
        Err(fault) => return Some(fault),
    };
    peeked.conversation().err().or_else(|| decode(dialect, body, stream).err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(dialect: Dialect, members: &str) -> Option<String> {
        let body = format!(r#"{{"model":"m"{members}}}"#);
        peek(dialect, body.as_bytes()).unwrap().conversation().err().map(|fault| fault.to_string())
    }

    #[test]
    fn what_is_wrong_everywhere_is_told() {
        use Dialect::{Chat, Gemini, Messages, Ollama, Responses};
        for (dialect, members, wrong) in [
            (Chat, "", "`messages` is missing."),
            (Messages, r#","messages":null"#, "`messages` is missing."),
            (Messages, r#","messages":[ ]"#, "`messages` must not be empty."),
            (Chat, r#","messages":"Hi""#, "`messages` must be an array, not a string."),
            (Chat, r#","messages":{"role":"user"}"#, "`messages` must be an array, not an object."),
            (Ollama, r#","messages":7"#, "`messages` must be an array, not a number."),
            (Gemini, r#","contents":[]"#, "`contents` must not be empty."),
            (Gemini, r#","contents":"Hi""#, "`contents` must be an array, not a string."),
            (Responses, r#","previous_response_id":null"#, "`input` is missing."),
            (Responses, r#","input":{}"#, "`input` must be an array, not an object."),
            (Responses, r#","input":[]"#, "`input` must not be empty."),
        ] {
            assert_eq!(fault(dialect, members).as_deref(), Some(wrong), "{dialect} {members}");
        }
    }

    #[test]
    fn what_any_vendor_takes_is_let_pass() {
        use Dialect::{Chat, Gemini, Messages, Ollama, Responses};
        for (dialect, members) in [
            (Chat, r#","messages":[{"role":"new","odd":1}]"#),
            (Messages, r#","messages":[7]"#),
            (Ollama, ""),
            (Ollama, r#","messages":[]"#),
            (Gemini, r#","contents":{"parts":{"text":"Hi"}}"#),
            (Gemini, r#","generateContentRequest":{}"#),
            (Responses, r#","input":"Hi""#),
            (Responses, r#","previous_response_id":"resp_1""#),
            (Responses, r#","conversation":{"id":"conv_1"},"input":[]"#),
            (Responses, r#","prompt":{"id":"pmpt_1"}"#),
        ] {
            assert_eq!(fault(dialect, members), None, "{dialect} {members}");
        }
    }

    #[test]
    fn a_diagnosis_names_the_place() {
        let told =
            |body: &str| diagnose(Dialect::Messages, body.as_bytes(), false).map(|fault| fault.to_string());
        let asked = |content: &str| {
            format!(r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":{content}}}]}}"#)
        };
        assert_eq!(told(&asked("\"Hi\"")), None);
        let answer = r#"[{"type":"tool_result","tool_use_id":"a","content":"x"}]"#;
        let found = told(&asked(answer)).unwrap();
        assert!(found.starts_with("`messages[0].content[0].tool_use_id` is \"a\""), "{found}");
        assert_eq!(told(r#"{"model":7}"#).unwrap(), "`model` must be a string, not a number.");
        assert!(told(r#"{"model":"m","model":"n"}"#).unwrap().contains("twice"));
    }
}
