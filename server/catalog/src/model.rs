//! What is known of one model.

use serde::Deserialize;

use crate::{Dialect, Price};

/// A level of reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    /// Much more.
    XHigh,
    /// As much as possible.
    Max,
}

/// How a model is asked to reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reasoning {
    /// It cannot be asked.
    None,
    /// By level.
    Effort,
    /// By tokens.
    Budget,
    /// Messages: `thinking: {"type": "adaptive"}` with a level.
    Adaptive,
    /// On or off.
    Switch,
}

/// Whether an answer may be continued by giving its beginning as the last message, that of the assistant, and
/// how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prefill {
    /// It is refused, or answered as if it were an earlier turn.
    #[default]
    None,
    /// The last message of the assistant is continued as it is. Claude takes it so without thinking only.
    Plain,
    /// Chat: where that message has a member `"prefix": true`. The answer may repeat the beginning (Mistral's
    /// does, 2025).
    Prefix,
    /// Chat: where that message has a member `"partial": true`.
    Partial,
}

/// One model of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Name in `prefix/model`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Context window in tokens, where a source states it.
    pub context: Option<u64>,
    /// Most tokens of output, where a source states it.
    pub max_output: Option<u64>,
    /// How it is asked to reason, where a source states it.
    pub reasoning: Option<Reasoning>,
    /// The levels it takes, where it does not take all.
    pub efforts: Vec<Effort>,
    /// The dialects it can be asked in, where not all of the provider's.
    pub speaks: Vec<Dialect>,
    /// Whether it reads images; `None` where no source says, and then it is taken to.
    pub images: Option<bool>,
    /// Whether it reads documents (PDF); `None` where no source says, and then it is taken to.
    pub documents: Option<bool>,
    /// Whether it can be given tools; `None` where no source says, and then it is taken to.
    pub tools: Option<bool>,
    /// How its answer may be continued by giving its beginning, where it differs from the provider's
    /// [`Tweak::prefill`](crate::Tweak::prefill).
    pub prefill: Option<Prefill>,
    /// Name sent to the vendor, when it is not the id.
    pub upstream_id: Option<String>,
    /// Price, where a source states it for this very model: in a plan what its vendor takes by the token.
    pub price: Option<Price>,
    /// The `provider/model` that is the same and sold by the token, where its id differs.
    pub list: Option<String>,
}

impl Model {
    /// A model of which nothing is known but its name.
    pub(crate) fn bare(id: String, name: String) -> Self {
        Self {
            id,
            name,
            context: None,
            max_output: None,
            reasoning: None,
            efforts: Vec::new(),
            speaks: Vec::new(),
            images: None,
            documents: None,
            tools: None,
            prefill: None,
            upstream_id: None,
            price: None,
            list: None,
        }
    }

    /// The name sent to the vendor.
    #[must_use]
    pub fn sent_as(&self) -> &str {
        self.upstream_id.as_deref().unwrap_or(&self.id)
    }
}
