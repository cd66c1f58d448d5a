//! What tokens cost, exactly, or not at all: a price that no source states is unknown, never guessed.

use app::api::NanoUsd;
use app::api::requests::PriceLine;
use catalog::{Price, Tier};
use wire::Usage;

/// Prices are per this many tokens.
const UNIT: i128 = 1_000_000;

/// The tokens of one sort, and their price per million.
fn lines(usage: &Usage, price: Option<Price>) -> [(&'static str, u64, Option<NanoUsd>); 4] {
    let price = price.unwrap_or_default();
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

/// What a request cost. A subscription, a free tier and one's own machine cost nothing by the token; elsewhere
/// `None` when the price of any sort of token used is unknown.
pub fn cost(usage: &Usage, price: Option<Price>, tier: Tier) -> Option<NanoUsd> {
    lines(usage, counting(price, tier))
        .iter()
        .map(|(_, tokens, per_million)| line_cost(*tokens, *per_million))
        .sum()
}

/// What nothing costs by the token.
const NOTHING: Price = Price { input: Some(0), output: Some(0), cache_read: Some(0), cache_write: Some(0) };

/// The price that counts at a tier.
fn counting(price: Option<Price>, tier: Tier) -> Option<Price> {
    match tier {
        Tier::Subscription | Tier::Free | Tier::Local => Some(NOTHING),
        Tier::Cheap => price,
    }
}

/// The lines of a request's price, for showing. Their costs add up to [`cost`].
pub fn price_lines(usage: &Usage, price: Option<Price>, tier: Tier) -> Vec<PriceLine> {
    lines(usage, counting(price, tier))
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

    #[test]
    fn cached_tokens_are_billed_once_and_at_their_own_price() {
        // 30,940 cached tokens at full price is the bill that users of other routers complained about.
        let usage =
            Usage { input: 1000, cache_read: 30_940, cache_write: 200, output: 500, reasoning: Some(300) };
        // 0.003 + 0.009282 + 0.00075 + 0.0075 USD
        assert_eq!(cost(&usage, Some(SONNET), Tier::Cheap), Some(20_532_000));
        let sum: i64 =
            price_lines(&usage, Some(SONNET), Tier::Cheap).iter().filter_map(|line| line.cost).sum();
        assert_eq!(sum, 20_532_000);
        assert_eq!(cost(&usage, Some(SONNET), Tier::Subscription), Some(0));
    }

    #[test]
    fn an_unknown_price_is_unknown_and_never_zero() {
        let usage = Usage { input: 10, cache_read: 5, cache_write: 0, output: 1, reasoning: None };
        assert_eq!(cost(&usage, None, Tier::Cheap), None);
        let no_cache_price = Price { cache_read: None, ..SONNET };
        assert_eq!(cost(&usage, Some(no_cache_price), Tier::Cheap), None);
        let uncached = Usage { cache_read: 0, ..usage };
        assert_eq!(cost(&uncached, Some(no_cache_price), Tier::Cheap), Some(45_000));
    }
}
