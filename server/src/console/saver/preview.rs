//! What a model would get of a text that somebody pasted: by the same function as the gateway's, and nothing of it is
//! kept.

use crate::console::stretches::stretches;
use crate::gateway::blocks::tokens;
use crate::gateway::pins::Pin;
use crate::gateway::save::rules;
use crate::usage::savings::rows;
use app::api::Problem;
use app::api::saver::{Preview, SAMPLE_LIMIT, Sample, SaverLevel, SavingRow};
use app::api::terse::Terse;
use app::pages::saver_preview::{Submitted, too_long};
use axum::Form;
use axum::extract::rejection::FormRejection;
use http::StatusCode;
use saver::{Call, SHORTEST, Shortened, shorten};

/// What the form of the page holds.
pub(crate) fn submitted(form: Result<Form<Sample>, FormRejection>) -> Submitted {
    Submitted(match form {
        // A browser posts every line end of a field as CRLF, whatever was pasted.
        Ok(Form(sample)) => Ok(Sample { text: sample.text.replace("\r\n", "\n"), ..sample }),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_long(None)),
        Err(rejection) => Err(Problem::invalid("text", format!("This form cannot be read: {rejection}."))),
    })
}

/// Shortens a sample. `filters`: those in use, one bit each.
pub(super) fn preview(sample: &Sample, filters: u32) -> Result<Preview, Problem> {
    let Sample { text, tool, level } = sample;
    if text.len() > SAMPLE_LIMIT {
        return Err(too_long(Some(text.len())));
    }
    if text.trim().is_empty() {
        return Err(Problem::invalid("text", "There is nothing to shorten. Paste what a tool gave."));
    }
    let tool = Tool::of(tool.trim());
    let call = tool.call();
    let before = tokens(text);
    let whole = |bytes: usize, after: u64| SavingRow {
        tool: call.map(|call| call.tool.to_owned()).unwrap_or_default(),
        texts: 1,
        bytes_before: size(text.len()),
        bytes_after: size(bytes),
        tokens_before: count(before),
        tokens_after: count(after),
        ..SavingRow::default()
    };
    let made = rules(at_first(*level, filters)).and_then(|rules| shorten(text, call, rules));
    Ok(match made {
        None => Preview {
            taken_for: tool.words(),
            whole: whole(text.len(), before),
            unchanged: why(text, call, *level, filters),
            ..Preview::default()
        },
        Some(Shortened { text: now, steps }) => {
            let after = tokens(&now);
            let whole = whole(now.len(), after);
            Preview {
                taken_for: tool.words(),
                steps: rows(&whole.tool, text.len(), &steps, (before, after)),
                whole,
                unchanged: String::new(),
                stretches: stretches(text, &now),
            }
        }
    })
}

/// What a conversation that begins now would keep.
fn at_first(level: SaverLevel, filters: u32) -> Pin {
    Pin { level, filters, version: saver::VERSION, terse: Terse::Off }
}

fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What a person said that the text is from.
#[derive(Debug, PartialEq, Eq)]
enum Tool<'s> {
    Unknown,
    Command { line: &'s str, arguments: String },
    Named(&'s str),
}

/// Names of agents' tools that look like those of programs.
const TOOLS: [&str; 8] = ["read", "view", "glob", "edit", "write", "list", "patch", "bash"];

impl<'s> Tool<'s> {
    /// A single word with a capital or an underscore is a tool's name, such as `Read` or `read_file`.
    fn of(said: &'s str) -> Self {
        if said.is_empty() {
            return Self::Unknown;
        }
        let word = said.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter));
        let named = said.contains(|letter: char| letter.is_ascii_uppercase() || letter == '_');
        if word && (named || TOOLS.contains(&said)) {
            return Self::Named(said);
        }
        Self::Command { line: said, arguments: serde_json::json!({ "command": said }).to_string() }
    }

    fn call(&self) -> Option<Call<'_>> {
        match self {
            Self::Unknown => None,
            Self::Command { arguments, .. } => Some(Call { tool: "Bash", arguments }),
            Self::Named(tool) => Some(Call { tool, arguments: "" }),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Command { line, .. } => format!("Taken for what the command `{line}` printed."),
            Self::Named(tool) => format!("Taken for what the tool `{tool}` gave."),
        }
    }
}

/// Why a text stays as it is, as far as that is known.
fn why(text: &str, call: Option<Call<'_>>, level: SaverLevel, filters: u32) -> String {
    if level == SaverLevel::Off {
        return "At the level off nothing is made shorter.".to_owned();
    }
    if text.len() < SHORTEST {
        return format!(
            "It has {} bytes. What has fewer than {SHORTEST} is left alone: there is little to gain.",
            text.len()
        );
    }
    if saver::failed(text) {
        return "It says itself that the call failed. What failed is never touched, so that a model sees all of what \
                went wrong."
            .to_owned();
    }
    // The saver leaves such a text alone, see its marker.
    if text.contains("[ninerouter: ") {
        return "It has a line in it that the saver leaves in place of others. What was shortened before is not \
                shortened again."
            .to_owned();
    }
    let would =
        |call, level, filters| rules(at_first(level, filters)).and_then(|rules| shorten(text, call, rules));
    let nothing = format!("Nothing redundant was found in it at the level {}.", level.word());
    if let Some(made) = would(call, level, u32::MAX) {
        let off = made.steps.iter().find(|(filter, _)| filters & filter.bit() == 0);
        let name = off.map_or("one of the filters", |(filter, _)| filter.name());
        return format!("{nothing} With the filter `{name}`, which is off, it would be shorter.");
    }
    let stronger = SaverLevel::ALL.into_iter().skip_while(|other| *other != level).skip(1);
    if let Some(other) = stronger.into_iter().find(|other| would(call, *other, filters).is_some()) {
        return format!("{nothing} At the level {} it would be shorter.", other.word());
    }
    if call.is_some() && would(None, level, filters).is_some() {
        return "What this tool gives is left as it is, such as the text of a file, which an edit has to match. From \
                an unknown tool the same text would be shorter."
            .to_owned();
    }
    nothing
}

#[cfg(test)]
mod tests;
