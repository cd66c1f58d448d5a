//! What every filter promises, for their tests.

use crate::call::{Call, Source};
use crate::filters::Filter;
use crate::level::Level;
use crate::page::Page;
use crate::{Rules, SHORTEST};

/// The text as one filter leaves it.
pub(super) fn apply(filter: Filter, text: &str, source: &Source, level: Level) -> Option<String> {
    filter.apply(&Page::of(text, source), level)
}

/// A command's output as one filter leaves it, or the text itself.
pub(super) fn of_command(filter: Filter, line: &str, text: &str, level: Level) -> String {
    let source = Source::Command(line.to_owned());
    apply(filter, text, &source, level).unwrap_or_else(|| text.to_owned())
}

/// Asserts that no level touches a text, wherever it is from.
#[track_caller]
pub(super) fn untouched(filter: Filter, text: &str, commands: &[&str]) {
    let sources = commands.iter().map(|line| Source::Command((*line).to_owned()));
    for source in sources.chain([Source::Unknown, Source::Other]) {
        for level in Level::ALL {
            let after = apply(filter, text, &source, level);
            assert_eq!(after.as_deref().unwrap_or(text), text, "{source:?} {level:?}");
        }
    }
}

/// Asserts what [`crate::shorten`] promises of any text, with a command and without.
#[track_caller]
pub(super) fn promises(text: &str, command: &str) {
    let arguments = serde_json::json!({ "command": command }).to_string();
    let call = Call { tool: "Bash", arguments: &arguments };
    for call in [Some(call), None] {
        for level in Level::ALL {
            let Some(short) = crate::shorten(text, call, Rules::at(level)) else { continue };
            assert!(text.len() >= SHORTEST);
            assert!(!short.text.is_empty());
            assert!(short.text.len() < text.len());
            assert_eq!(crate::shorten(text, call, Rules::at(level)).as_ref(), Some(&short));
            let again = crate::shorten(&short.text, call, Rules::at(level));
            assert_eq!(again, None, "{level:?} {call:?}\n{}", short.text);
        }
    }
}
