//! What tokens and images cost, exactly, or not at all: a price that no source states is unknown, never guessed.
//!
//! Which price counts is decided in one place, [`Prices`](crate::store::snapshot::Prices).

use crate::store::RequestRecord;
use app::api::NanoUsd;
use app::api::prices::PriceFrom;
use app::api::requests::{PriceLine, PriceUnit};
use catalog::Price;
use wire::Usage;

/// Prices of tokens are per this many.
const UNIT: i128 = 1_000_000;

/// What the tokens and images of one model cost at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rate {
    /// The list price; each part that nobody states is unknown.
    pub price: Price,
    /// Whether nothing is billed by the token: a flat fee, a free tier or one's own machine covers it.
    pub covered: bool,
    /// Who says so.
    pub from: PriceFrom,
    /// Whether answers state what they cost, which is then what was billed.
    pub stated: bool,
}

/// What a request cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Charge {
    /// What is billed; `None` when unknown.
    pub cost: Option<NanoUsd>,
    /// Whether that is nothing because a flat fee, a free tier or one's own machine covers it.
    pub covered: bool,
    /// What the same tokens would have cost at list price; `None` when unknown, and where they were billed.
    pub list_cost: Option<NanoUsd>,
}

impl Charge {
    /// Of a request; nothing where it reached no model.
    pub fn of(record: &RequestRecord, rate: &Rate) -> Self {
        if !record.used() {
            return Self::default();
        }
        let listed = record.stated_cost.or_else(|| list_cost(record.usage.as_ref(), record.images, rate));
        match rate.covered {
            true => Self { cost: Some(0), covered: true, list_cost: listed },
            false => Self { cost: listed, covered: false, list_cost: None },
        }
    }
}

