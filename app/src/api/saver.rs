//! The saver: how far the output of tools is shortened, and what that has saved.

use super::terse::Terse;
use super::{Millis, NanoUsd, Problem};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How far the output of tools is shortened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaverLevel {
    /// Not at all.
    Off,
    /// Only redundancy goes.
    Exact,
    /// What a model does not need goes too, and is counted.
    #[default]
    Safe,
    /// Long output is cut in the middle as well.
    Strong,
}

/// A word that is none of the levels'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLevel;

impl SaverLevel {
    /// Every level, the mildest first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Exact, Self::Safe, Self::Strong];

    /// As it stands in headers, forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Exact => "exact",
            Self::Safe => "safe",
            Self::Strong => "strong",
        }
    }
}

impl std::str::FromStr for SaverLevel {
    type Err = UnknownLevel;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.word() == word.trim()).ok_or(UnknownLevel)
    }
}

/// What one filter saved of the output of one tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavingRow {
    /// The filter's name, e.g. `git-diff`.
    pub filter: String,
    /// The tool's name as the client sent it; empty where the call is not known.
    pub tool: String,
    /// How many texts it shortened.
    pub texts: i64,
    /// Their bytes before.
    pub bytes_before: i64,
    /// Their bytes after.
    pub bytes_after: i64,
    /// Their tokens before, by o200k's count.
    pub tokens_before: i64,
    /// Their tokens after.
    pub tokens_after: i64,
}

/// One filter, as a person may switch it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterRow {
    /// Its name, e.g. `git-diff`.
    pub name: String,
    /// What it does, in words.
    pub does: String,
    /// Whether it is in use.
    pub on: bool,
}

/// How far one caller key's requests are shortened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySaver {
    /// The key.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// `None`: as everything else.
    pub level: Option<SaverLevel>,
    /// How tersely it is answered; `None`: as the combo says.
    pub terse: Option<Terse>,
}

/// What was saved of something: a filter, a tool, a model, a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedLine {
    /// What of: a name, or a day as `2026-11-29`.
    pub of: String,
    /// Texts, bytes and tokens.
    pub saving: SavingRow,
    /// What the saved tokens would have cost; unknown prices count as nothing.
    pub cost: NanoUsd,
}

/// The saver page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaverPage {
    /// How far output is shortened.
    pub level: SaverLevel,
    /// The filters.
    pub filters: Vec<FilterRow>,
    /// The caller keys.
    pub keys: Vec<KeySaver>,
    /// Since when the sums below are counted.
    pub since: Millis,
    /// Everything that was saved.
    pub total: SavedLine,
    /// The same by filter, most first.
    pub by_filter: Vec<SavedLine>,
    /// The same by tool, most first.
    pub by_tool: Vec<SavedLine>,
    /// The same by model, most first.
    pub by_model: Vec<SavedLine>,
    /// The same by day, newest first.
    pub by_day: Vec<SavedLine>,
}

/// The longest text that is shown shortened, in bytes.
pub const SAMPLE_LIMIT: usize = 512 * 1024;

/// What a tool gave, to be shown as a model would get it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// What was pasted.
    pub text: String,
    /// A command line, or a tool's name; empty where that is not known.
    #[serde(default)]
    pub tool: String,
    /// How far it is shortened.
    #[serde(default)]
    pub level: SaverLevel,
}

/// Lines that follow one another in a text and in what became of it: the same ones in both, or others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The number of the first of them in the text, from 1.
    pub from: usize,
    /// The number of the first of them in what became of it.
    pub now_from: usize,
    /// Whether both have the same lines; `now` is empty then.
    pub same: bool,
    /// The lines of the text, without their ends.
    pub lines: Vec<String>,
    /// What stands in their place.
    pub now: Vec<String>,
}

/// What a model would get of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What the text was taken for, as one sentence; empty where nothing was said of it.
    pub taken_for: String,
    /// Bytes and tokens of the text before and after.
    pub whole: SavingRow,
    /// The filters that acted, in order. Tokens between two of them are an estimate by their bytes.
    pub steps: Vec<SavingRow>,
    /// Why nothing changed, in sentences; empty when something did.
    pub unchanged: String,
    /// All of both texts; empty when nothing changed.
    pub stretches: Vec<Stretch>,
}

/// The saver.
#[async_trait]
pub trait Saver: Send + Sync {
    /// The whole page.
    async fn saver(&self) -> Result<SaverPage, Problem>;
    /// Says how far output is shortened.
    async fn save_level(&self, level: SaverLevel) -> Result<(), Problem>;
    /// Switches one filter.
    async fn switch_filter(&self, name: String, on: bool) -> Result<(), Problem>;
    /// Says how far one key's requests are shortened (`None`: as everything else), and how tersely they are answered
    /// (`None`: as the combo says).
    async fn save_key_saver(
        &self,
        id: i64,
        level: Option<SaverLevel>,
        terse: Option<Terse>,
    ) -> Result<(), Problem>;
    /// Shortens a sample with the filters that are in use. Nothing of it is kept.
    async fn preview(&self, sample: Sample) -> Result<Preview, Problem>;
}

/// The whole page.
#[server(prefix = "/console", endpoint = "saver")]
pub async fn load_saver() -> Result<SaverPage, Problem> {
    super::console()?.saver().await
}

/// Says how far output is shortened.
#[server(prefix = "/console", endpoint = "save_saver_level")]
pub async fn save_saver_level(level: SaverLevel) -> Result<(), Problem> {
    super::told(super::console()?.save_level(level).await)
}

/// Switches one filter.
#[server(prefix = "/console", endpoint = "switch_filter")]
pub async fn switch_filter(name: String, #[server(default)] on: bool) -> Result<(), Problem> {
    super::told(super::console()?.switch_filter(name, on).await)
}

/// Says how far one key's requests are shortened, and how tersely they are answered. Empty: as everything else.
#[server(prefix = "/console", endpoint = "save_key_saver")]
pub async fn save_key_saver(
    id: i64,
    #[server(default)] level: String,
    #[server(default)] terse: String,
) -> Result<(), Problem> {
    let level = match level.as_str() {
        "" => None,
        word => Some(word.parse().map_err(|UnknownLevel| {
            Problem::invalid("level", "Choose off, exact, safe or strong, or leave it as set above.")
        })?),
    };
    let terse = match terse.as_str() {
        "" => None,
        word => Some(word.parse().map_err(|_| {
            Problem::invalid("terse", "Choose off, lite, full or ultra, or leave it as the combo says.")
        })?),
    };
    super::told(super::console()?.save_key_saver(id, level, terse).await)
}

/// Shortens a sample. The page shows a refusal in the place of the result, so the status is not its kind's.
#[server(prefix = "/console", endpoint = "preview_saver")]
pub async fn preview_saver(sample: Sample) -> Result<Preview, Problem> {
    super::console()?.preview(sample).await
}
