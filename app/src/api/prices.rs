//! Prices of models: what the catalogue states, what a person sets in its place, and recorded costs calculated anew.

use super::{Clock, Millis, NanoUsd, Problem, Tier};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Nano-USD in one USD.
const NANO: i64 = 1_000_000_000;

/// The highest price there is, in USD: what is more was mistyped.
pub const HIGHEST_USD: i64 = 100_000;

/// Who says what a model costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceFrom {
    /// Nobody: it is unknown.
    #[default]
    Unknown,
    /// The catalogue, for this very model.
    Catalogue,
    /// A person.
    Yours,
    /// Whoever sells the same model by the token, under this `provider/model`.
    SoldAs(String),
    /// No list: each answer states what it cost.
    Answers,
}

/// What a model costs, in USD per million tokens, or per image, in units of 10^-9 USD; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListPrice {
    /// Fresh input.
    pub input: Option<NanoUsd>,
    /// Output, reasoning included.
    pub output: Option<NanoUsd>,
    /// Cache reads.
    pub cache_read: Option<NanoUsd>,
    /// Cache writes.
    pub cache_write: Option<NanoUsd>,
    /// An image that it makes, where images are sold one by one.
    pub image: Option<NanoUsd>,
}

impl ListPrice {
    /// Its parts by the names of their fields.
    pub fn parts(&self) -> [(&'static str, Option<NanoUsd>); 5] {
        [
            ("input", self.input),
            ("output", self.output),
            ("cache_read", self.cache_read),
            ("cache_write", self.cache_write),
            ("image", self.image),
        ]
    }
}

/// The fields of a price, as typed: US dollars; an empty one is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceFields {
    /// Fresh input.
    pub input: String,
    /// Output.
    pub output: String,
    /// Cache reads.
    pub cache_read: String,
    /// Cache writes.
    pub cache_write: String,
    /// An image.
    pub image: String,
}

impl PriceFields {
    /// The price that was typed. A refusal names the field as `name` spells it.
    pub fn price(&self, name: impl Fn(&str) -> String) -> Result<ListPrice, Problem> {
        Ok(ListPrice {
            input: usd(&name("input"), &self.input)?,
            output: usd(&name("output"), &self.output)?,
            cache_read: usd(&name("cache_read"), &self.cache_read)?,
            cache_write: usd(&name("cache_write"), &self.cache_write)?,
            image: usd(&name("image"), &self.image)?,
        })
    }
}

/// US dollars as typed, exactly; empty means unknown.
fn usd(field: &str, text: &str) -> Result<Option<NanoUsd>, Problem> {
    let text = text.trim();
    let plain = text.strip_prefix('$').unwrap_or(text).trim();
    if plain.is_empty() {
        return Ok(None);
    }
    let refuse = |words: &str| Err(Problem::invalid(field, format!("“{text}” {words}")));
    let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(below) = plain.strip_prefix('-')
        && below.starts_with(|first: char| first.is_ascii_digit() || first == '.')
    {
        return refuse("is below zero: a price is zero or more.");
    }
    if !digits(whole) || !digits(decimals) || whole.len() + decimals.len() == 0 {
        return refuse("is not an amount. Write US dollars such as 0.25, with a point before the decimals.");
    }
    if decimals.len() > 9 {
        return refuse("has too many decimals: at most nine.");
    }
    let whole = format!("0{whole}").parse::<i64>().unwrap_or(i64::MAX);
    let part = format!("{decimals:0<9}").parse::<i64>().unwrap_or(0);
    match whole.checked_mul(NANO).and_then(|nano| nano.checked_add(part)) {
        Some(nano) if nano <= HIGHEST_USD * NANO => Ok(Some(nano)),
        _ => refuse("is too much: prices are per million tokens, at most 100,000."),
    }
}

/// Which prices are looked at, as the address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceQuery {
    /// Words of the model's or the provider's name.
    pub search: String,
    /// A provider id.
    pub provider: String,
    /// `unknown`, `yours`, or empty for all.
    pub show: String,
    /// `provider/model` whose price is to be set.
    pub set: String,
}

/// What a model costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// The provider.
    pub provider_id: String,
    /// Its name.
    pub provider: String,
    /// The model: what stands after the prefix.
    pub model: String,
    /// The price that counts.
    pub price: ListPrice,
    /// Who says so.
    pub from: PriceFrom,
    /// What would count if a person had set none.
    pub stated: ListPrice,
    /// Whether answers of its provider state what they cost: then that counts, and the price only where one states nothing.
    pub states_cost: bool,
    /// What its provider costs; `None` where the provider is not known any more.
    pub tier: Option<Tier>,
    /// Requests of the last 30 days.
    pub requests: i64,
}

impl PriceRow {
    /// `provider/model`.
    pub fn target(&self) -> String {
        format!("{}/{}", self.provider_id, self.model)
    }

    /// Whether its tokens are billed one by one: elsewhere the price only says what was covered.
    pub fn billed(&self) -> bool {
        self.tier.is_none_or(|tier| tier == Tier::Cheap)
    }

    /// Whether requests of the last 30 days were billed at a price that nobody knows.
    pub fn missed(&self) -> bool {
        self.requests > 0 && self.tier == Some(Tier::Cheap) && self.unknown() && !self.states_cost
    }

