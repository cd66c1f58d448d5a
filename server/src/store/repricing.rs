//! What recorded requests cost at other prices: rows and sums, hour by hour.
//!
//! Rows are written in short transactions of their own. The sums of an hour then follow in one: no writer adds to them
//! meanwhile, so what they are set to is what the rows say, and a request that is written a moment later is added to that.
//! Where rows of a sum were forgotten, it is priced by its own token counts. Doing an hour again changes nothing.

use super::entity::requests;
use super::requests::{first_id, record_of};
use super::sum_tables::{Sums, lock, rebuild};
use super::sums::{Sum, SumKey, hours_of};
use super::words::outcome_word;
use super::{Store, StoreError};
use crate::usage::price::{Charge, Rate, list_cost};
use app::api::requests::Outcome;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::collections::BTreeMap;
use uuid::Uuid;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Rows read, and written, at once.
const CHUNK: u64 = 500;

/// What a model's tokens cost at a provider; `None` where the provider is not known any more.
pub trait Rates: Fn(&str, &str) -> Option<Rate> + Sync {}

impl<F: Fn(&str, &str) -> Option<Rate> + Sync> Rates for F {}

/// The parts of a sum that prices decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Costs {
    cost: i64,
    cost_unknown: i64,
    list_cost: i64,
    list_unknown: i64,
}

impl Costs {
    fn of(sum: &Sum) -> Self {
        let Sum { cost, cost_unknown, list_cost, list_unknown, .. } = *sum;
        Self { cost, cost_unknown, list_cost, list_unknown }
    }

    fn add(&mut self, other: Self) {
        self.cost += other.cost;
        self.cost_unknown += other.cost_unknown;
        self.list_cost += other.list_cost;
        self.list_unknown += other.list_unknown;
    }

    /// Of a sum whose requests are forgotten, by its token counts. What has no price stays as it was recorded: of that
    /// more was known then.
    fn by_tokens(sum: &Sum, rate: &Rate) -> Self {
        let count = |tokens: i64| u64::try_from(tokens).unwrap_or(0);
        let usage = wire::Usage {
            input: count(sum.input_tokens),
            cache_read: count(sum.cache_read_tokens),
            cache_write: count(sum.cache_write_tokens),
            output: count(sum.output_tokens),
            reasoning: None,
        };
        let tokens = usage != wire::Usage::default();
        let by_image = rate.price.image.is_some() && sum.images > 0;
        // What was recorded as it was billed is known better than by counts, and whose images and tokens were not one
        // request's cannot be told apart.
        let known = sum.cost_unknown + sum.list_unknown < sum.requests - sum.failed;
        if rate.stated && known || by_image && tokens {
            return Self::of(sum);
        }
        // What is paid by the image needs no tokens; whether others stated none is known where they had a price before.
        let priced = sum.cost + sum.list_cost > 0;
        let unstated = match by_image {
            true if priced => sum.cost_unknown + sum.list_unknown,
            true => 0,
            false => sum.unstated,
        };
        match (list_cost(Some(&usage), sum.images, rate), rate.covered) {
            (Some(list_cost), true) => Self { list_cost, list_unknown: unstated, ..Self::default() },
            (None, true) if sum.list_cost + sum.list_unknown > 0 => Self::of(sum),
            (None, true) => Self { list_unknown: sum.requests - sum.failed, ..Self::default() },
            (Some(cost), false) => Self { cost, cost_unknown: unstated, ..Self::default() },
            (None, false) => Self::of(sum),
        }
    }
}

/// What the rows of a key say.
#[derive(FromQueryResult)]
struct Said {
    provider_id: String,
    model: String,
    account_id: Option<i64>,
    key_id: Option<i64>,
    client: String,
    combo: String,
    requests: i64,
    cost: i64,
    cost_unknown: i64,
    list_cost: i64,
    list_unknown: i64,
}

/// The rows of an hour.
fn within(hour: i64) -> Condition {
    use requests::Column;
    Condition::all().add(Column::Id.gte(first_id(hour))).add(Column::Id.lt(first_id(hour + HOUR)))
}

impl Store {
    /// Prices some rows of an hour anew: those after `after`, or the first ones. Gives the last of them; `None` where there
    /// were none.
    pub async fn reprice_requests(
        &self,
        hour: i64,
        after: Option<Uuid>,
        rates: &impl Rates,
    ) -> Result<Option<Uuid>, StoreError> {
        use requests::Column;
        let mut find = requests::Entity::find().filter(within(hour));
        if let Some(after) = after {
            find = find.filter(Column::Id.gt(after));
        }
        let rows = find.order_by_asc(Column::Id).limit(CHUNK).all(&self.db).await?;
        let last = rows.last().map(|row| row.id);
        let changed = rows.into_iter().filter_map(|row| {
            let record = record_of(row);
            let rate = rates(&record.provider_id, &record.model)?;
            let charge = Charge::of(&record, &rate);
            let was = Charge { cost: record.cost, covered: record.covered, list_cost: record.list_cost };
            (charge != was).then_some((record.id, charge))
        });
        let changed: Vec<(Uuid, Charge)> = changed.collect();
        if changed.is_empty() {
            return Ok(last);
        }
        let work = self.begin().await?;
        for (id, charge) in changed {
            let row = requests::ActiveModel {
                cost: Set(charge.cost),
                covered: Set(charge.covered),
                list_cost: Set(charge.list_cost),
                ..Default::default()
            };
            requests::Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(&work).await?;
        }
        work.commit().await?;
        Ok(last)
    }

