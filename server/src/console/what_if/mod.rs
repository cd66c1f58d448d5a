//! What-if: recorded usage, replayed through another combo, at another model, or at another price.

mod asked;
mod routed;
mod words;

use super::overview::tier;
use super::usage::{Names, chosen, last_days, slice, text};
use super::zone::{stamp, zone};
use super::{Desk, fail};
use crate::clock;
use crate::store::HourUsed;
use crate::store::snapshot::{Provider, Snapshot};
use crate::usage::what_if::{self, Hour, Lot, Tally, Target, recorded, replay};
use app::api::overview::TierShare;
use app::api::usage::Part;
use app::api::what_if::{Amount, Change, Estimate, Side, TargetRow, WhatIf, WhatIfPage, WhatIfQuery};
use app::api::{Clock, Cost, Problem, Tier, Tokens};
use async_trait::async_trait;
use catalog::Price;
use jiff::tz::TimeZone;
use routed::{Plan, Resolver};
use std::collections::{BTreeMap, HashMap};

/// Models that are offered to choose from: a page has to hold them.
const OFFERED: usize = 400;

/// What a million tokens of a model cost, and whether a fee, a free tier or one's own machine covers them.
fn price_of(provider: &Provider, model: &str) -> (Price, bool) {
    let rate = provider.rate(model);
    (rate.price, rate.covered)
}

/// Targets, each once, found by their names.
struct Targets<'a, P> {
    snapshot: &'a Snapshot,
    /// What tokens cost, and whether they are covered.
    price_of: P,
    all: Vec<Target>,
    places: HashMap<(String, String), usize>,
}

impl<'a, P: Fn(&Provider, &str) -> (Price, bool)> Targets<'a, P> {
    fn new(snapshot: &'a Snapshot, price_of: P) -> Self {
        Self { snapshot, price_of, all: Vec::new(), places: HashMap::new() }
    }

    /// The place of a target. `provider`: its id.
    fn place(&mut self, provider: &str, model: &str) -> usize {
        let name = (provider.to_owned(), model.to_owned());
        if let Some(place) = self.places.get(&name) {
            return *place;
        }
        let known = self.snapshot.provider(provider);
        let (price, covered) = known.map(|provider| (self.price_of)(provider, model)).unwrap_or_default();
        let context = known.and_then(|provider| provider.spec.model(model)?.context);
        self.all.push(Target {
            provider: provider.to_owned(),
            model: model.to_owned(),
            tier: known.map(|provider| tier(provider.spec.tier)),
            price,
            covered,
            stated: known.is_some_and(|provider| provider.spec.states_cost),
            context: context.map(|context| i64::try_from(context).unwrap_or(i64::MAX)),
        });
        let place = self.all.len() - 1;
        self.places.insert(name, place);
        place
    }

    /// Recorded usage, in the order of its rows, and how many requests stated nothing.
    fn hours(&mut self, rows: &[HourUsed]) -> (Vec<Hour>, i64) {
        let unstated = rows.iter().map(|sum| sum.unstated).sum();
        let hours = rows.iter().filter_map(|sum| {
            let tokens = Tokens {
                input: sum.input_tokens,
                cache_read: sum.cache_read_tokens,
                cache_write: sum.cache_write_tokens,
                output: sum.output_tokens,
            };
            let used = i64::from(tokens.prompt() + tokens.output > 0);
            let requests = (sum.requests - sum.failed - sum.unstated).max(used);
            (requests > 0).then(|| Hour {
                at: sum.period_at,
                target: self.place(&sum.provider_id, &sum.model),
                lot: Lot { requests, tokens },
                cost: sum.cost,
                // What stated no tokens is of unknown cost too, or of unknown list price.
                unknown: (sum.cost_unknown - sum.unstated).clamp(0, requests),
                list: sum.list_cost,
                list_unknown: (sum.list_unknown - sum.unstated).clamp(0, requests),
            })
        });
        (hours.collect(), unstated)
    }
}

fn amount(tally: &Tally) -> Amount {
    Amount {
        requests: tally.lot.requests,
        tokens: tally.lot.tokens,
        cost: Cost {
            known: tally.cost,
            unknown_requests: tally.unknown_requests,
            covered: tally.list,
            covered_unknown: tally.list_unknown,
        },
        unknown_tokens: tally.unknown_tokens,
    }
}

fn side(side: &what_if::Side, targets: &[Target]) -> Side {
    let mut tiers: BTreeMap<Tier, i64> = BTreeMap::new();
    for (target, tally) in targets.iter().zip(&side.targets) {
        if let Some(tier) = target.tier.filter(|_| tally.lot.all_tokens() > 0) {
            *tiers.entry(tier).or_default() += tally.lot.all_tokens();
        }
    }
    let mut tiers: Vec<TierShare> =
        tiers.into_iter().map(|(tier, tokens)| TierShare { tier, tokens }).collect();
    tiers.sort_by_key(|share| std::cmp::Reverse(share.tokens));
    let parts = side.parts.iter().map(|tally| tally.cost).collect();
    Side { whole: amount(&side.whole()), tiers, parts }
}

