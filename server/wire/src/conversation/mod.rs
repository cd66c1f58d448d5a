//! A request in no dialect in particular: what every dialect is decoded into and encoded from.
//!
//! It borrows from the body it was decoded from. JSON that is only handed on (tool arguments, schemas) is kept as
//! the text it was written as, so number formats and key order survive.

mod bundle;
mod content;
mod names;
mod needs;
mod places;
pub(crate) mod seal;

pub(crate) use bundle::{Bundle, Thought};
pub use content::{Block, Cache, Media, MediaKind, Source, ToolCall, ToolKind, ToolResult};
pub(crate) use names::fnv;
pub use names::{Names, call_id};
pub use needs::Needs;
pub use places::Places;
pub use seal::Seal;

use std::borrow::Cow;

/// A request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conversation<'a> {
    /// The instructions before the first turn, in order: text blocks only.
    pub system: Vec<Block<'a>>,
    /// What was said so far. Neighbours may have the same role; encoders merge them where the dialect wants it.
    pub turns: Vec<Turn<'a>>,
    /// What the model may call.
    pub tools: Vec<Tool<'a>>,
    /// Which of them; `None`: not stated.
    pub tool_choice: Option<ToolChoice<'a>>,
    /// Whether it may call several at once; `None`: not stated.
    pub parallel_tools: Option<bool>,
    /// How tokens are drawn.
    pub sampling: Sampling<'a>,
    /// Most tokens of output, reasoning included.
    pub max_output: Option<u64>,
    /// Texts that end the answer.
    pub stop: Vec<Cow<'a, str>>,
    /// How much to reason; `None`: not stated.
    pub reasoning: Option<Reasoning>,
    /// What form the answer must have; `None`: text.
    pub format: Option<OutputFormat<'a>>,
    /// How many words the answer should make: OpenAI's `low`, `medium` or `high`.
    pub verbosity: Option<Cow<'a, str>>,
    /// The client's own user, as it names them.
    pub user: Option<Cow<'a, str>>,
    /// Labels the client wants kept with the request, in order.
    pub metadata: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// OpenAI's `prompt_cache_key`.
    pub cache_key: Option<Cow<'a, str>>,
    /// OpenAI's and Anthropic's `service_tier`, in the client's word.
    pub service_tier: Option<Cow<'a, str>>,
    /// The stored answer this one continues (OpenAI's `previous_response_id` or `conversation`): no other dialect
    /// can express it.
    pub continues: Option<Cow<'a, str>>,
    /// Whether the client wants a stream.
    pub stream: bool,
    /// Whether a chat client asked for usage at the end of the stream.
    pub stream_usage: bool,
    /// What was said that this form cannot hold, found while decoding.
    pub dropped: Vec<Dropped>,
    /// Where all of this stood in the client's body.
    pub places: Places,
}

/// One turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn<'a> {
    /// Whose.
    pub role: Role,
    /// What, in order.
    pub blocks: Vec<Block<'a>>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions in the midst of a conversation (OpenAI's `system` and `developer` after the first turn).
    System,
    /// The person, and what tools answered.
    User,
    /// The model.
    Assistant,
}

/// Something the model may call.
#[derive(Debug, Clone, PartialEq)]
pub enum Tool<'a> {
    /// A function of the client's, called with JSON.
    Function {
        /// Its name.
        name: Cow<'a, str>,
        /// What it is for.
        description: Option<Cow<'a, str>>,
        /// The JSON Schema of its arguments, as it was written; `None`: it takes none.
        schema: Option<Cow<'a, str>>,
        /// Whether arguments must follow the schema exactly; `None`: not stated.
        strict: Option<bool>,
        /// A mark of the prompt cache.
        cache: Option<Cache>,
    },
    /// A tool of the client's, called with free text (OpenAI's `custom`, such as Codex's `apply_patch`).
    Custom {
        /// Its name.
        name: Cow<'a, str>,
        /// What it is for.
        description: Option<Cow<'a, str>>,
        /// The form of its input, as Responses writes it: `{"type":"grammar","syntax":…,"definition":…}`.
        format: Option<Cow<'a, str>>,
    },
    /// A tool that runs at the vendor (web search, code execution): no other vendor can run it.
    Hosted {
        /// The vendor's name for it: `web_search_20250305`.
        kind: Cow<'a, str>,
    },
}

