//! Requests by what is looked for.
//!
//! What a request was for is also known from the hourly sums: they say in which hours there is anything to find, so that a
//! rare thing among millions is found without reading them all. Text, names of keys and causes are in the requests alone: they
//! are looked for in some of the newest, and whoever wants to goes on from there.

use super::entity::{attempts, requests, usage_hours};
use super::requests::{attempt_of, first_id, record_of};
use super::words::{outcome_of, outcome_word};
use super::{RequestRecord, Store, StoreError};
use app::api::requests::{Outcome, RequestFilter};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

const HOUR: i64 = 3_600_000;
/// Hours that are looked at together.
const TOGETHER: u64 = 24;
/// Requests in which is looked for what the sums do not know, about: more are not read in a moment.
const READ: i64 = 50_000;

/// Requests that were found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Newest first, with their attempts and nothing else of what belongs to them.
    pub records: Vec<RequestRecord>,
    /// From when on it was looked, Unix ms; `None`: everywhere, or as far as was needed.
    pub since: Option<i64>,
}

/// Hours in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    from: i64,
    to: i64,
    /// How many requests there are in it.
    requests: i64,
}

#[derive(FromQueryResult)]
struct Hour {
    period_at: i64,
    count: i64,
}

/// `%text%` with the text's own wildcards taken literally.
fn containing(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// The ids that begin with these hexadecimal digits.
fn ids_beginning(digits: &str) -> Option<(Uuid, Uuid)> {
    let digits: String = digits.chars().filter(|letter| *letter != '-').collect();
    if !(8..=32).contains(&digits.len()) || !digits.chars().all(|letter| letter.is_ascii_hexdigit()) {
        return None;
    }
    let first = u128::from_str_radix(&format!("{digits:0<32}"), 16).ok()?;
    let last = u128::from_str_radix(&format!("{digits:f<32}"), 16).ok()?;
    Some((Uuid::from_u128(first), Uuid::from_u128(last)))
}

/// That an attempt of it is like this. One that answered at once has none. `span`: between which ids, so that PostgreSQL
/// does not read all attempts there are.
fn tried(attempt: Condition, (first, end): (Uuid, Uuid)) -> Condition {
    use requests::Column;
    let answered = outcome_word(Outcome::Answered);
    let of = Expr::col((attempts::Entity, attempts::Column::RequestId));
    let mut ids = Query::select();
    ids.column(attempts::Column::Position).from(attempts::Entity).cond_where(
        Condition::all()
            .add(of.clone().equals((requests::Entity, Column::Id)))
            .add(of.clone().gte(first))
            .add(of.lt(end))
            .add(attempt),
    );
    let several = Condition::any().add(Column::Attempts.gt(1)).add(Column::Outcome.ne(answered));
    Condition::all().add(several).add(Expr::exists(ids))
}

/// What fits a filter, between these ids.
fn matching(filter: &RequestFilter, span: (Uuid, Uuid)) -> Condition {
    use requests::Column;
    let mut all = Condition::all().add(Column::Id.gte(span.0)).add(Column::Id.lt(span.1));
    if let Some(outcome) = outcome_of(&filter.outcome) {
        all = all.add(Column::Outcome.eq(outcome_word(outcome)));
    }
    if !filter.provider.is_empty() {
        all = all.add(Column::ProviderId.eq(&filter.provider));
    }
    if !filter.key.is_empty() {
        all = all.add(Column::KeyName.eq(&filter.key));
    }
    if let Some((provider, model)) = filter.model.split_once('/') {
        all = all.add(Column::ProviderId.eq(provider)).add(Column::Model.eq(model));
    }
    if !filter.client.is_empty() {
        all = all.add(Column::Client.eq(&filter.client));
    }
    if !filter.combo.is_empty() {
        all = all.add(Column::Combo.eq(&filter.combo));
    }
    if !filter.cause.is_empty() {
        all = all.add(tried(Condition::all().add(attempts::Column::Rule.eq(&filter.cause)), span));
    }
    if let Ok(from) = filter.from.parse() {
        all = all.add(Column::Id.gte(first_id(from)));
    }
    if let Ok(to) = filter.to.parse() {
        all = all.add(Column::Id.lt(first_id(to)));
    }
    if let Ok(before) = Uuid::parse_str(&filter.before) {
        all = all.add(Column::Id.lt(before));
    }
    let search = filter.search.trim();
    if !search.is_empty() {
        let mut any = Condition::any();
        for column in [
            Column::Asked,
            Column::Model,
            Column::ProviderId,
            Column::KeyName,
            Column::Client,
            Column::AccountName,
            Column::Error,
        ] {
            any = any.add(Expr::expr(Func::lower(Expr::col(column))).like(containing(search)));
        }
        if let Some((first, last)) = ids_beginning(search) {
            any = any.add(Column::Id.between(first, last));
        }
        let status = search.parse::<i32>().ok().filter(|status| (100..600).contains(status));
        let mut of_attempts = Condition::any();
        for column in [attempts::Column::Rule, attempts::Column::Error, attempts::Column::Model] {
            of_attempts =
                of_attempts.add(Expr::expr(Func::lower(Expr::col(column))).like(containing(search)));
        }
        if let Some(status) = status {
            any = any.add(Column::Status.eq(status));
            of_attempts = of_attempts.add(attempts::Column::Status.eq(status));
        }
        all = all.add(any.add(tried(of_attempts, span)));
    }
    all
}

/// What of a filter the sums know, and how many of an hour's requests fit it. They know keys by their ids, and several may
/// have had one name.
fn known(filter: &RequestFilter) -> (Condition, Expr) {
    use usage_hours::Column;
    let mut all = Condition::all();
    if !filter.provider.is_empty() {
        all = all.add(Column::ProviderId.eq(&filter.provider));
    }
    if let Some((provider, model)) = filter.model.split_once('/') {
        all = all.add(Column::ProviderId.eq(provider)).add(Column::Model.eq(model));
    }
    if !filter.client.is_empty() {
        all = all.add(Column::Client.eq(&filter.client));
    }
    if !filter.combo.is_empty() {
        all = all.add(Column::Combo.eq(&filter.combo));
    }
    let counted = match outcome_of(&filter.outcome) {
        None => Column::Requests,
        Some(Outcome::Answered) => Column::Answered,
        Some(Outcome::Failed) => Column::Failed,
        Some(Outcome::Broken) => Column::Broken,
        Some(Outcome::Cancelled) => Column::Cancelled,
    };
    (all, counted.sum())
}

/// Hours, newest first, joined where they follow one another and are not too much to be read at once.
fn runs(hours: &[Hour]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for hour in hours {
        match runs.last_mut() {
            Some(run) if run.from == hour.period_at + HOUR && run.requests + hour.count <= READ => {
                run.from = hour.period_at;
                run.requests += hour.count;
            }
            _ => runs.push(Run { from: hour.period_at, to: hour.period_at + HOUR, requests: hour.count }),
        }
    }
    runs
}

/// When the request of an id arrived, Unix ms.
fn arrived(id: Uuid) -> i64 {
    i64::try_from(id.as_u128() >> 80).unwrap_or(i64::MAX)
}

impl Store {
    /// Requests that match, newest first, at most so many.
    pub async fn requests(&self, filter: &RequestFilter, limit: u64) -> Result<Found, StoreError> {
        let text = filter.search.trim();
        if let Some((first, last)) = ids_beginning(text) {
            // Whoever brings an id means that request.
            let end = Uuid::from_u128(last.as_u128().saturating_add(1));
            let records = self.newest(matching(filter, (first, end)), limit).await?;
            if !records.is_empty() {
                return Ok(Found { records, since: None });
            }
        }
        let plain = [
            &filter.outcome,
            &filter.provider,
            &filter.key,
            &filter.model,
            &filter.client,
            &filter.combo,
            &filter.cause,
        ];
        if text.is_empty() && plain.iter().all(|word| word.is_empty()) {
            let records = self.newest(matching(filter, (Uuid::nil(), Uuid::max())), limit).await?;
            return Ok(Found { records, since: None });
        }
        self.looked_for(filter, limit).await
    }

    /// Goes back through the hours in which there is something to find.
    async fn looked_for(&self, filter: &RequestFilter, limit: u64) -> Result<Found, StoreError> {
        let Some(oldest) = self.oldest().await? else { return Ok(Found::default()) };
        let (fits, count) = known(filter);
        let unknown = [filter.search.trim(), &filter.key, &filter.cause].iter().any(|word| !word.is_empty());
        // What is before the first id of an hour is in no part of it.
        let end = |id: Uuid| arrived(id) + i64::from(id != first_id(arrived(id)));
        let mut before = Uuid::parse_str(&filter.before).map_or(i64::MAX, end);
        before = Ord::min(before, filter.to.parse().unwrap_or(i64::MAX));
        let since = Ord::max(oldest, filter.from.parse().unwrap_or(0));
        let (mut found, mut read) = (Found::default(), 0);
        loop {
            use usage_hours::Column;
            let hours: Vec<Hour> = usage_hours::Entity::find()
                .select_only()
                .column(Column::PeriodAt)
                .expr_as(count.clone().cast_as("BIGINT"), "count")
                .filter(fits.clone())
                .filter(Column::PeriodAt.lt(before))
                .filter(Column::PeriodAt.gt(since - HOUR))
                .group_by(Column::PeriodAt)
                .having(count.clone().gt(0))
                .order_by_desc(Expr::col(Alias::new("period_at")))
                .limit(TOGETHER)
                .into_model()
                .all(&self.db)
                .await?;
            let Some(last) = hours.last() else { return Ok(found) };
            before = last.period_at;
            for run in runs(&hours) {
                let within = matching(filter, (first_id(run.from), first_id(run.to)));
                let left = limit - found.records.len() as u64;
                found.records.extend(self.newest(within, left).await?);
                if found.records.len() as u64 >= limit {
                    return Ok(found);
                }
                read += run.requests;
                if unknown && read >= READ {
                    found.since = Some(run.from);
                    return Ok(found);
                }
            }
        }
    }

    /// When the oldest request that is kept arrived, Unix ms.
    pub(super) async fn oldest(&self) -> Result<Option<i64>, StoreError> {
        use requests::Column;
        let oldest = requests::Entity::find().select_only().column(Column::Id).order_by_asc(Column::Id);
        let id: Option<Uuid> = oldest.into_tuple().one(&self.db).await?;
        Ok(id.map(arrived))
    }

    /// The newest of these, with their attempts.
    async fn newest(&self, which: Condition, limit: u64) -> Result<Vec<RequestRecord>, StoreError> {
        let find = requests::Entity::find().filter(which);
        let rows = find.order_by_desc(requests::Column::Id).limit(limit).all(&self.db).await?;
        let mut records: Vec<RequestRecord> = rows.into_iter().map(record_of).collect();
        self.add_attempts(&mut records).await?;
        Ok(records)
    }

    /// Adds the attempts of requests that took more than one, or whose only one failed.
    pub(super) async fn add_attempts(&self, records: &mut [RequestRecord]) -> Result<(), StoreError> {
        let ids: Vec<Uuid> =
            records.iter().filter(|record| record.attempt_count > 0).map(|record| record.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let rows = attempts::Entity::find()
            .filter(attempts::Column::RequestId.is_in(ids))
            .order_by_asc(attempts::Column::Position)
            .all(&self.db)
            .await?;
        for row in rows {
            if let Some(record) = records.iter_mut().find(|record| record.id == row.request_id) {
                record.attempts.push(attempt_of(row));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_that_follow_one_another_are_read_together() {
        let hour = |at: i64, count| Hour { period_at: at * HOUR, count };
        let run = |from: i64, to: i64, requests| Run { from: from * HOUR, to: to * HOUR, requests };
        let hours = [hour(9, 5), hour(8, 7), hour(3, 1), hour(1, 2), hour(0, 4)];
        assert_eq!(runs(&hours), [run(8, 10, 12), run(3, 4, 1), run(0, 2, 6)]);
        assert!(runs(&[]).is_empty());
    }

    #[test]
    fn an_id_says_when_its_request_arrived() {
        assert_eq!(arrived(first_id(1_795_867_200_123)), 1_795_867_200_123);
    }
}
