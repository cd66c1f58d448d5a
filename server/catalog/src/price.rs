//! Prices as whole numbers, so that sums of many small costs are exact.

/// What a model costs, in nano-USD (1 USD = 1 000 000 000) per million tokens, or per image. `None` means that no source
/// states it, which is not the same as free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// Fresh input tokens.
    pub input: Option<i64>,
    /// Output tokens. Reasoning tokens are output tokens: there is no second price for them.
    pub output: Option<i64>,
    /// Input tokens read from the provider's prompt cache.
    pub cache_read: Option<i64>,
    /// Input tokens written to the provider's prompt cache (its shortest lifetime where it sells several).
    pub cache_write: Option<i64>,
    /// An image that it makes, where images are sold one by one and all cost the same.
    pub image: Option<i64>,
}

/// Nano-USD in one USD.
const NANO: i64 = 1_000_000_000;

/// USD as written in a provider file, to nano-USD. Exact: a number that needs more than nine decimals is
/// refused rather than rounded.
///
/// Rust prints the shortest decimal that reads back as the same `f64`, which for a number a person wrote is
/// the number they wrote; `x * 1e9` would not be.
pub(crate) fn nano_usd(usd: f64) -> Result<i64, String> {
    if !usd.is_finite() || usd < 0.0 {
        return Err(format!("{usd} is not a price, expected USD, zero or more"));
    }
    let text = format!("{usd}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.len() > 9 {
        return Err(format!("{usd} has more than nine decimals"));
    }
    let whole = whole.parse::<i64>().ok().and_then(|value| value.checked_mul(NANO));
    let fraction = format!("{fraction:0<9}").parse::<i64>().ok();
    match (whole, fraction) {
        (Some(whole), Some(fraction)) => {
            whole.checked_add(fraction).ok_or_else(|| format!("{usd} is too large for a price"))
        }
        _ => Err(format!("{usd} is too large for a price")),
    }
}

#[cfg(test)]
mod tests {
    use super::nano_usd;
    use proptest::prelude::*;

    #[test]
    fn a_price_is_the_number_that_was_written() {
        for (usd, nano) in [
            (0.0, 0),
            (15.0, 15_000_000_000),
            (0.003625, 3_625_000),
            (0.0028, 2_800_000),
            (0.07, 70_000_000),
            (0.000000001, 1),
            (0.435, 435_000_000),
        ] {
            assert_eq!(nano_usd(usd), Ok(nano), "{usd}");
        }
    }

    #[test]
    fn what_cannot_be_a_price_is_refused() {
        for usd in [-1.0, f64::NAN, f64::INFINITY, 0.000_000_000_1, 1e12] {
            assert!(nano_usd(usd).is_err(), "{usd}");
        }
    }

    proptest! {
        #[test]
        fn every_price_with_six_decimals_is_exact(micro in 0_i64..1_000_000_000) {
            let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
            prop_assert_eq!(nano_usd(text.parse().unwrap()), Ok(micro * 1000));
        }
    }
}