/// Which tools may or must be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice<'a> {
    /// As the model likes.
    Auto,
    /// None.
    None,
    /// One at least.
    Required,
    /// This one.
    Named(Cow<'a, str>),
    /// One of these; `true`: at least one.
    Allowed(Vec<Cow<'a, str>>, bool),
}

/// How tokens are drawn. Numbers are kept as they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sampling<'a> {
    /// `temperature`.
    pub temperature: Option<&'a str>,
    /// `top_p`.
    pub top_p: Option<&'a str>,
    /// `top_k`.
    pub top_k: Option<&'a str>,
    /// `min_p` (Ollama and open models).
    pub min_p: Option<&'a str>,
    /// `seed`.
    pub seed: Option<&'a str>,
    /// `presence_penalty`.
    pub presence_penalty: Option<&'a str>,
    /// `frequency_penalty`.
    pub frequency_penalty: Option<&'a str>,
}

/// How much the model is asked to reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasoning {
    /// By level.
    pub effort: Option<Effort>,
    /// By tokens. A budget stated by the client comes before the level.
    pub budget: Option<u64>,
    /// Whether the client wants to see the reasoning, in full or as a summary; `None`: not stated.
    pub shown: Option<bool>,
}

/// How hard the model should think.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// Not at all.
    None,
    /// As little as possible.
    Minimal,
    /// A little.
    Low,
    /// As usual.
    Medium,
    /// More.
    High,
    /// Much more (OpenAI's `xhigh`).
    XHigh,
    /// As much as possible (Anthropic's `max`).
    Max,
}

/// What form the answer must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputFormat<'a> {
    /// Any JSON object.
    Json,
    /// JSON of this schema.
    Schema {
        /// Its name; OpenAI wants one.
        name: Option<Cow<'a, str>>,
        /// What it is for.
        description: Option<Cow<'a, str>>,
        /// The JSON Schema as it was written; out of Gemini's own kind of schema where it was that.
        schema: Cow<'a, str>,
        /// Whether it must be followed exactly; `None`: not stated.
        strict: Option<bool>,
    },
}

/// Something that could not be carried over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped {
    /// Where it stood, as its author would write it: `messages[2].content[0].cache_control`.
    pub path: String,
    /// Why, as one clause.
    pub why: String,
}

impl Conversation<'_> {
    /// Whether a tool of the client's has this name.
    pub(crate) fn has_tool(&self, wanted: &str) -> bool {
        self.tools.iter().any(|tool| match tool {
            Tool::Function { name, .. } | Tool::Custom { name, .. } => name == wanted,
            Tool::Hosted { .. } => false,
        })
    }
}

impl Effort {
    /// OpenAI's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// The level that is nearest to a budget of tokens.
    pub const fn of_budget(budget: u64) -> Self {
        match budget {
            0 => Self::None,
            1..=1_536 => Self::Minimal,
            1_537..=6_000 => Self::Low,
            6_001..=12_000 => Self::Medium,
            12_001..=24_000 => Self::High,
            24_001..=48_000 => Self::XHigh,
            _ => Self::Max,
        }
    }

    /// A budget of tokens for the level. [`Effort::of_budget`] gives the level back.
    pub const fn budget(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Minimal => 1_024,
            Self::Low => 4_096,
            Self::Medium => 8_192,
            Self::High => 16_384,
            Self::XHigh => 32_768,
            Self::Max => 65_536,
        }
    }
}

impl Reasoning {
    /// The level asked for, whichever way it was said; `None`: only that it be shown was said.
    pub fn level(&self) -> Option<Effort> {
        self.budget.map(Effort::of_budget).or(self.effort)
    }

    /// The budget asked for, whichever way it was said.
    pub fn tokens(&self) -> Option<u64> {
        self.budget.or_else(|| self.effort.map(Effort::budget))
    }

    /// Whether reasoning is asked not to happen.
    pub fn off(&self) -> bool {
        self.level() == Some(Effort::None)
    }
}

impl Dropped {
    /// Something at `path`, and why.
    pub fn new(path: &impl ToString, why: &str) -> Self {
        Self { path: path.to_string(), why: why.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_budgets_map_both_ways() {
        use Effort::*;
        for effort in [None, Minimal, Low, Medium, High, XHigh, Max] {
            assert_eq!(Effort::of_budget(effort.budget()), effort);
        }
    }
}
