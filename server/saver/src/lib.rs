//! Shortens tool output before it is sent to a model, without changing what it says. Pure: the same text gives
//! the same bytes on every later turn, so that a provider's prompt cache stays warm. See README.md.

mod alarm;
mod call;
mod command;
mod envelope;
mod filters;
mod level;
mod marker;
mod page;
mod shell;

pub use call::Call;
pub use filters::{Filter, UnknownFilter};
pub use level::{Level, UnknownLevel};

use call::Source;
use envelope::Envelope;
use page::Page;

/// Version of the filters. It grows with every change of what [`shorten`] gives for some text; a conversation
/// keeps the version it began with.
pub const VERSION: u32 = 2;

/// Texts of fewer bytes are left alone: there is nothing to gain.
pub const SHORTEST: usize = 500;

/// Texts of more bytes are left alone: a request is not made to wait for them.
const LONGEST: usize = 10 << 20;

/// How a text is shortened: how far, and by which filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How far.
    pub level: Level,
    /// The filters that may be used, one bit each: [`Filter::bit`].
    pub filters: u32,
}

impl Rules {
    /// Every filter, at a level.
    #[must_use]
    pub const fn at(level: Level) -> Self {
        Self { level, filters: u32::MAX }
    }

    /// Whether a filter may be used.
    #[must_use]
    pub const fn allow(self, filter: Filter) -> bool {
        self.filters & filter.bit() != 0
    }
}

/// A text that became shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortened {
    /// What the model is given.
    pub text: String,
    /// The filters that changed it, in order, and the length in bytes after each.
    pub steps: Vec<(Filter, usize)>,
}

/// The output of a tool shortened, or `None` when it stays as it is. A result is never empty, is shorter than the
/// text, and is not shortened further by a second call. What an agent puts around the output of a command stays.
///
/// Output of calls that failed stays whole: what went wrong is for the model to see. The caller knows that from the
/// dialect (`is_error`); where only the text says so, [`failed`] does, and such a text gives `None` here.
#[must_use]
pub fn shorten(text: &str, call: Option<Call<'_>>, rules: Rules) -> Option<Shortened> {
    let mut short = once(text, call, rules)?;
    // What one filter leaves may have a form that another knows.
    for _ in 0..AGAIN {
        let Some(further) = once(&short.text, call, rules) else { return Some(short) };
        short.steps.extend(further.steps);
        short.text = further.text;
    }
    // A text that does not settle is somebody's joke on us.
    None
}

/// How often a shortened text may be shortened further.
const AGAIN: usize = 4;

fn once(text: &str, call: Option<Call<'_>>, rules: Rules) -> Option<Shortened> {
    if text.len() < SHORTEST || text.len() > LONGEST || marker::is_in(text) {
        return None;
    }
    let envelope = Envelope::of(text);
    if envelope.failed || envelope.output.len() < SHORTEST {
        return None;
    }
    let source = call.map_or(Source::Unknown, Source::of);
    let mut steps = Vec::new();
    let page = Page::of(&envelope.output, &source);
    let output = pass(&page, filters::in_order(&source), rules, None, &mut steps)?;
    let whole = envelope.around(&output);
    // The bytes around the output are as many as before, so that each step's length is the whole's.
    let around = whole.len() - output.len();
    steps.iter_mut().for_each(|(_, length)| *length += around);
    (whole.len() < text.len()).then_some(Shortened { text: whole, steps })
}

/// What some filters, one after the other, leave of a text; `None` when none of them makes it shorter. `formed` is
/// the last one that knew its form.
fn pass(
    page: &Page<'_>,
    filters: &[Filter],
    rules: Rules,
    mut formed: Option<Filter>,
    steps: &mut Vec<(Filter, usize)>,
) -> Option<String> {
    for (index, &filter) in filters.iter().enumerate() {
        // A text whose form one filter knows is not given another form, also when that filter found nothing to
        // leave out.
        let taken = formed.is_some_and(|earlier| !filter.follows(earlier, page.text));
        if taken || !rules.allow(filter) {
            continue;
        }
        let Some(after) = filter.apply(page, rules.level) else { continue };
        if filter.forms() {
            formed = Some(filter);
        }
        if after.is_empty() || after.len() >= page.text.len() {
            continue;
        }
        steps.push((filter, after.len()));
        let rest = filters.get(index + 1..).unwrap_or_default();
        let further = pass(&Page::of(&after, page.source), rest, rules, formed, steps);
        return further.or(Some(after));
    }
    None
}

/// Whether a tool's result itself says that the call failed: an exit code other than 0, a signal, a time-out, in one
/// of the forms in which coding agents give it.
#[must_use]
pub fn failed(text: &str) -> bool {
    Envelope::of(text).failed
}

#[cfg(test)]
mod tests;
