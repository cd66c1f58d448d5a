//! What was used in a period, by whatever it is asked for by: read from the hourly sums, so that single requests may be
//! forgotten.

use super::entity::{attempts, usage_days, usage_hours};
use super::requests::first_id;
use super::sum_tables::Sums;
use super::{Store, StoreError, Sum};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, IdenStatic, QueryFilter, QueryOrder, QuerySelect,
};
use usage_hours::Column;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Which requests are looked at. What is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// From then on, Unix ms: the beginning of an hour.
    pub from: i64,
    /// Before then, Unix ms: the beginning of an hour.
    pub to: i64,
    /// A provider's id.
    pub provider: Option<String>,
    /// A provider's id and its model.
    pub target: Option<(String, String)>,
    /// A caller key; 0: none was shown.
    pub key: Option<i64>,
    /// A coding tool.
    pub client: Option<String>,
    /// A combo.
    pub combo: Option<String>,
}

/// What sums are split by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// Nothing: one sum.
    Nothing,
    /// The provider.
    Provider,
    /// The provider and its model.
    Target,
    /// The account.
    Account,
    /// The caller key.
    Key,
    /// The coding tool.
    Client,
    /// The combo.
    Combo,
}

/// Into which parts of time sums are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain<'z> {
    /// All into one.
    Whole,
    /// By the hour; a part is known by its beginning, Unix ms.
    Hour,
    /// By the day of a place; a part is known by its number since the first of January 1970.
    Day(&'z Offsets),
}

/// How far a place's clock is ahead of UTC, and since when: the first holds before the second begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offsets {
    /// At the beginning, ms.
    pub first: i64,
    /// Later ones: since when (Unix ms), and by how much (ms).
    pub later: Vec<(i64, i64)>,
}

/// A sum, and what it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The part of time.
    pub part: i64,
    /// What it is split by: a provider's id, a name, or an id in digits.
    pub by: String,
    /// The model, where it is split by targets.
    pub model: String,
    /// The sum.
    pub sum: Sum,
}

/// What one target answered within an hour: as much of its sums as a replay needs.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct HourUsed {
    /// When the hour begins, Unix ms.
    pub period_at: i64,
    /// The provider's id.
    pub provider_id: String,
    /// Its model.
    pub model: String,
    /// All requests.
    pub requests: i64,
    /// Those that got an error.
    pub failed: i64,
    /// Those whose provider stated no usage.
    pub unstated: i64,
    /// Fresh input tokens.
    pub input_tokens: i64,
    /// Tokens read from the provider's cache.
    pub cache_read_tokens: i64,
    /// Tokens written to the provider's cache.
    pub cache_write_tokens: i64,
    /// Output tokens, reasoning included.
    pub output_tokens: i64,
    /// Known cost, USD in units of 10^-9.
    pub cost: i64,
    /// Requests of unknown cost.
    pub cost_unknown: i64,
    /// What covered requests would have cost at list price, where that is known.
    pub list_cost: i64,
    /// Covered requests whose list price is unknown.
    pub list_unknown: i64,
}

/// Why attempts failed.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Fallen {
    /// The provider that failed.
    pub provider_id: String,
    /// The rule that judged it.
    pub rule: String,
    /// How often.
    pub attempts: i64,
}

#[derive(FromQueryResult)]
struct Row {
    part: i64,
    by: String,
    model_split: String,
    #[sea_orm(nested)]
    sum: Sum,
}

const SUMS: [Column; 22] = [
    Column::Requests,
    Column::Answered,
    Column::Failed,
    Column::Broken,
    Column::Cancelled,
    Column::Fallbacks,
    Column::Unstated,
    Column::InputTokens,
    Column::CacheReadTokens,
    Column::CacheWriteTokens,
    Column::OutputTokens,
    Column::ReasoningTokens,
    Column::Cost,
    Column::CostUnknown,
    Column::ListCost,
    Column::ListUnknown,
    Column::FirstTokenMs,
    Column::FirstTokens,
    Column::TotalMs,
    Column::Images,
    Column::SavedTokens,
    Column::SavedCost,
];

