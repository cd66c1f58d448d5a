//! The saver: how far the output of tools is shortened, and what that has saved.

use serde::{Deserialize, Serialize};

/// How far the output of tools is shortened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