/// The tokens of one sort, and their price per million.
fn lines(usage: &Usage, price: Price) -> [(&'static str, u64, Option<NanoUsd>); 4] {
    [
        ("Fresh input", usage.input, price.input),
        ("Cache read", usage.cache_read, price.cache_read),
        ("Cache write", usage.cache_write, price.cache_write),
        ("Output", usage.output, price.output),
    ]
}

fn line_cost(tokens: u64, per_million: Option<NanoUsd>) -> Option<NanoUsd> {
    if tokens == 0 {
        return Some(0);
    }
    let total = i128::from(tokens) * i128::from(per_million?);
    // To the nearest 10^-9 USD.
    i64::try_from((total + UNIT / 2).div_euclid(UNIT)).ok()
}

/// What is billed for tokens: nothing where they are covered; elsewhere `None` when the price of any sort of token used
/// is unknown.
pub fn cost(usage: &Usage, rate: &Rate) -> Option<NanoUsd> {
    if rate.covered { Some(0) } else { list_cost(Some(usage), 0, rate) }
}

/// What was used costs at list price, covered or not; `None` when the price of any of it is unknown. A model that has a
/// price by the image is paid by the image, and by the token for what made none.
pub fn list_cost(usage: Option<&Usage>, images: i64, rate: &Rate) -> Option<NanoUsd> {
    if let Some(each) = rate.price.image.filter(|_| images > 0) {
        return each.checked_mul(images);
    }
    let costs = lines(usage?, rate.price).map(|(_, tokens, per_million)| line_cost(tokens, per_million));
    costs.into_iter().try_fold(0_i64, |sum, cost| sum.checked_add(cost?))
}

/// The lines of a request's price, for showing. Their costs add up to [`list_cost`].
pub fn price_lines(usage: Option<&Usage>, images: i64, rate: &Rate) -> Vec<PriceLine> {
    if let Some(each) = rate.price.image.filter(|_| images > 0) {
        let (label, cost) = ("Images".to_owned(), each.checked_mul(images));
        return vec![PriceLine { label, count: images, unit: PriceUnit::Image, price: Some(each), cost }];
    }
    let lines = usage.into_iter().flat_map(|usage| lines(usage, rate.price));
    let line = |(label, tokens, per_million): (&str, u64, Option<NanoUsd>)| PriceLine {
        label: label.to_owned(),
        count: i64::try_from(tokens).unwrap_or(i64::MAX),
        unit: PriceUnit::MillionTokens,
        price: per_million,
        cost: line_cost(tokens, per_million),
    };
    lines.map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::api::requests::Outcome;

    const SONNET: Price = Price {
        input: Some(3_000_000_000),
        output: Some(15_000_000_000),
        cache_read: Some(300_000_000),
        cache_write: Some(3_750_000_000),
        image: None,
    };

    fn billed(price: Price) -> Rate {
        Rate { price, from: PriceFrom::Catalogue, ..Rate::default() }
    }

    #[test]
    fn cached_tokens_are_billed_once_and_at_their_own_price() {
        // 30,940 cached tokens at full price is the bill that users of other routers complained about.
        let usage =
            Usage { input: 1000, cache_read: 30_940, cache_write: 200, output: 500, reasoning: Some(300) };
        // 0.003 + 0.009282 + 0.00075 + 0.0075 USD
        assert_eq!(cost(&usage, &billed(SONNET)), Some(20_532_000));
        let sum: i64 =
            price_lines(Some(&usage), 0, &billed(SONNET)).iter().filter_map(|line| line.cost).sum();
        assert_eq!(sum, 20_532_000);
        // Reasoning is inside the output.
        let silent = Usage { reasoning: None, ..usage };
        assert_eq!(cost(&silent, &billed(SONNET)), Some(20_532_000));
    }

    #[test]
    fn what_is_covered_costs_nothing_and_says_what_it_would_have() {
        let usage = Usage { input: 1000, output: 500, ..Usage::default() };
        let (sold, covered) = (billed(SONNET), Rate { covered: true, ..billed(SONNET) });
        let charge = |usage: Option<&Usage>, used: bool, rate| {
            let outcome = if used { Outcome::Answered } else { Outcome::Failed };
            Charge::of(&RequestRecord { usage: usage.copied(), outcome, ..RequestRecord::default() }, rate)
        };
        let list_cost = Some(10_500_000);
        assert_eq!(charge(Some(&usage), true, &covered), Charge { cost: Some(0), covered: true, list_cost });
        assert_eq!(charge(Some(&usage), true, &sold).cost, list_cost);
        let unpriced = Rate { covered: true, ..Rate::default() };
        let unknown = Charge { cost: Some(0), covered: true, list_cost: None };
        assert_eq!(charge(Some(&usage), true, &unpriced), unknown);
        assert_eq!(charge(None, true, &covered), unknown, "tokens that nobody stated have no list price");
        assert_eq!(charge(None, false, &covered), Charge::default(), "nothing was used");
    }

    #[test]
    fn an_image_is_paid_by_the_image_where_the_model_is() {
        let drawn = |images, usage| RequestRecord {
            images,
            usage,
            outcome: Outcome::Answered,
            ..RequestRecord::default()
        };
        let tokens = Usage { input: 1000, output: 500, ..Usage::default() };
        let by_image = billed(Price { image: Some(40_000_000), ..Price::default() });
        assert_eq!(Charge::of(&drawn(3, None), &by_image).cost, Some(120_000_000));
        assert_eq!(Charge::of(&drawn(3, Some(tokens)), &by_image).cost, Some(120_000_000), "and not twice");
        assert_eq!(
            Charge::of(&drawn(3, Some(tokens)), &billed(SONNET)).cost,
            Some(10_500_000),
            "by the token"
        );
        assert_eq!(Charge::of(&drawn(3, None), &billed(SONNET)).cost, None, "neither is known");
        assert_eq!(Charge::of(&drawn(0, None), &by_image).cost, None, "nothing says what was made");
        let [line] = price_lines(None, 3, &by_image).try_into().unwrap();
        assert_eq!((line.count, line.unit, line.cost), (3, PriceUnit::Image, Some(120_000_000)));
    }

    #[test]
    fn what_a_provider_says_it_billed_is_what_it_cost() {
        let usage = Some(Usage { input: 1000, output: 500, ..Usage::default() });
        let answered = RequestRecord {
            outcome: Outcome::Answered,
            usage,
            stated_cost: Some(77),
            ..RequestRecord::default()
        };
        assert_eq!(Charge::of(&answered, &billed(SONNET)).cost, Some(77));
        assert_eq!(Charge::of(&answered, &Rate::default()).cost, Some(77), "no price is needed");
        let covered = Rate { covered: true, ..Rate::default() };
        let charge = Charge::of(&answered, &covered);
        assert_eq!((charge.cost, charge.list_cost), (Some(0), Some(77)));
    }

    #[test]
    fn an_unknown_price_is_unknown_and_never_zero() {
        let usage = Usage { input: 10, cache_read: 5, cache_write: 0, output: 1, reasoning: None };
        assert_eq!(cost(&usage, &Rate::default()), None);
        let no_cache_price = billed(Price { cache_read: None, ..SONNET });
        assert_eq!(cost(&usage, &no_cache_price), None);
        let uncached = Usage { cache_read: 0, ..usage };
        assert_eq!(cost(&uncached, &no_cache_price), Some(45_000));
    }
}