const REPLAYED: [Column; 11] = [
    Column::Requests,
    Column::Failed,
    Column::Unstated,
    Column::InputTokens,
    Column::CacheReadTokens,
    Column::CacheWriteTokens,
    Column::OutputTokens,
    Column::Cost,
    Column::CostUnknown,
    Column::ListCost,
    Column::ListUnknown,
];

impl Offsets {
    /// The clock of a place at the beginning of an hour, as though it were UTC.
    fn local(&self) -> Expr {
        let at = || Expr::col(Column::PeriodAt);
        let mut later = self.later.iter().rev().peekable();
        if later.peek().is_none() {
            return at().add(self.first);
        }
        let ahead = later.fold(CaseStatement::new(), |ahead, (since, by)| ahead.case(at().gte(*since), *by));
        let ahead: Expr = ahead.finally(self.first).into();
        at().add(ahead)
    }
}

impl Grain<'_> {
    /// Both databases divide whole numbers into whole numbers.
    fn part(self) -> Expr {
        match self {
            Self::Whole => Expr::value(0_i64),
            Self::Hour => Expr::col(Column::PeriodAt),
            Self::Day(offsets) => offsets.local().div(DAY),
        }
    }
}

impl Split {
    fn columns(self) -> (Expr, Expr) {
        let nothing = || Expr::value("");
        let digits = |column| Expr::col(column).cast_as("TEXT");
        match self {
            Self::Nothing => (nothing(), nothing()),
            Self::Provider => (Expr::col(Column::ProviderId), nothing()),
            Self::Target => (Expr::col(Column::ProviderId), Expr::col(Column::Model)),
            Self::Account => (digits(Column::AccountId), nothing()),
            Self::Key => (digits(Column::KeyId), nothing()),
            Self::Client => (Expr::col(Column::Client), nothing()),
            Self::Combo => (Expr::col(Column::Combo), nothing()),
        }
    }
}

impl Slice {
    fn filter(&self) -> Condition {
        let mut all = Condition::all().add(Column::PeriodAt.gte(self.from)).add(Column::PeriodAt.lt(self.to));
        if let Some(provider) = &self.provider {
            all = all.add(Column::ProviderId.eq(provider));
        }
        if let Some((provider, model)) = &self.target {
            all = all.add(Column::ProviderId.eq(provider)).add(Column::Model.eq(model));
        }
        if let Some(key) = self.key {
            all = all.add(Column::KeyId.eq(key));
        }
        if let Some(client) = &self.client {
            all = all.add(Column::Client.eq(client));
        }
        if let Some(combo) = &self.combo {
            all = all.add(Column::Combo.eq(combo));
        }
        all
    }

    /// Whether it says more than a provider and a model.
    fn asks_who(&self) -> bool {
        self.key.is_some() || self.client.is_some() || self.combo.is_some()
    }

    /// The fewest sums that know what it says, and what is split by.
    fn sums(&self, split: Split) -> Sums {
        let by_caller = self.asks_who() || matches!(split, Split::Key | Split::Client | Split::Combo);
        let by_target = self.provider.is_some()
            || self.target.is_some()
            || matches!(split, Split::Provider | Split::Target | Split::Account);
        match (by_target, by_caller) {
            (true, true) => Sums::Hours,
            (false, true) => Sums::CallerHours,
            (_, false) => Sums::TargetHours,
        }
    }
}

impl Store {
    /// The sums of a slice.
    pub async fn used(&self, slice: &Slice, split: Split, grain: Grain<'_>) -> Result<Vec<Used>, StoreError> {
        let (by, model) = split.columns();
        let mut find = slice
            .sums(split)
            .find()
            .expr_as(grain.part(), "part")
            .expr_as(by, "by")
            .expr_as(model, "model_split")
            .filter(slice.filter());
        for column in SUMS {
            find = find.expr_as(column.sum().cast_as("BIGINT"), column.as_str());
        }
        for column in [Column::LastAt, Column::AnsweredAt] {
            find = find.expr_as(column.max(), column.as_str());
        }
        for name in ["part", "by", "model_split"] {
            find = find.group_by(Expr::col(Alias::new(name)));
        }
        let rows = find.into_model::<Row>().all(&self.db).await?;
        Ok(rows.into_iter().map(used_of).collect())
    }

