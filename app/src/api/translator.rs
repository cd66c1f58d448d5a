//! Translator: a request, a reply or a recorded stream in one wire format, as it reads in another.

use super::Problem;
use super::requests::LeftOut;
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The longest text that is translated, in bytes.
pub const TEXT_LIMIT: usize = 1024 * 1024;

/// What is to be translated, and into what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// `request`, `reply` or `stream`; empty: by its shape.
    #[serde(default)]
    pub kind: String,
    /// The dialect it is written in; empty: by its shape.
    #[serde(default)]
    pub from: String,
    /// The dialect to write it in.
    pub to: String,
    /// What was pasted.
    pub text: String,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translated {
    /// `request`, `reply` or `stream`.
    pub kind: String,
    /// The dialect it was read in.
    pub from: String,
    /// The dialect it was written in.
    pub to: String,
    /// What kind or dialect was recognised by, as one sentence; empty when both were stated.
    pub recognised: String,
    /// The translation: JSON a member a line, or the frames of a stream.
    pub text: String,
    /// What could not be carried over.
    pub dropped: Vec<LeftOut>,
    /// What else is worth knowing of this translation, in sentences.
    pub notes: Vec<String>,
}

/// Translation between wire formats. Nothing is kept, and nothing is sent to a provider.
#[async_trait]
pub trait Translator: Send + Sync {
    /// Translates a text.
    async fn translate(&self, asking: Asking) -> Result<Translated, Problem>;
}

/// Translates a text. The page shows a refusal in the place of the translation, so the status is not its kind's.
#[server(prefix = "/console", endpoint = "translate")]
pub async fn translate(asking: Asking) -> Result<Translated, Problem> {
    super::console()?.translate(asking).await
}
