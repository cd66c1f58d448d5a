//! The ledger of the saver: what was shortened in a request, in tokens, and what those would have cost.

use super::price::{self, Rate};
use crate::gateway::blocks::{Block, Figures};
use crate::store::RequestRecord;
use app::api::saver::SavingRow;
use saver::Filter;
use std::sync::Arc;
use wire::Usage;

/// The texts that were shortened in a request, and what tokens cost where it went.
#[derive(Debug)]
pub struct Shortened {
    /// Each text, and whether it was new in the conversation.
    pub texts: Vec<(Arc<Figures>, bool)>,
    /// Those whose tokens are still to be counted.
    pub uncounted: Vec<Arc<Block>>,
    /// What the target that answered takes; `None` where nobody answered.
    pub rate: Option<Rate>,
}

impl Shortened {
    /// Of the texts shortened in a request.
    pub fn of(texts: &[(Arc<Block>, bool)], rate: Option<Rate>) -> Self {
        let uncounted = texts.iter().map(|(text, _)| text).filter(|text| text.figures.tokens.get().is_none());
        let uncounted = uncounted.map(Arc::clone).collect();
        let texts = texts.iter().map(|(text, fresh)| (Arc::clone(&text.figures), *fresh)).collect();
        Self { texts, uncounted, rate }
    }
}

/// Enters what was saved into a request's record. A text whose tokens could not be counted has its bytes only.
pub fn enter(record: &mut RequestRecord, shortened: &Shortened) {
    // Where nobody was asked, nothing was saved.
    let Some(rate) = &shortened.rate else { return };
    let (mut fresh, mut old) = (0, 0);
    for (text, is_fresh) in &shortened.texts {
        let (before, after) = text.tokens.get().copied().unwrap_or_default();
        let saved = before.saturating_sub(after);
        *(if *is_fresh { &mut fresh } else { &mut old }) += saved;
        for row in rows(&text.tool, text.before, &text.steps, (before, after)) {
            let known = record.savings.iter_mut();
            match known.into_iter().find(|known| known.filter == row.filter && known.tool == row.tool) {
                Some(known) => add(known, &row),
                None => record.savings.push(row),
            }
        }
    }
    record.saved_tokens = i64::try_from(fresh + old).unwrap_or(i64::MAX);
    let would_be = would_be(record.usage.as_ref(), fresh, old);
    record.saved_cost = price::list_cost(Some(&would_be), 0, rate);
}

/// The sorts of tokens that the missing ones would have been: what the conversation had before would have been read from
/// the provider's cache, and what is new written to it, where the provider did so with the rest.
fn would_be(usage: Option<&Usage>, fresh: u64, old: u64) -> Usage {
    let reads = usage.is_some_and(|usage| usage.cache_read > 0);
    let writes = usage.is_some_and(|usage| usage.cache_write > 0);
    let mut would_be = Usage::default();
    *(if reads { &mut would_be.cache_read } else { &mut would_be.input }) += old;
    *(if writes { &mut would_be.cache_write } else { &mut would_be.input }) += fresh;
    would_be
}

/// A row for each filter that changed a text of so many bytes, whose tokens `before` and `after` are. They are shared
/// out by the bytes that each filter took: texts in between are not kept.
pub fn rows(
    tool: &str,
    bytes: usize,
    steps: &[(Filter, usize)],
    (before, after): (u64, u64),
) -> Vec<SavingRow> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let bytes_saved = bytes.saturating_sub(steps.last().map_or(0, |(_, left)| *left)).max(1);
    let tokens_saved = before.saturating_sub(after);
    let mut left = bytes;
    let mut tokens = i64::try_from(before).unwrap_or(i64::MAX);
    let row = |(place, (filter, bytes)): (usize, &(Filter, usize))| {
        let share = left.saturating_sub(*bytes) as u64;
        let taken = if place + 1 == steps.len() {
            tokens - i64::try_from(after).unwrap_or(i64::MAX)
        } else {
            i64::try_from(tokens_saved * share / bytes_saved as u64).unwrap_or(i64::MAX)
        };
        let row = SavingRow {
            filter: filter.name().to_owned(),
            tool: tool.to_owned(),
            texts: 1,
            bytes_before: count(left),
            bytes_after: count(*bytes),
            tokens_before: tokens,
            tokens_after: tokens - taken,
        };
        (left, tokens) = (*bytes, tokens - taken);
        row
    };
    steps.iter().enumerate().map(row).collect()
}

/// Adds one row's counts to another's.
pub fn add(sum: &mut SavingRow, row: &SavingRow) {
    sum.texts += row.texts;
    sum.bytes_before += row.bytes_before;
    sum.bytes_after += row.bytes_after;
    sum.tokens_before += row.tokens_before;
    sum.tokens_after += row.tokens_after;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_would_have_been_what_the_rest_was() {
        let usage = |cache_read, cache_write| Usage { input: 5, cache_read, cache_write, ..Usage::default() };
        let cached = would_be(Some(&usage(9, 9)), 3, 4);
        assert_eq!((cached.input, cached.cache_read, cached.cache_write), (0, 4, 3));
        let first = would_be(Some(&usage(0, 9)), 3, 4);
        assert_eq!((first.input, first.cache_read, first.cache_write), (4, 0, 3));
        let plain = would_be(None, 3, 4);
        assert_eq!((plain.input, plain.cache_read, plain.cache_write), (7, 0, 0));
    }
}