    /// How many requests there were in each hour of the week of a place; 0 is midnight before Thursday.
    pub async fn busy(&self, slice: &Slice, offsets: &Offsets) -> Result<Vec<(i64, i64)>, StoreError> {
        let hour = offsets.local().div(HOUR).modulo(168_i64);
        let find = slice
            .sums(Split::Nothing)
            .find()
            .expr_as(hour, "hour")
            .expr_as(Column::Requests.sum().cast_as("BIGINT"), "requests")
            .filter(slice.filter())
            .group_by(Expr::col(Alias::new("hour")));
        Ok(find.into_tuple().all(&self.db).await?)
    }

    /// What each target answered, hour by hour.
    pub async fn used_hours(&self, slice: &Slice) -> Result<Vec<HourUsed>, StoreError> {
        let by = [Column::PeriodAt, Column::ProviderId, Column::Model];
        let mut find = slice.sums(Split::Target).find().columns(by).filter(slice.filter());
        for column in REPLAYED {
            find = find.expr_as(column.sum().cast_as("BIGINT"), column.as_str());
        }
        for column in by {
            find = find.group_by(column).order_by_asc(column);
        }
        Ok(find.into_model().all(&self.db).await?)
    }

    /// What sums of a period are over, each once, for choosing from: by whole days (UTC) that it touches. Of a slice only
    /// its time counts.
    pub async fn used_by(&self, slice: &Slice) -> Result<Vec<[String; 5]>, StoreError> {
        use usage_days::Column;
        let rows: Vec<(String, String, i64, String, String)> = usage_days::Entity::find()
            .select_only()
            .columns([Column::ProviderId, Column::Model, Column::KeyId, Column::Client, Column::Combo])
            .filter(Column::PeriodAt.gt(slice.from - DAY))
            .filter(Column::PeriodAt.lt(slice.to))
            .distinct()
            .into_tuple()
            .all(&self.db)
            .await?;
        let texts = |(provider, model, key, client, combo): (_, _, i64, _, _)| {
            [provider, model, key.to_string(), client, combo]
        };
        Ok(rows.into_iter().map(texts).collect())
    }

    /// Why attempts failed, of requests that are still kept, the most frequent first.
    pub async fn fallen(&self, slice: &Slice) -> Result<Vec<Fallen>, StoreError> {
        use attempts::Column;
        let mut find = attempts::Entity::find()
            .select_only()
            .columns([Column::ProviderId, Column::Rule])
            .column_as(Column::Position.count(), "attempts")
            .filter(Column::RequestId.gte(first_id(slice.from)))
            .filter(Column::RequestId.lt(first_id(slice.to)))
            .filter(Column::Rule.ne(""))
            .group_by(Column::ProviderId)
            .group_by(Column::Rule);
        if let Some(provider) = &slice.provider {
            find = find.filter(Column::ProviderId.eq(provider));
        }
        if let Some((provider, model)) = &slice.target {
            find = find.filter(Column::ProviderId.eq(provider)).filter(Column::Model.eq(model));
        }
        if let Some(key) = slice.key {
            let none = Column::KeyId.is_null();
            find = find.filter(if key == 0 { none } else { Column::KeyId.eq(key) });
        }
        if let Some(client) = &slice.client {
            find = find.filter(Column::Client.eq(client));
        }
        if let Some(combo) = &slice.combo {
            find = find.filter(Column::Combo.eq(combo));
        }
        let mut rows: Vec<Fallen> = find.into_model().all(&self.db).await?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.attempts));
        Ok(rows)
    }
}

fn used_of(Row { part, by, model_split, sum }: Row) -> Used {
    Used { part, by, model: model_split, sum }
}
