//! Prices: what each model costs, who says so, and recorded costs calculated anew.

use super::zone::{midnight, zone};
use super::{Desk, fail, tier};
use crate::clock;
use crate::store::snapshot::{Provider, Snapshot};
use crate::store::{self, Grain, Slice, Split, StoreError};
use crate::usage::recalculate;
use app::api::prices::{
    HIGHEST_USD, ListPrice, PriceFrom, PriceQuery, PriceRow, Prices, PricesPage, Recalculation,
};
use app::api::{Clock, Problem, ProblemKind};
use async_trait::async_trait;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

const HOUR: i64 = 3_600_000;
/// Usage is looked at so far back.
const LOOKED_BACK: i64 = 30 * 24 * HOUR;
/// Models shown; others are found by searching.
const SHOWN: usize = 100;
/// The longest name of a model that is taken.
const LONGEST: usize = 200;

fn listed(price: catalog::Price) -> ListPrice {
    let catalog::Price { input, output, cache_read, cache_write, image } = price;
    ListPrice { input, output, cache_read, cache_write, image }
}

fn recalculation_of(one: store::Recalculation) -> Recalculation {
    Recalculation {
        from: one.from,
        began_at: one.began_at,
        ended_at: one.ended_at,
        requests: one.requests,
        requests_done: one.requests_done.min(one.requests),
        cost_before: one.cost_before,
        cost_after: one.cost_after,
        unknown_after: one.unknown_after,
    }
}

/// What is used, of a provider and a model.
type Used = BTreeMap<(String, String), i64>;

/// What a model costs at a provider. `used`: requests of the last 30 days.
fn row(snapshot: &Snapshot, provider_id: &str, model: &str, used: i64) -> PriceRow {
    let provider = snapshot.provider(provider_id);
    let rate = provider.map(|provider| provider.rate(model)).unwrap_or_default();
    let stated = provider.map(|provider| provider.stated_rate(model)).unwrap_or_default();
    // Of a provider that is gone only what was set is known.
    let price = match provider {
        Some(_) => rate.price,
        None => snapshot.prices().set(provider_id, model).unwrap_or_default(),
    };
    let from =
        if provider.is_none() && price != catalog::Price::default() { PriceFrom::Yours } else { rate.from };
    PriceRow {
        provider_id: provider_id.to_owned(),
        provider: provider.map_or_else(|| provider_id.to_owned(), |provider| provider.spec.name.clone()),
        model: model.to_owned(),
        price: listed(price),
        from,
        stated: listed(stated.price),
        states_cost: rate.stated,
        tier: provider.map(|provider| tier(provider.spec.tier)),
        requests: used,
    }
}

/// All models that have a price, need one, or could be asked for.
fn rows(snapshot: &Snapshot, used: &Used, chosen: &str) -> Vec<PriceRow> {
    let mut targets: Used = used.clone();
    let mut know = |provider: &str, model: &str| {
        targets.entry((provider.to_owned(), model.to_owned())).or_default();
    };
    for provider in snapshot.providers() {
        let id = &provider.spec.id;
        if provider.connected() || id == chosen {
            let offered = provider.spec.models.iter().filter(|model| !provider.gone.contains(&model.id));
            offered.for_each(|model| know(id, &model.id));
        }
    }
    for (provider, model) in snapshot.prices().all_set() {
        know(provider, model);
    }
    let row = |((provider, model), used): (&(String, String), &i64)| row(snapshot, provider, model, *used);
    let mut rows: Vec<PriceRow> = targets.iter().map(row).collect();
    // Those that are used and cannot be priced call for a person.
    rows.sort_by_key(|row| (row.requests == 0, !row.missed(), std::cmp::Reverse(row.requests)));
    rows
}

/// Whether a row is among those that are looked for.
fn fits(query: &PriceQuery, row: &PriceRow) -> bool {
    let text = format!("{} {}", row.target(), row.provider).to_lowercase();
    let found = query.search.to_lowercase().split_whitespace().all(|word| text.contains(word));
    let chosen = query.provider.is_empty() || row.provider_id == query.provider;
    let shown = match query.show.as_str() {
        "unknown" => row.unknown(),
        "yours" => row.from == PriceFrom::Yours,
        _ => true,
    };
    found && chosen && shown
}

/// The provider and the model that a `provider/model` names; refused where there is no such provider.
fn target(snapshot: &Snapshot, name: &str) -> Result<(Arc<Provider>, String), Problem> {
    let refuse = |message: String| Problem::invalid("model", message);
    let name = name.trim();
    let Some((provider, model)) = name.split_once('/').filter(|(_, model)| !model.trim().is_empty()) else {
        return Err(refuse(format!("\"{name}\" is no provider/model.")));
    };
    if model.chars().count() > LONGEST || model.chars().any(char::is_control) {
        return Err(refuse(format!("A model's name has one line, and at most {LONGEST} characters.")));
    }
    match snapshot.provider(provider) {
        Some(provider) => Ok((Arc::clone(provider), model.to_owned())),
        None => Err(refuse(format!("There is no provider \"{provider}\"."))),
    }
}

