//! Whether a reader's events follow the grammar. Checked in debug builds, and so in every test.

use super::{Event, Opening};

/// What came so far.
#[derive(Debug, Default)]
pub(crate) struct Grammar {
    state: State,
    last: &'static str,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing.
    #[default]
    Before,
    /// The start; no block is open.
    Between,
    /// A block that takes pieces.
    Words,
    /// A medium, which comes whole.
    Medium,
    /// The finish or an error: nothing may follow.
    Over,
}

impl Grammar {
    /// Takes one event, or says what is wrong with it.
    pub(crate) fn take(&mut self, event: &Event) -> Result<(), String> {
        let name = name(event);
        let next = match (self.state, event) {
            (State::Before, Event::Start { .. }) => State::Between,
            (State::Between, Event::Open(Opening::Media(_))) => State::Medium,
            (State::Between, Event::Open(Opening::ToolCall { id, name, .. }))
                if id.is_empty() || name.is_empty() =>
            {
                return Err("a call without id or name".to_owned());
            }
            (State::Between, Event::Open(_)) => State::Words,
            (State::Words, Event::Piece(piece)) if piece.is_empty() => {
                return Err("an empty piece".to_owned());
            }
            (State::Words, Event::Piece(_) | Event::Seal(_)) => State::Words,
            (State::Words | State::Medium, Event::Close) => State::Between,
            (State::Between, Event::Usage(_)) => State::Between,
            (State::Between, Event::Finish(_)) => State::Over,
            // Anything may break off.
            (State::Before | State::Between | State::Words | State::Medium, Event::Error(_)) => State::Over,
            _ => {
                let after = if self.last.is_empty() { "nothing" } else { self.last };
                return Err(format!("{name} after {after}"));
            }
        };
        (self.state, self.last) = (next, name);
        Ok(())
    }
}

const fn name(event: &Event) -> &'static str {
    match event {
        Event::Start { .. } => "Start",
        Event::Open(_) => "Open",
        Event::Piece(_) => "Piece",
        Event::Seal(_) => "Seal",
        Event::Close => "Close",
        Event::Usage(_) => "Usage",
        Event::Finish(_) => "Finish",
        Event::Error(_) => "Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Finish;

    fn check(events: &[Event]) -> Result<(), String> {
        let mut grammar = Grammar::default();
        events.iter().try_for_each(|event| grammar.take(event))
    }

    #[test]
    fn one_block_at_a_time_and_nothing_after_the_end() {
        let start = Event::Start { id: String::new(), model: String::new(), usage: None };
        let piece = Event::Piece("a".to_owned());
        let finish = Event::Finish(Finish::Stop);
        let open = Event::Open(Opening::Text);
        let whole = [start.clone(), open.clone(), piece.clone(), Event::Close, finish.clone()];
        assert_eq!(check(&whole), Ok(()));
        assert_eq!(check(&whole[..2]), Ok(()), "cut short");
        for (events, wrong) in [
            (vec![open.clone()], "Open after nothing"),
            (vec![start.clone(), piece], "Piece after Start"),
            (vec![start.clone(), open.clone(), open.clone()], "Open after Open"),
            (vec![start.clone(), open.clone(), finish.clone()], "Finish after Open"),
            (vec![start.clone(), finish.clone(), finish], "Finish after Finish"),
            (vec![start, open, Event::Piece(String::new())], "an empty piece"),
        ] {
            assert_eq!(check(&events), Err(wrong.to_owned()));
        }
    }
}