fn rows(recorded: &what_if::Side, would_be: &what_if::Side, targets: &[Target]) -> Vec<TargetRow> {
    let both = recorded.targets.iter().zip(&would_be.targets);
    let mut rows: Vec<TargetRow> = targets
        .iter()
        .zip(both)
        .filter(|(_, (recorded, would_be))| !recorded.lot.is_empty() || !would_be.lot.is_empty())
        .map(|(target, (recorded, would_be))| TargetRow {
            target: format!("{}/{}", target.provider, target.model),
            tier: target.tier,
            recorded: amount(recorded),
            would_be: amount(would_be),
        })
        .collect();
    let size = |row: &TargetRow| (row.would_be.all_tokens(), row.recorded.all_tokens());
    rows.sort_by_key(|row| std::cmp::Reverse(size(row)));
    rows
}

/// The first and the last day, or hour where it is one day.
fn span(zone: &TimeZone, parts: &[Part], days: i64) -> String {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return String::new() };
    let named = |at: i64, form: &str| stamp(at).to_zoned_datetime(zone.clone()).strftime(form).to_string();
    let form = if days == 1 { "%-d %b %H:%M" } else { "%-d %b" };
    let end = if days == 1 { last.to } else { last.to - 1 };
    format!("{} – {}", named(first.from, form), named(end, form))
}

/// Models to choose from: those that were used, then those of connected providers.
fn offered(used: &[String], snapshot: &Snapshot) -> Vec<String> {
    let mut models = used.to_vec();
    for name in snapshot.connected_models() {
        if models.len() >= OFFERED {
            break;
        }
        if !used.contains(&name) {
            models.push(name);
        }
    }
    models
}

#[async_trait]
impl WhatIf for Desk {
    async fn what_if(&self, mut query: WhatIfQuery, clock: Clock) -> Result<WhatIfPage, Problem> {
        self.person()?;
        let (store, snapshot, now) = (&self.app.store, self.app.snapshot(), clock::now().unix_ms);
        let mut notes = Vec::new();
        let change = chosen(&mut query.change, &Change::ALL, Change::word, "can be changed here", &mut notes);
        let days = asked::days(&mut query.days, &mut notes);
        let (zone, zone_name) = zone(&clock);
        let period = last_days(&zone, now, days);
        let keys = store.keys().await.map_err(fail)?;
        let mut filters = query.filters();
        let slice = slice(&mut filters, &period, &keys, &mut notes);
        (query.key, query.model) = (filters.key, filters.model);
        let (rows, used_by) =
            tokio::try_join!(store.used_hours(&slice), store.used_by(&slice)).map_err(fail)?;
        let names = Names { snapshot: &snapshot, keys: &keys };
        let choices = names.choices(&used_by);
        let mut targets = Targets::new(&snapshot, price_of);
        let (hours, unstated) = targets.hours(&rows);
        let part_of = |at: i64| period.parts.partition_point(|part| part.to <= at);
        let parts = period.parts.len();
        let asked = text(&query.to).map(|to| match change {
            Change::Combo => Resolver::new(&mut targets, &query.client).combo(&to),
            Change::Model => Resolver::new(&mut targets, &query.client).model(&to),
            Change::Price => asked::price(&mut targets, &to, &mut query, &mut notes),
        });
        let recorded = recorded(&targets.all, &hours, parts, part_of);
        let (asked, fault) = match asked {
            Some(Err(problem)) => (None, Some(problem)),
            asked => (asked.and_then(Result::ok), None),
        };
        let prices = asked.as_ref().and_then(|plan| plan.prices);
        let estimate = asked.map(|Plan { change, left_out, remarks, .. }| {
            let replayed = replay(&targets.all, &hours, change, parts, part_of);
            Estimate {
                would_be: side(&replayed.would_be, &targets.all),
                targets: self::rows(&recorded, &replayed.would_be, &targets.all),
                unanswered_requests: replayed.unanswered.requests,
                unanswered_tokens: replayed.unanswered.all_tokens(),
                left_out,
                assumptions: remarks.assumptions(&replayed, &targets.all, unstated),
            }
        });
        Ok(WhatIfPage {
            notes,
            change,
            days,
            span: span(&zone, &period.parts, days),
            recorded: side(&recorded, &targets.all),
            estimate,
            fault,
            prices,
            models: offered(&choices.models, &snapshot),
            combos: snapshot.combos().map(|combo| combo.name.clone()).collect(),
            choices,
            zone: zone_name,
            parts: period.parts,
            query,
        })
    }
}