/// A price that makes sense.
fn checked(price: ListPrice) -> Result<catalog::Price, Problem> {
    for (name, part) in price.parts() {
        match part {
            Some(part) if part < 0 => return Err(Problem::invalid(name, "A price is zero or more.")),
            Some(part) if part / 1_000_000_000 > HIGHEST_USD => {
                return Err(Problem::invalid(name, "A price is at most 100,000 USD."));
            }
            _ => {}
        }
    }
    if price == ListPrice::default() {
        return Err(Problem::invalid("input", "Give at least one price, or take yours back."));
    }
    if price.cache_read.zip(price.input).is_some_and(|(read, input)| read > input) {
        let message = "A cache read never costs more than fresh input.";
        return Err(Problem::invalid("cache_read", message));
    }
    let ListPrice { input, output, cache_read, cache_write, image } = price;
    Ok(catalog::Price { input, output, cache_read, cache_write, image })
}

impl Desk {
    /// Requests of the last 30 days by what answered them.
    async fn used_targets(&self) -> Result<Used, Problem> {
        let now = clock::now().unix_ms;
        let from = (now - LOOKED_BACK).div_euclid(HOUR) * HOUR;
        let slice = Slice { from, to: now + HOUR, ..Slice::default() };
        let used = self.app.store.used(&slice, Split::Target, Grain::Whole).await.map_err(fail)?;
        let named = used.into_iter().filter(|used| !used.by.is_empty() && !used.model.is_empty());
        Ok(named.map(|used| ((used.by, used.model), used.sum.requests)).collect())
    }

    async fn priced(&self, provider: &str, model: &str) -> Result<PriceRow, Problem> {
        self.publish().await?;
        let used = self.used_targets().await?;
        let requests = used.get(&(provider.to_owned(), model.to_owned())).copied().unwrap_or(0);
        Ok(row(&self.app.snapshot(), provider, model, requests))
    }
}

#[async_trait]
impl Prices for Desk {
    async fn prices(&self, mut query: PriceQuery) -> Result<PricesPage, Problem> {
        self.person()?;
        let (snapshot, used) = (self.app.snapshot(), self.used_targets().await?);
        let mut notes = Vec::new();
        if !matches!(query.show.as_str(), "" | "unknown" | "yours") {
            notes.push(format!("\"{}\" chooses no prices, so all are shown.", query.show));
            query.show.clear();
        }
        let setting = match query.set.as_str() {
            "" => None,
            name => match target(&snapshot, name) {
                Ok((provider, model)) => {
                    let id = &provider.spec.id;
                    let requests = used.get(&(id.clone(), model.clone())).copied().unwrap_or(0);
                    Some(row(&snapshot, id, &model, requests))
                }
                Err(problem) => {
                    notes.push(problem.message);
                    None
                }
            },
        };
        if setting.is_none() {
            query.set.clear();
        }
        let all = rows(&snapshot, &used, &query.provider);
        let unknown = all.iter().filter(|row| row.missed()).count();
        let providers: BTreeMap<String, String> =
            all.iter().map(|row| (row.provider_id.clone(), row.provider.clone())).collect();
        let mut rows: Vec<PriceRow> = all.into_iter().filter(|row| fits(&query, row)).collect();
        let left_out = rows.len().saturating_sub(SHOWN);
        rows.truncate(SHOWN);
        Ok(PricesPage {
            query,
            notes,
            rows,
            left_out,
            unknown,
            providers: providers.into_iter().collect(),
            setting,
            recalculation: self.recalculation().await?,
        })
    }

    async fn set_price(&self, model: String, price: ListPrice) -> Result<PriceRow, Problem> {
        self.person()?;
        let (provider, model) = target(&self.app.snapshot(), &model)?;
        let (id, price) = (&provider.spec.id, checked(price)?);
        self.app.store.set_price(id, &model, price, clock::now().unix_ms).await.map_err(fail)?;
        self.priced(id, &model).await
    }

    async fn unset_price(&self, model: String) -> Result<PriceRow, Problem> {
        self.person()?;
        // A provider that is gone may have left prices behind.
        let (provider, model) = match target(&self.app.snapshot(), &model) {
            Ok((provider, model)) => (provider.spec.id.clone(), model),
            Err(problem) => match model.trim().split_once('/') {
                Some((provider, model)) => (provider.to_owned(), model.to_owned()),
                None => return Err(problem),
            },
        };
        self.app.store.unset_price(&provider, &model).await.map_err(|error| match error {
            StoreError::Missing => Problem::new(
                ProblemKind::NotFound,
                format!("No price was set for {provider}/{model}: there is nothing to take back."),
            ),
            error => fail(error),
        })?;
        self.priced(&provider, &model).await
    }

    async fn recalculation(&self) -> Result<Option<Recalculation>, Problem> {
        self.person()?;
        Ok(self.app.store.recalculation().await.map_err(fail)?.map(recalculation_of))
    }

    async fn recalculate(&self, from: String, clock: Clock) -> Result<Recalculation, Problem> {
        self.person()?;
        let from = match (from.trim(), from.trim().parse::<Date>()) {
            ("", _) => 0,
            (_, Ok(day)) if (2000..2100).contains(&day.year()) => midnight(&zone(&clock).0, day),
            (text, _) => {
                let message = format!("\"{text}\" is no day such as 2026-11-29.");
                return Err(Problem::invalid("from", message));
            }
        };
        let begun = self.app.store.begin_recalculation(from, clock::now().unix_ms).await;
        let begun = begun.map_err(|error| match error {
            StoreError::Taken => {
                let message = "Recorded costs are being recalculated already. Wait until that is done.";
                Problem::new(ProblemKind::Conflict, message)
            }
            error => fail(error),
        })?;
        self.app.tasks.spawn(recalculate::work(Arc::clone(&self.app)));
        Ok(recalculation_of(begun))
    }
}
