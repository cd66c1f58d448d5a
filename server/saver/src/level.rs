//! How far a text is shortened.

/// How far a text is shortened. Each level does what the one before does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// Only redundancy goes: escape codes, repeated lines (with their count), blanks that align columns, context
    /// of a diff beyond three lines.
    Exact,
    /// What a model does not need goes too, and is counted: passing tests, progress and download lines, directories
    /// repeated in front of every name.
    #[default]
    Safe,
    /// Long output is cut in the middle as well, with a marker that says how much is missing.
    Strong,
}

/// A name that is none of the levels'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLevel;

impl Level {
    /// Every level, the mildest first.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Safe, Self::Strong];

    /// As it stands in settings and headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Safe => "safe",
            Self::Strong => "strong",
        }
    }
}

impl std::str::FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.name() == name).ok_or(UnknownLevel)
    }
}
