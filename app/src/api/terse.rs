//! Terse answers: an instruction that asks a model to say less, without leaving out what matters.

use serde::{Deserialize, Serialize};

/// How tersely a model is asked to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terse {
    /// It is not asked to.
    #[default]
    Off,
    /// Whole sentences, but no filler.
    Lite,
    /// Fragments.
    Full,
    /// Telegram style.
    Ultra,
}

/// A word that is none of the levels'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTerse;

impl Terse {
    /// Every level, the mildest first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Lite, Self::Full, Self::Ultra];

    /// As it stands in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Lite => "lite",
            Self::Full => "full",
            Self::Ultra => "ultra",
        }
    }

    /// Its name on pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Lite => "Lite",
            Self::Full => "Full",
            Self::Ultra => "Ultra",
        }
    }

    /// What was done to a request.
    pub const fn asked(self) -> &'static str {
        match self {
            Self::Off => "not asked for",
            Self::Lite => "asked for by an added instruction, lite",
            Self::Full => "asked for by an added instruction, full",
            Self::Ultra => "asked for by an added instruction, ultra",
        }
    }

    /// For a person who chooses.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Off => "Off: the model answers as it likes",
            Self::Lite => "Lite: short sentences, no filler",
            Self::Full => "Full: fragments, only what is needed",
            Self::Ultra => "Ultra: like a telegram",
        }
    }
}

impl std::str::FromStr for Terse {
    type Err = UnknownTerse;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.word() == word.trim()).ok_or(UnknownTerse)
    }
}
