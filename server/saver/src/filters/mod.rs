//! The filters: one file each, and the order in which they are asked.
//!
//! A filter reads the whole text. One that does not find the form it knows says `None`, and so does one that would
//! have to guess: whatever it does not understand stays as it is, so that a wrong guess loses nothing.

mod build_output;
mod git_diff;
mod git_log;
mod git_status;
mod grep;
mod json;
mod log;
mod ls;
mod numbered;
mod paths;
mod terminal;
mod test_output;
mod tree;
mod truncate;

use crate::call::Source;
use crate::level::Level;
use crate::page::Page;

/// A filter. Its name stands in settings, on the Saver page and in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Filter {
    /// Escape codes and redrawn progress lines.
    Terminal,
    /// `git diff`, `git show`, `diff -u`.
    GitDiff,
    /// `git status`.
    GitStatus,
    /// `git log`.
    GitLog,
    /// Test runners.
    TestOutput,
    /// Compilers, package managers, linters.
    BuildOutput,
    /// Lines found in files: `grep`, `rg`.
    Grep,
    /// `ls -l` and `ls -R`.
    Ls,
    /// `tree`.
    Tree,
    /// Lists of paths: `find`, `fd`, results of a glob.
    Paths,
    /// Files with line numbers in front.
    Numbered,
    /// Pretty-printed JSON.
    Json,
    /// Repeated lines.
    Log,
    /// Long output, cut in the middle.
    Truncate,
}

/// A name that is none of the filters'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownFilter;

impl Filter {
    /// Every filter.
    pub const ALL: [Self; 14] = [
        Self::Terminal,
        Self::GitDiff,
        Self::GitStatus,
        Self::GitLog,
        Self::TestOutput,
        Self::BuildOutput,
        Self::Grep,
        Self::Ls,
        Self::Tree,
        Self::Paths,
        Self::Numbered,
        Self::Json,
        Self::Log,
        Self::Truncate,
    ];

    /// As it stands in settings and on record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::GitDiff => "git-diff",
            Self::GitStatus => "git-status",
            Self::GitLog => "git-log",
            Self::TestOutput => "test-output",
            Self::BuildOutput => "build-output",
            Self::Grep => "grep",
            Self::Ls => "ls",
            Self::Tree => "tree",
            Self::Paths => "paths",
            Self::Numbered => "read-numbered",
            Self::Json => "json",
            Self::Log => "dedup-log",
            Self::Truncate => "smart-truncate",
        }
    }

    /// Its bit in [`crate::Rules::filters`]. Bits are never given to another filter: they are in the database.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }

    /// Whether it gives a text another form, which happens at most once.
    pub(crate) const fn forms(self) -> bool {
        !matches!(self, Self::Terminal | Self::Truncate)
    }

    /// Whether it may read a text that another filter gave form. Repeated lines are looked for in any text that holds
    /// no marker, since a second call would see that text too.
    pub(crate) fn follows(self, formed: &str) -> bool {
        !self.forms() || self == Self::Log && !crate::marker::is_in(formed)
    }

    /// The text as this filter leaves it at a level; `None` when it does not know the text's form.
    pub(crate) fn apply(self, page: &Page<'_>, level: Level) -> Option<String> {
        match self {
            Self::Terminal => terminal::clean(page),
            Self::GitDiff => git_diff::shorten(page, level),
            Self::GitStatus => git_status::shorten(page, level),
            Self::GitLog => git_log::shorten(page, level),
            Self::TestOutput => test_output::shorten(page, level),
            Self::BuildOutput => build_output::shorten(page, level),
            Self::Grep => grep::shorten(page, level),
            Self::Ls => ls::shorten(page, level),
            Self::Tree => tree::shorten(page, level),
            Self::Paths => paths::shorten(page, level),
            Self::Numbered => numbered::shorten(page, level),
            Self::Json => json::shorten(page, level),
            Self::Log => log::shorten(page, level),
            Self::Truncate => truncate::shorten(page, level),
        }
    }
}

impl std::str::FromStr for Filter {
    type Err = UnknownFilter;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|filter| filter.name() == name).ok_or(UnknownFilter)
    }
}

/// The filters that may read a text from this source, in the order they are asked: those that know a form before
/// those that take any text.
pub(crate) fn in_order(source: &Source) -> &'static [Filter] {
    match source {
        Source::Edit => &[],
        // Whoever edits a file has to give its text byte by byte.
        Source::File(path) if !crate::command::is_log(path) => &[Filter::Numbered, Filter::Truncate],
        Source::File(_) => &[Filter::Terminal, Filter::Numbered, Filter::Log, Filter::Truncate],
        Source::Search => &[Filter::Terminal, Filter::Grep, Filter::Paths, Filter::Truncate],
        Source::Listing => &[Filter::Terminal, Filter::Ls, Filter::Tree, Filter::Paths, Filter::Truncate],
        // It may be a file's text: nothing that changes blanks.
        Source::Unknown => &[
            Filter::Terminal,
            Filter::GitDiff,
            Filter::GitStatus,
            Filter::GitLog,
            Filter::TestOutput,
            Filter::BuildOutput,
            Filter::Grep,
            Filter::Ls,
            Filter::Tree,
            Filter::Paths,
            Filter::Numbered,
            Filter::Log,
            Filter::Truncate,
        ],
        Source::Command(_) | Source::Other => &Filter::ALL,
    }
}
