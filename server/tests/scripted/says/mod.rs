//! Answers, said in each vendor's own shape: whole and as a stream. Shapes from the vendors' API references and
//! streaming guides (platform.openai.com, docs.claude.com, ai.google.dev, docs.ollama.com, openrouter.ai for
//! `reasoning_details`; all read in November 2026), in our words.

mod chat;
mod gemini;
mod messages;
mod ollama;
mod responses;

use super::script::Asked;
use wire::Dialect;

/// What is answered, in no vendor's shape.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// Pieces of a thought; empty when there is none.
    pub(crate) thought: Vec<String>,
    /// Pieces of the text.
    pub(crate) texts: Vec<String>,
    /// Calls of tools.
    pub(crate) calls: Vec<Call>,
    /// Whether it was cut at the limit of output.
    pub(crate) cut: bool,
}

/// A call of a tool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    /// JSON as it was written.
    pub(crate) arguments: &'static str,
}

/// The counts of every answer in the vendor's own terms.
pub(crate) struct Counts {
    /// The prompt, without what the cache has to do with.
    pub(crate) input: u64,
    /// Read from the prompt cache.
    pub(crate) read: u64,
    /// Written to the prompt cache.
    pub(crate) written: u64,
    /// Of the answer, reasoning included.
    pub(crate) output: u64,
    /// Of that: reasoning, where the vendor counts it.
    pub(crate) reasoning: u64,
}

impl Counts {
    /// The whole prompt.
    pub(crate) const fn prompt(&self) -> u64 {
        self.input + self.read + self.written
    }
}

/// What a vendor counts.
pub(crate) const fn counts(dialect: Dialect) -> Counts {
    match dialect {
        Dialect::Chat => Counts { input: 221, read: 896, written: 0, output: 46, reasoning: 10 },
        Dialect::Responses => Counts { input: 1024, read: 2048, written: 0, output: 46, reasoning: 12 },
        Dialect::Messages => Counts { input: 21, read: 1890, written: 188, output: 46, reasoning: 0 },
        Dialect::Gemini => Counts { input: 500, read: 700, written: 0, output: 46, reasoning: 14 },
        Dialect::Ollama => Counts { input: 512, read: 0, written: 0, output: 46, reasoning: 0 },
    }
}

/// The proof that comes with a thought, as the vendor writes it. Gemini's has both characters that differ between the
/// two alphabets of base64.
pub(crate) const fn seal(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat => "gAAAAABopenrouterZm9yZWlnbg==",
        Dialect::Responses => "gAAAAABpHx1c7mQf3kUu9VbZr2dTfQ==",
        Dialect::Messages => "EqQBCgIYAhIM1gbcDa9GJwZA",
        Dialect::Gemini => "CiQB4/H+XlZXJ0ZXg+/3",
        Dialect::Ollama => "",
    }
}

/// The id of the answer's call of this number.
pub(crate) fn call_id(dialect: Dialect, number: usize) -> String {
    match dialect {
        Dialect::Chat => format!("call_DdmO9pD3xa9XTPN{number}"),
        Dialect::Responses => format!("call_xgXQvJt5LrVwS5b{number}"),
        Dialect::Messages => format!("toolu_01T1x1fJ34qAmk2{number}"),
        // It gives none.
        Dialect::Gemini => String::new(),
        Dialect::Ollama => format!("call_4a5f6b7{number}"),
    }
}

/// Frames before an answer's first word.
pub(crate) fn opening(dialect: Dialect) -> usize {
    match dialect {
        Dialect::Chat => 1,
        Dialect::Messages => 3,
        Dialect::Responses => 4,
        Dialect::Gemini | Dialect::Ollama => 0,
    }
}

/// The whole answer.
pub(crate) fn whole(said: &Said, asked: &Asked) -> String {
    match asked.dialect {
        Dialect::Chat => chat::whole(said, asked),
        Dialect::Responses => responses::whole(said, asked),
        Dialect::Messages => messages::whole(said, asked),
        Dialect::Gemini => gemini::whole(said, asked),
        Dialect::Ollama => ollama::whole(said, asked),
    }
}

/// The answer's frames.
pub(crate) fn frames(said: &Said, asked: &Asked) -> Vec<String> {
    match asked.dialect {
        Dialect::Chat => chat::frames(said, asked),
        Dialect::Responses => responses::frames(said, asked),
        Dialect::Messages => messages::frames(said, asked),
        Dialect::Gemini => gemini::frames(said, asked),
        Dialect::Ollama => ollama::frames(said, asked),
    }
}

impl Said {
    /// Words and nothing else.
    pub(crate) fn words(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let texts = texts.into_iter().map(Into::into).collect();
        Self { thought: Vec::new(), texts, calls: Vec::new(), cut: false }
    }

    /// The same after a thought.
    pub(crate) fn thinking(mut self, thought: &[&str]) -> Self {
        self.thought = thought.iter().map(|piece| (*piece).to_owned()).collect();
        self
    }

    /// The same with calls.
    pub(crate) fn calling(mut self, calls: &[Call]) -> Self {
        self.calls = calls.to_vec();
        self
    }
}

impl Call {
    /// The arguments in pieces that end anywhere: inside of escapes, between the halves of a character.
    fn pieces(&self) -> Vec<String> {
        let chars: Vec<char> = self.arguments.chars().collect();
        chars.chunks(7).map(|piece| piece.iter().collect()).collect()
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
