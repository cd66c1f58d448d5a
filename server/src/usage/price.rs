//! What tokens cost, exactly, or not at all: a price that no source states is unknown, never guessed.
//!
//! Which price counts is decided in one place, [`Prices`](crate::store::snapshot::Prices).

use app::api::NanoUsd;
use app::api::prices::PriceFrom;
use app::api::requests::PriceLine;
use catalog::Price;
use wire::Usage;

/// Prices are per this many tokens.
const UNIT: i128 = 1_000_000;

/// What the tokens of one model cost at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rate {
    /// The list price; each part that nobody states is unknown.
    pub price: Price,
    /// Whether nothing is billed by the token: a flat fee, a free tier or one's own machine covers it.
    pub covered: bool,
    /// Who says so.
    pub from: PriceFrom,
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
    /// Of a request. `used`: whether it reached a model at all, so that something was used.
    pub fn of(usage: Option<&Usage>, used: bool, rate: &Rate) -> Self {
        if !used {
            return Self::default();
        }
        let listed = usage.and_then(|usage| list_cost(usage, rate));
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
    if rate.covered { Some(0) } else { list_cost(usage, rate) }
}

/// What tokens cost at list price, covered or not; `None` when the price of any sort of token used is unknown.
pub fn list_cost(usage: &Usage, rate: &Rate) -> Option<NanoUsd> {
    let costs = lines(usage, rate.price).map(|(_, tokens, per_million)| line_cost(tokens, per_million));
    costs.into_iter().try_fold(0_i64, |sum, cost| sum.checked_add(cost?))
}

/// The lines of a request's price, for showing. Their costs add up to [`list_cost`].
pub fn price_lines(usage: &Usage, rate: &Rate) -> Vec<PriceLine> {
    lines(usage, rate.price)
        .into_iter()
        .map(|(label, tokens, per_million)| PriceLine {
            label: label.to_owned(),
            tokens: i64::try_from(tokens).unwrap_or(i64::MAX),
            per_million,
            cost: line_cost(tokens, per_million),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONNET: Price = Price {
        input: Some(3_000_000_000),
        output: Some(15_000_000_000),
        cache_read: Some(300_000_000),
        cache_write: Some(3_750_000_000),
    };

    fn billed(price: Price) -> Rate {
        Rate { price, covered: false, from: PriceFrom::Catalogue }
    }

    #[test]
    fn cached_tokens_are_billed_once_and_at_their_own_price() {
        // 30,940 cached tokens at full price is the bill that users of other routers complained about.
        let usage =
            Usage { input: 1000, cache_read: 30_940, cache_write: 200, output: 500, reasoning: Some(300) };
        // 0.003 + 0.009282 + 0.00075 + 0.0075 USD
        assert_eq!(cost(&usage, &billed(SONNET)), Some(20_532_000));
        let sum: i64 = price_lines(&usage, &billed(SONNET)).iter().filter_map(|line| line.cost).sum();
        assert_eq!(sum, 20_532_000);
        // Reasoning is inside the output.
        let silent = Usage { reasoning: None, ..usage };
        assert_eq!(cost(&silent, &billed(SONNET)), Some(20_532_000));
    }

    #[test]
    fn what_is_covered_costs_nothing_and_says_what_it_would_have() {
        let usage = Usage { input: 1000, output: 500, ..Usage::default() };
        let (sold, covered) = (billed(SONNET), Rate { covered: true, ..billed(SONNET) });
        let charge = |usage, used, rate| Charge::of(usage, used, rate);
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
    fn an_unknown_price_is_unknown_and_never_zero() {
        let usage = Usage { input: 10, cache_read: 5, cache_write: 0, output: 1, reasoning: None };
        assert_eq!(cost(&usage, &Rate::default()), None);
        let no_cache_price = billed(Price { cache_read: None, ..SONNET });
        assert_eq!(cost(&usage, &no_cache_price), None);
        let uncached = Usage { cache_read: 0, ..usage };
        assert_eq!(cost(&uncached, &no_cache_price), Some(45_000));
    }
}
