//! The filters: one file each, and the order in which they are asked.
//!
//! A filter reads the whole text. One that does not find the form it knows says `None`, and so does one that would
//! have to guess: whatever it does not understand stays as it is, so that a wrong guess loses nothing.

mod build_output;
#[cfg(test)]
mod checks;
mod directories;
mod fold;
mod git_diff;
mod git_log;
mod git_status;
mod grep;
mod json;
mod log;
mod ls;
mod numbered;
mod output;
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

    /// The version of this crate that brought it: an older conversation goes on without.
    pub(crate) const fn since(self) -> u32 {
        // So far all came with the first.
        1
    }

    /// Whether it gives a text another form, which happens at most once.
    pub(crate) const fn forms(self) -> bool {
        !matches!(self, Self::Terminal | Self::Truncate)
    }

    /// Whether it may read a text whose form an earlier filter knew.
    pub(crate) fn follows(self, earlier: Self, text: &str) -> bool {
        match earlier {
            // `git status && git diff` is one text of two forms, and either filter keeps to its own lines. Lines that
            // repeat in a diff are no repetitions of a log.
            earlier if earlier.is_git() => self.is_git() || !self.forms(),
            // They put markers in place of lines; what is left may be folded on.
            Self::TestOutput | Self::BuildOutput => {
                matches!(self, Self::BuildOutput | Self::Log | Self::Truncate)
            }
            // What was found is no log: every line is a place. It is known by its headings later on, too.
            Self::Grep => !self.forms(),
            // A second call would look for repeated lines in any text without a marker: so does the first.
            _ => !self.forms() || self == Self::Log && !crate::marker::is_in(text),
        }
    }

    const fn is_git(self) -> bool {
        matches!(self, Self::GitDiff | Self::GitStatus | Self::GitLog)
    }

    /// The text as this filter leaves it at a level, which may be as it is; `None` when it does not know the
    /// text's form.
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
