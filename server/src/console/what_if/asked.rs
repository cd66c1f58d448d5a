//! Numbers as people type them: days and prices. What makes no sense becomes the nearest that does, and is noted.

use super::Targets;
use super::routed::Plan;
use super::words::Remarks;
use crate::console::usage::LONGEST;
use crate::store::snapshot::Provider;
use crate::usage::what_if::Change;
use app::api::Problem;
use app::api::what_if::{Prices, WhatIfQuery};
use catalog::Price;

/// Days that are looked at where nobody says.
const USUAL_DAYS: i64 = 30;
/// The highest price, USD for a million tokens: more than ten thousand times what anything costs.
const HIGHEST: f64 = 1e7;
/// USD in the smallest unit.
const NANO: f64 = 1e9;

/// A number of days. `text` says afterwards what was taken.
pub(super) fn days(text: &mut String, notes: &mut Vec<String>) -> i64 {
    let typed = text.trim().to_owned();
    let number = typed.parse::<f64>().ok().filter(|number| number.is_finite());
    let days = match number {
        None if typed.is_empty() => USUAL_DAYS,
        None => {
            notes.push(format!("\"{typed}\" is no number of days, so {USUAL_DAYS} are looked at."));
            USUAL_DAYS
        }
        Some(number) => {
            #[expect(clippy::cast_possible_truncation, reason = "between 1 and a year of days")]
            #[expect(clippy::cast_precision_loss, reason = "a year of days")]
            let days = number.round().clamp(1.0, LONGEST as f64) as i64;
            if days.to_string().parse() != Ok(number) {
                let unit = if days == 1 { "day is" } else { "days are" };
                notes.push(format!(
                    "Whole days from 1 to {LONGEST} can be replayed, so {days} {unit} looked at, not {typed}."
                ));
            }
            days
        }
    };
    *text = days.to_string();
    days
}

/// A price as typed, USD for a million tokens; nothing typed is `None`. `text` says afterwards what was taken.
fn usd(text: &mut String, what: &str, notes: &mut Vec<String>) -> Option<i64> {
    let typed = text.trim().to_owned();
    let plain = typed.strip_prefix('$').unwrap_or(&typed).trim();
    if plain.is_empty() {
        text.clear();
        return None;
    }
    let Some(number) = plain.parse::<f64>().ok().filter(|number| !number.is_nan()) else {
        notes.push(format!("\"{typed}\" is no price such as 0.25, so the price of {what} stays as it is."));
        text.clear();
        return None;
    };
    #[expect(clippy::cast_possible_truncation, reason = "at most ten million dollars")]
    let nano = (number.clamp(0.0, HIGHEST) * NANO).round() as i64;
    if !(0.0..=HIGHEST).contains(&number) {
        let taken = if number < 0.0 { "0" } else { "10000000" };
        notes.push(format!(
            "A price is between $0 and $10,000,000 for a million tokens, so {what} is taken at ${taken}, not {typed}."
        ));
        taken.clone_into(text);
    } else {
        plain.clone_into(text);
    }
    Some(nano)
}

/// The price of one model is another.
pub(super) fn price<P: Fn(&Provider, &str) -> (Price, bool)>(
    targets: &mut Targets<'_, P>,
    to: &str,
    query: &mut WhatIfQuery,
    notes: &mut Vec<String>,
) -> Result<Plan, Problem> {
    let Some((prefix, model)) = to.split_once('/').filter(|(_, model)| !model.is_empty()) else {
        let message = format!(
            "\"{to}\" names no provider's model. Write it as provider/model, e.g. groq/llama-3.3-70b-versatile."
        );
        return Err(Problem::invalid("to", message));
    };
    // What is gone from the catalogue may still have been used.
    let known = targets.snapshot.provider(prefix).map(|provider| provider.spec.id.clone());
    let used = targets.all.len();
    let target = targets.place(known.as_deref().unwrap_or(prefix), model);
    if target >= used {
        notes.push(format!("Nothing of this period was answered by {to}, so its price changes nothing."));
    }
    let now = targets.all.get(target).map(|known| (known.price, known.covered));
    let (now, covered) = now.unwrap_or_default();
    let price = Price {
        input: usd(&mut query.input, "fresh input", notes).or(now.input),
        output: usd(&mut query.output, "output", notes).or(now.output),
        cache_read: usd(&mut query.cache_read, "cache reads", notes).or(now.cache_read),
        cache_write: usd(&mut query.cache_write, "cache writes", notes).or(now.cache_write),
        // What states no tokens is not replayed.
        image: None,
    };
    Ok(Plan {
        change: Change::Price { target, price },
        left_out: Vec::new(),
        remarks: Remarks { priced: true, covered: covered.then(|| to.to_owned()), ..Remarks::default() },
        prices: Some(Prices {
            input: now.input,
            output: now.output,
            cache_read: now.cache_read,
            cache_write: now.cache_write,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_nearest_that_can_be_replayed() {
        for (typed, taken, said) in [
            ("", 30, ""),
            ("7", 7, ""),
            (" 90 ", 90, ""),
            ("0", 1, "1 day is"),
            ("-4", 1, "1 day is"),
            ("1000", 366, "366 days are"),
            ("2.6", 3, "3 days are"),
            ("a week", 30, "no number of days"),
            ("inf", 30, "no number of days"),
            ("NaN", 30, "no number of days"),
        ] {
            let (mut text, mut notes) = (typed.to_owned(), Vec::new());
            assert_eq!(days(&mut text, &mut notes), taken, "{typed}");
            assert_eq!(text, taken.to_string());
            assert!(
                notes.join(" ").contains(said) && notes.is_empty() == said.is_empty(),
                "{typed}: {notes:?}"
            );
        }
    }

    #[test]
    fn prices_are_exact_and_what_is_none_changes_nothing() {
        for (typed, taken, text, said) in [
            ("", None, "", ""),
            ("3", Some(3_000_000_000), "3", ""),
            ("$0.07", Some(70_000_000), "0.07", ""),
            (" 0.0028 ", Some(2_800_000), "0.0028", ""),
            ("0", Some(0), "0", ""),
            ("-1", Some(0), "0", "is taken at $0"),
            ("1e30", Some(10_000_000_000_000_000), "10000000", "is taken at $10000000"),
            ("inf", Some(10_000_000_000_000_000), "10000000", "is taken at"),
            ("3,5", None, "", "is no price"),
            ("free", None, "", "is no price"),
            ("NaN", None, "", "is no price"),
        ] {
            let (mut kept, mut notes) = (typed.to_owned(), Vec::new());
            assert_eq!(usd(&mut kept, "output", &mut notes), taken, "{typed}");
            assert_eq!(kept, text, "{typed}");
            assert!(
                notes.join(" ").contains(said) && notes.is_empty() == said.is_empty(),
                "{typed}: {notes:?}"
            );
        }
    }
}