    /// Whether no price says what it costs.
    pub fn unknown(&self) -> bool {
        self.price.image.is_none() && (self.price.input.is_none() || self.price.output.is_none())
    }
}

/// Recorded costs that are, or were, calculated anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recalculation {
    /// From then on.
    pub from: Millis,
    /// When it was asked for.
    pub began_at: Millis,
    /// When it ended; `None` while it is under way.
    pub ended_at: Option<Millis>,
    /// Requests to be done.
    pub requests: i64,
    /// Those that are.
    pub requests_done: i64,
    /// What the last 30 days had cost before, as far as prices were known.
    pub cost_before: NanoUsd,
    /// What they cost after; 0 while it is under way.
    pub cost_after: NanoUsd,
    /// Requests of the last 30 days that still have no known price; 0 while it is under way.
    pub unknown_after: i64,
}

/// The prices page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricesPage {
    /// What is looked at: every word of it makes sense.
    pub query: PriceQuery,
    /// What did not make sense, and what was taken for it, in words.
    pub notes: Vec<String>,
    /// Models: first those that were billed at a price that nobody knows, then those used, the most asked first, then the others.
    pub rows: Vec<PriceRow>,
    /// How many more there are that are not among them.
    pub left_out: usize,
    /// Models that were billed in the last 30 days at a price that nobody knows.
    pub unknown: usize,
    /// Providers to choose from: id and name.
    pub providers: Vec<(String, String)>,
    /// The model whose price is to be set.
    pub setting: Option<PriceRow>,
    /// The last recalculation.
    pub recalculation: Option<Recalculation>,
}

/// Prices.
#[async_trait]
pub trait Prices: Send + Sync {
    /// The whole page.
    async fn prices(&self, query: PriceQuery) -> Result<PricesPage, Problem>;
    /// Sets the price of a `provider/model`, whole, in place of any other.
    async fn set_price(&self, model: String, price: ListPrice) -> Result<PriceRow, Problem>;
    /// Takes that back.
    async fn unset_price(&self, model: String) -> Result<PriceRow, Problem>;
    /// The last recalculation.
    async fn recalculation(&self) -> Result<Option<Recalculation>, Problem>;
    /// Begins to calculate recorded costs anew, from a day on; empty: all that is kept. `clock`: whose day.
    async fn recalculate(&self, from: String, clock: Clock) -> Result<Recalculation, Problem>;
}

/// The whole page.
#[server(prefix = "/console", endpoint = "prices")]
pub async fn load_prices(query: PriceQuery) -> Result<PricesPage, Problem> {
    super::console()?.prices(query).await
}

/// Sets the price of a model.
#[server(prefix = "/console", endpoint = "set_price")]
pub async fn set_price(model: String, price: PriceFields) -> Result<(), Problem> {
    let set = async {
        let name = |part: &str| format!("price[{part}]");
        let price = price.price(name)?;
        super::console()?.set_price(model, price).await.map_err(|problem| Problem {
            field: problem.field.map(|field| if field == "model" { field } else { name(&field) }),
            ..problem
        })
    };
    super::told(set.await)?;
    leptos_axum::redirect("/prices");
    Ok(())
}

/// Takes the price that was set for a model back.
#[server(prefix = "/console", endpoint = "unset_price")]
pub async fn unset_price(model: String) -> Result<(), Problem> {
    super::told(super::console()?.unset_price(model).await)?;
    leptos_axum::redirect("/prices");
    Ok(())
}

/// Begins to calculate recorded costs anew.
#[server(prefix = "/console", endpoint = "recalculate")]
pub async fn recalculate(#[server(default)] from: String) -> Result<(), Problem> {
    let clock = crate::parts::reader::clock();
    super::told(super::console()?.recalculate(from, clock).await)?;
    leptos_axum::redirect("/prices#recalculation");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_exactly() {
        for (text, nano) in [
            ("", None),
            ("  ", None),
            ("0", Some(0)),
            ("3", Some(3_000_000_000)),
            ("$0.25", Some(250_000_000)),
            (".5", Some(500_000_000)),
            ("5.", Some(5_000_000_000)),
            ("0.000000001", Some(1)),
            ("100000", Some(100_000_000_000_000)),
        ] {
            assert_eq!(usd("input", text), Ok(nano), "{text}");
        }
    }

    #[test]
    fn what_is_no_price_is_refused_by_name() {
        for (text, words) in [
            ("-1", "below zero"),
            ("-.5", "below zero"),
            ("abc", "not an amount"),
            ("0,5", "not an amount"),
            ("1e3", "not an amount"),
            (".", "not an amount"),
            ("-", "not an amount"),
            ("NaN", "not an amount"),
            ("0.0000000001", "too many decimals"),
            ("100000.000000001", "too much"),
            ("99999999999999999999999", "too much"),
        ] {
            let fields = PriceFields { cache_read: text.to_owned(), ..PriceFields::default() };
            let problem = fields.price(|name| format!("price[{name}]")).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some("price[cache_read]"), "{text}");
            assert!(problem.message.contains(words) && problem.message.contains(text), "{problem}");
        }
    }
}
