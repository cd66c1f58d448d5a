//! Where one target's answer goes on in another's: what was delivered so far, and the seam between the two.

use super::{Event, Opening};

/// From so many letters and digits on, an overlap is taken for a repetition and not for chance.
const OVERLAP: usize = 8;

/// What a client has been given of an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    /// All words of the answer, thoughts left out.
    text: String,
    open: Open,
    /// Whether something was begun that cannot be continued in the middle: a call, a refusal.
    sealed: bool,
}

/// The block that the client has open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Text,
    Thought,
    Other,
}

impl Given {
    /// Takes what is handed to the client.
    pub(crate) fn take(&mut self, event: &Event) {
        match event {
            Event::Open(opening) => {
                self.open = match opening {
                    Opening::Text => Open::Text,
                    Opening::Reasoning { .. } => Open::Thought,
                    Opening::Refusal | Opening::ToolCall { .. } => {
                        self.sealed = true;
                        Open::Other
                    }
                    Opening::Media(_) => Open::Other,
                }
            }
            Event::Piece(piece) if self.open == Open::Text => self.text.push_str(piece),
            Event::Close => self.open = Open::Nothing,
            _ => {}
        }
    }

    /// The words of the answer so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether another target can go on from here.
    pub(crate) fn can_go_on(&self) -> bool {
        !self.sealed
    }
}

/// The seam: takes the events of the target that goes on and gives those that the client, who has had the beginning,
/// is still to be told.
#[derive(Debug)]
pub(crate) struct Joint {
    given: Given,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Before this target's first words. Its thoughts are left out where words were said: they belong before those.
    Before,
    /// Within a thought that is left out.
    Skipping,
    /// Within its first text, which may repeat what was delivered: held until that is known. Whether the client has the
    /// text open that goes on.
    Seam { held: String, open: bool },
    /// Past the seam.
    Past,
}

impl Joint {
    /// After `given`.
    pub(crate) fn new(given: Given) -> Self {
        Self { given, state: State::Before }
    }

    /// What the client has been given by now.
    pub(crate) fn given(&self) -> &Given {
        &self.given
    }

    /// Takes an event and puts what is to be told into `out`.
    pub(crate) fn take(&mut self, event: Event, out: &mut Vec<Event>) {
        let from = out.len();
        self.seam(event, out);
        out[from..].iter().for_each(|event| self.given.take(event));
    }

    fn seam(&mut self, event: Event, out: &mut Vec<Event>) {
        match (&mut self.state, event) {
            // Its beginning was told by whoever began.
            (_, Event::Start { .. }) => {}
            (State::Before, Event::Open(Opening::Text)) if !self.given.text.is_empty() => {
                let open = self.given.open == Open::Text;
                if !open {
                    self.close_open(out);
                }
                self.state = State::Seam { held: String::new(), open };
            }
            (State::Before, Event::Open(Opening::Reasoning { .. })) if !self.given.text.is_empty() => {
                self.state = State::Skipping;
            }
            (State::Before, event @ (Event::Open(_) | Event::Finish(_))) => {
                self.close_open(out);
                self.state = State::Past;
                out.push(event);
            }
            (State::Skipping, event) => match event {
                Event::Close => self.state = State::Before,
                event @ (Event::Error(_) | Event::Usage(_)) => out.push(event),
                _ => {}
            },
            (State::Seam { held, .. }, Event::Piece(piece)) => {
                held.push_str(&piece);
                // It may be in the midst of a repetition for as long as its words are words that were delivered.
                if !self.given.text.contains(held.as_str()) {
                    self.join(out);
                }
            }
            (State::Seam { .. }, event @ (Event::Close | Event::Error(_))) => {
                self.join(out);
                // Nothing was left of it where nothing is open.
                if !matches!(event, Event::Close) || self.open_after(out) {
                    out.push(event);
                }
            }
            (State::Seam { .. }, Event::Seal(_)) => {}
            (_, event) => out.push(event),
        }
    }

    /// Whether a block is open for the client once it has been told `out`.
    fn open_after(&self, out: &[Event]) -> bool {
        let mut given = Given { text: String::new(), ..self.given.clone() };
        out.iter().for_each(|event| given.take(event));
        given.open != Open::Nothing
    }

    fn close_open(&self, out: &mut Vec<Event>) {
        if self.given.open != Open::Nothing {
            out.push(Event::Close);
        }
    }

    /// Tells the held words, but for what they repeat.
    fn join(&mut self, out: &mut Vec<Event>) {
        let State::Seam { held, open } = std::mem::replace(&mut self.state, State::Past) else { return };
        let rest = held.get(repeated(&self.given.text, &held)..).unwrap_or_default();
        if rest.is_empty() && !open {
            return;
        }
        if !open {
            out.push(Event::Open(Opening::Text));
        }
        if !rest.is_empty() {
            out.push(Event::Piece(rest.to_owned()));
        }
    }
}

/// How many bytes at the beginning of `next` repeat the end of `said`.
fn repeated(said: &str, next: &str) -> usize {
    let lengths = next.char_indices().map(|(at, _)| at).skip(1).chain([next.len()]);
    let lengths: Vec<usize> = lengths.filter(|length| *length <= said.len()).collect();
    let overlap = |length: &usize| said.as_bytes().ends_with(&next.as_bytes()[..*length]);
    let longest = lengths.into_iter().rev().find(overlap).unwrap_or(0);
    let words = &next[..longest];
    let telling: usize = words.chars().filter(|char| char.is_alphanumeric()).map(char::len_utf8).sum();
    if telling >= OVERLAP || telling > 0 && longest == said.len() {
        return longest;
    }
    // Blank space at the seam is said once, whoever says it.
    let blank = &said[said.trim_end().len()..];
    next.char_indices()
        .map(|(at, char)| at + char.len_utf8())
        .take_while(|length| next[..*length].chars().all(char::is_whitespace))
        .filter(|length| blank.ends_with(&next[..*length]))
        .last()
        .unwrap_or(0)
}

#[cfg(test)]
#[path = "joint_tests.rs"]
mod tests;
