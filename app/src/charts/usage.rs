//! Usage over time.

use super::{colour, hue, over_time};
use crate::api::usage::{Measure, Sums, UsagePage};
use charming::Chart;
use charming::element::{Color, Emphasis, EmphasisFocus, ItemStyle, LineStyle};
use charming::series::{Bar, Line};

/// What is measured, by part of time: stacked, but for times, which do not add up.
pub fn measured(page: &UsagePage) -> Chart {
    let names = page.parts.iter().map(|part| part.name.clone()).collect();
    let chart = over_time(names);
    page.shares.iter().enumerate().fold(chart, |chart, (place, share)| {
        let colour = || Color::Value(hue(place));
        let values = share.parts.iter().map(|sums| value(sums, page.measure));
        if page.measure == Measure::Latency {
            let values: Vec<_> = values.collect();
            let line = Line::new()
                .name(&share.name)
                .show_symbol(is_alone(&values))
                .connect_nulls(true)
                .line_style(LineStyle::new().width(2).color(colour()))
                .item_style(ItemStyle::new().color(colour()));
            return chart.series(line.data(values));
        }
        let bar = Bar::new()
            .name(&share.name)
            .stack("all")
            .item_style(ItemStyle::new().color(colour()))
            .emphasis(Emphasis::new().focus(EmphasisFocus::Series));
        chart.series(bar.data(values.collect::<Vec<_>>()))
    })
}

/// The share of prompts that providers read from their cache, in thousandths, by part of time.
pub fn cached(page: &UsagePage) -> Chart {
    let names = page.parts.iter().map(|part| part.name.clone()).collect();
    let sums = (0..page.parts.len()).map(|place| {
        page.shares.iter().filter_map(|share| share.parts.get(place)).fold(Sums::default(), |mut all, one| {
            all.add(one);
            all
        })
    });
    let shares: Vec<_> = sums
        .map(|sums| match sums.tokens.prompt() {
            0 => None,
            prompt => Some((sums.tokens.cache_read * 1000 + prompt / 2) / prompt),
        })
        .collect();
    let line = Line::new()
        .name("From the cache")
        .show_symbol(is_alone(&shares))
        .connect_nulls(true)
        .line_style(LineStyle::new().width(2).color(colour(&hue(0))))
        .item_style(ItemStyle::new().color(colour(&hue(0))));
    over_time(names).series(line.data(shares))
}

/// Whether a line would have no length, so that only a symbol shows where it is.
fn is_alone(values: &[Option<i64>]) -> bool {
    values.iter().flatten().count() == 1
}

/// A time that is not known is a gap, not 0.
fn value(sums: &Sums, measure: Measure) -> Option<i64> {
    match measure {
        Measure::Latency => sums.latency(),
        measure => Some(sums.measured(measure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Tokens;
    use crate::api::usage::{Part, Share};
    use serde_json::{Value, json};

    fn sums(cache_read: i64, output: i64) -> Sums {
        Sums { tokens: Tokens { input: 10, cache_read, cache_write: 0, output }, ..Sums::default() }
    }

    fn page(measure: Measure) -> UsagePage {
        let part = |from: i64| Part { from, to: from + 1, name: format!("Nov {from}") };
        let share = |name: &str, parts: Vec<Sums>| Share {
            id: name.to_owned(),
            name: name.to_owned(),
            whole: Sums::default(),
            parts,
        };
        let slow = Sums { first_token_ms: 900, first_tokens: 3, ..Sums::default() };
        UsagePage {
            measure,
            parts: vec![part(1), part(2)],
            shares: vec![
                share("glm", vec![sums(30, 5), sums(0, 0)]),
                share("groq", vec![Sums::default(), slow]),
            ],
            ..UsagePage::default()
        }
    }

    fn drawn(chart: &Chart) -> Value {
        serde_json::from_str(&chart.to_string()).unwrap()
    }

    #[test]
    fn amounts_are_stacked_and_times_are_not() {
        let tokens = drawn(&measured(&page(Measure::Tokens)));
        assert_eq!(tokens["xAxis"]["data"], json!(["Nov 1", "Nov 2"]));
        assert_eq!(tokens["series"][0]["data"], json!([45, 10]));
        assert_eq!(
            (&tokens["series"][1]["stack"], &tokens["series"][1]["itemStyle"]["color"]),
            (&json!("all"), &json!("var(--chart-1)"))
        );
        let times = drawn(&measured(&page(Measure::Latency)));
        assert_eq!(times["series"][1]["data"], json!([null, 300]), "what is not known is a gap");
        assert_eq!(times["series"][1]["stack"], Value::Null);
        let symbols = [0, 1].map(|place| times["series"][place]["showSymbol"].clone());
        assert_eq!(symbols, [json!(false), json!(true)], "one time alone is a point");
    }

    #[test]
    fn the_cache_is_a_share_of_all_prompts() {
        let cached = drawn(&cached(&page(Measure::Cost)));
        assert_eq!(cached["series"][0]["data"], json!([750, 0]));
    }
}
