//! Why a provider file was refused.

/// A provider file that cannot be used. The message is one sentence that names the file, the key and what is
/// wrong with it, fit to be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The text is not TOML of the provider schema.
    #[error("{file} line {line}{}: {problem}", key_suffix(.key))]
    Syntax {
        /// Name of the file as it was given.
        file: String,
        /// Line of the fault, from 1.
        line: usize,
        /// The key the fault is at, empty when there is none.
        key: String,
        /// What is wrong.
        problem: String,
    },
    /// A key is missing, or its value cannot be right.
    #[error("{file}, key `{key}`: {problem}")]
    Value {
        /// Name of the file as it was given.
        file: String,
        /// Path of the key, for example `model.gpt-5.price.input`.
        key: String,
        /// What is wrong.
        problem: String,
    },
}

impl CatalogError {
    pub(crate) fn value(file: &str, key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Value { file: file.to_owned(), key: key.into(), problem: problem.into() }
    }

    /// Turns the parser's error into one sentence: the parser points at a byte range, people look for a key.
    pub(crate) fn syntax(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let start_of_line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let key = before.get(start_of_line..).and_then(last_key).unwrap_or_default();
        let problem = error.message().lines().collect::<Vec<_>>().join(", ");
        Self::Syntax { file: file.to_owned(), line, key, problem }
    }
}

fn key_suffix(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!(", key `{key}`") }
}

/// The key right before the last `=` of a piece of a line, as in `price = { input = `.
fn last_key(piece: &str) -> Option<String> {
    let (left, _) = piece.rsplit_once('=')?;
    let name = left.trim_end();
    let start = name.rfind([' ', '{', ',', '\t']).map_or(0, |index| index + 1);
    name.get(start..).filter(|key| !key.is_empty()).map(str::to_owned)
}