    /// Sets the sums of an hour, and of its day, to what the rows say, and notes that the hour is done.
    /// [`StoreError::Missing`] where another has the recalculation by now.
    pub async fn reprice_sums(&self, hour: i64, now: i64, rates: &impl Rates) -> Result<(), StoreError> {
        let work = self.begin().await?;
        // Their rows are seen with their sums, or not at all.
        lock(&work).await?;
        let said = said(&work, hour).await?;
        let (mut requests, mut changed) = (0, Vec::new());
        for (key, sum) in hours_of(&work, hour, hour + HOUR).await? {
            requests += sum.requests;
            let costs = match said.get(&key) {
                Some((count, costs)) if *count == sum.requests => *costs,
                _ => match rates(&key.provider_id, &key.model) {
                    Some(rate) => Costs::by_tokens(&sum, &rate),
                    None => continue,
                },
            };
            if costs != Costs::of(&sum) {
                set(&work, Sums::Hours, &key, costs).await?;
                changed.push(key);
            }
        }
        if !changed.is_empty() {
            rebuild(&work, hour).await?;
        }
        let day = hour.div_euclid(DAY) * DAY;
        // Only what this hour has changed: the others have their turn.
        let mut days: BTreeMap<SumKey, Costs> =
            changed.into_iter().map(|key| (SumKey { period_at: day, ..key }, Costs::default())).collect();
        let hours = if days.is_empty() { Vec::new() } else { hours_of(&work, day, day + DAY).await? };
        for (key, sum) in hours {
            if let Some(costs) = days.get_mut(&SumKey { period_at: day, ..key }) {
                costs.add(Costs::of(&sum));
            }
        }
        for (key, costs) in days {
            set(&work, Sums::Days, &key, costs).await?;
        }
        self.note_recalculated(&work, hour, requests, now).await?;
        Ok(work.commit().await?)
    }
}

/// What the rows of an hour say, and how many there are, by key.
async fn said(work: &DatabaseTransaction, hour: i64) -> Result<BTreeMap<SumKey, (i64, Costs)>, StoreError> {
    use requests::Column;
    let sum = |expr: Expr| Expr::from(sea_orm::sea_query::Func::sum(expr)).cast_as("BIGINT");
    let one = |when: Condition| -> Expr { Expr::case(when, 1_i64).finally(0_i64).into() };
    let or_none = |column: Column| {
        Expr::expr(sea_orm::sea_query::Func::coalesce([Expr::col(column), Expr::value(0_i64)]))
    };
    let used = Condition::any()
        .add(Column::InputTokens.is_not_null())
        .add(Column::Outcome.ne(outcome_word(Outcome::Failed)));
    let unknown = Condition::all().add(used).add(Column::Cost.is_null());
    let unlisted = Condition::all().add(Column::Covered.eq(true)).add(Column::ListCost.is_null());
    let columns =
        [Column::ProviderId, Column::Model, Column::AccountId, Column::KeyId, Column::Client, Column::Combo];
    let mut find = requests::Entity::find()
        .select_only()
        .columns(columns)
        .expr_as(Column::Id.count(), "requests")
        .expr_as(sum(or_none(Column::Cost)), "cost")
        .expr_as(sum(one(unknown)), "cost_unknown")
        .expr_as(sum(or_none(Column::ListCost)), "list_cost")
        .expr_as(sum(one(unlisted)), "list_unknown")
        .filter(within(hour));
    for column in columns {
        find = find.group_by(column);
    }
    let mut all: BTreeMap<SumKey, (i64, Costs)> = BTreeMap::new();
    for row in find.into_model::<Said>().all(work).await? {
        let key = SumKey {
            period_at: hour,
            provider_id: row.provider_id,
            model: row.model,
            account_id: row.account_id.unwrap_or(0),
            key_id: row.key_id.unwrap_or(0),
            client: row.client,
            combo: row.combo,
        };
        let costs = Costs {
            cost: row.cost,
            cost_unknown: row.cost_unknown,
            list_cost: row.list_cost,
            list_unknown: row.list_unknown,
        };
        let (count, sum) = all.entry(key).or_default();
        *count += row.requests;
        sum.add(costs);
    }
    Ok(all)
}

/// Sets what prices decide of a sum, where it is something else.
async fn set(work: &DatabaseTransaction, kept: Sums, key: &SumKey, costs: Costs) -> Result<(), StoreError> {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let values = [
        ("cost", costs.cost),
        ("cost_unknown", costs.cost_unknown),
        ("list_cost", costs.list_cost),
        ("list_unknown", costs.list_unknown),
    ];
    let mut update = Query::update();
    update.table(Alias::new(kept.table()));
    let mut other = Condition::any();
    for (name, value) in values {
        update.value(Alias::new(name), value);
        other = other.add(column(name).ne(value));
    }
    let mut own = Condition::all();
    for (name, value) in kept.columns(key) {
        own = own.add(column(name).eq(value));
    }
    update.cond_where(own.add(other));
    work.execute(&update).await?;
    Ok(())
}
