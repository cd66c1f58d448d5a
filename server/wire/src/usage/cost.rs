//! What an answer cost, by its provider's own account. Only few state it, and `cost` is in dollars at those alone that are
//! known for it: whoever reads it has to know whose answer it is.
//!
//! * OpenRouter: `cost` is what it charged. With a key of one's own at the vendor behind it, where `is_byok` is true, that is
//!   its fee, and `cost_details.upstream_inference_cost` is charged by the vendor; elsewhere the latter repeats `cost`
//!   (recordings of 6 September 2026).
//! * xAI: `cost_in_usd_ticks`, of which 10^10 are a dollar, discounts and tools included (its cost tracking page, 2026).
//! * Perplexity: `cost.total_cost` in dollars, the fee of each search included.

use crate::json::{Cursor, Flaw, Shape};

/// Nano-USD in one USD.
const NANO: f64 = 1e9;
const TICKS: u64 = 10;

/// What a usage value says of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StatedCost {
    charged: Option<i64>,
    behind: Option<i64>,
    own_key: bool,
}

impl StatedCost {
    /// Reads a member of a usage value, if it is one of these; whether it was.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>, key: &[u8]) -> Result<bool, Flaw> {
        match key {
            b"cost" if cursor.shape()? == Shape::Object => {
                cursor.object(|cursor, key| match key {
                    b"total_cost" => {
                        self.charged = usd(cursor)?;
                        Ok(())
                    }
                    _ => cursor.skip(),
                })?;
            }
            b"cost" => self.charged = usd(cursor)?,
            b"cost_in_usd_ticks" => {
                let ticks = cursor.count()?;
                self.charged =
                    ticks.and_then(|ticks| i64::try_from(ticks.saturating_add(TICKS / 2) / TICKS).ok());
            }
            b"is_byok" => self.own_key = cursor.is_true()?,
            b"cost_details" => {
                cursor.object(|cursor, key| match key {
                    b"upstream_inference_cost" => {
                        self.behind = usd(cursor)?;
                        Ok(())
                    }
                    _ => cursor.skip(),
                })?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The whole of it, in USD in units of 10^-9.
    pub(crate) fn whole(&self) -> Option<i64> {
        let behind = self.behind.filter(|_| self.own_key).unwrap_or(0);
        self.charged.and_then(|charged| charged.checked_add(behind))
    }
}

/// Dollars, to the nearest 10^-9.
fn usd(cursor: &mut Cursor<'_>) -> Result<Option<i64>, Flaw> {
    // What is no amount is none: below zero, or more than anybody pays for an answer.
    let amount = cursor.number()?.filter(|usd| (0.0..1e6).contains(usd));
    Ok(amount.map(|usd| (usd * NANO).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(usage: &str) -> Option<i64> {
        let mut stated = StatedCost::default();
        let mut cursor = Cursor::lenient(usage.as_bytes());
        let read = cursor.object(|cursor, key| match stated.read(cursor, key)? {
            true => Ok(()),
            false => cursor.skip(),
        });
        read.unwrap();
        stated.whole()
    }

    #[test]
    fn what_was_charged_is_read_exactly() {
        let credits = r#"{"prompt_tokens":1,"cost":0.0000253,"is_byok":false,"cost_details":
            {"upstream_inference_cost":0.0000253,"upstream_inference_prompt_cost":3E-7}}"#;
        assert_eq!(whole(credits), Some(25_300));
        assert_eq!(whole(r#"{"cost":2.376e-05}"#), Some(23_760));
        assert_eq!(whole(r#"{"cost_in_usd_ticks":37756000}"#), Some(3_775_600));
        assert_eq!(
            whole(r#"{"cost":{"input_tokens_cost":0.00002,"request_cost":0.005,"total_cost":0.00523}}"#),
            Some(5_230_000)
        );
        assert_eq!(whole(r#"{"cost":0}"#), Some(0), "what is free is stated too");
    }

    #[test]
    fn with_a_key_of_ones_own_the_vendor_s_bill_is_added() {
        let own = r#"{"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":0.000088}}"#;
        assert_eq!(whole(own), Some(88_000));
    }

    #[test]
    fn what_is_no_amount_states_nothing() {
        for usage in [
            r#"{"cost":null}"#,
            r#"{"cost":"0.1"}"#,
            r#"{"cost":-1}"#,
            r#"{"cost":1e300}"#,
            r#"{"cost":{}}"#,
            "{}",
        ] {
            assert_eq!(whole(usage), None, "{usage}");
        }
        assert_eq!(whole(r#"{"cost_in_usd_ticks":null}"#), None);
    }
}
