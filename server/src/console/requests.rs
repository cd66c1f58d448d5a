//! Requests: what was asked, what answered, what it took.

use super::payload::logs;
use super::story::headline;
use super::{Desk, fail};
use crate::clock;
use crate::store::{AttemptRecord, RequestRecord, StoreError, first_id};
use crate::usage::price::price_lines;
use app::api::requests::{
    AttemptRow, Cause, RequestDetail, RequestFilter, RequestList, RequestRow, Requests,
};
use app::api::{Problem, ProblemKind, Tokens};
use async_trait::async_trait;
use uuid::Uuid;

/// Rows on a page.
const PAGE: u64 = 50;

/// Token counts as pages show them.
pub fn tokens(usage: &wire::Usage) -> Tokens {
    let count = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
    Tokens {
        input: count(usage.input),
        cache_read: count(usage.cache_read),
        cache_write: count(usage.cache_write),
        output: count(usage.output),
    }
}

/// `provider/model`; empty when there is none.
pub(super) fn target(provider_id: &str, model: &str) -> String {
    if provider_id.is_empty() { String::new() } else { format!("{provider_id}/{model}") }
}

/// Which targets were tried before the last. An account more or less makes no other target.
fn tried(attempts: &[AttemptRecord]) -> Vec<String> {
    let mut targets: Vec<String> =
        attempts.iter().map(|attempt| target(&attempt.provider_id, &attempt.model)).collect();
    targets.dedup();
    targets.pop();
    targets
}

/// A request as lists show it.
pub fn row_of(record: &RequestRecord) -> RequestRow {
    RequestRow {
        id: record.id.simple().to_string(),
        at: record.started_at,
        client: record.client.clone(),
        key: record.key_name.clone(),
        dialect: record.dialect.clone(),
        asked: record.asked.clone(),
        combo: record.combo.clone(),
        tried: tried(&record.attempts),
        target: target(&record.provider_id, &record.model),
        provider_id: record.provider_id.clone(),
        account: record.account_name.clone(),
        streaming: record.streaming,
        status: record.status,
        outcome: record.outcome,
        attempts: i64::from(record.attempt_count),
        tokens: record.usage.as_ref().map(tokens),
        cost: record.cost,
        covered: record.covered,
        first_token_ms: record.first_token_ms,
        total_ms: record.total_ms,
        error: record.error.clone(),
        saved_tokens: record.saved_tokens,
    }
}

fn attempt_row(attempt: &AttemptRecord) -> AttemptRow {
    AttemptRow {
        target: target(&attempt.provider_id, &attempt.model),
        account: attempt.account_name.clone(),
        start_ms: attempt.start_ms,
        first_token_ms: attempt.first_token_ms,
        total_ms: attempt.total_ms,
        status: attempt.status,
        won: attempt.won,
        cause: attempt.cause,
        verdict: attempt.verdict.clone(),
        rule: attempt.rule.clone(),
        error: attempt.error.clone(),
    }
}

/// The attempts; where the store kept none because the only one answered, that one.
fn attempt_rows(record: &RequestRecord) -> Vec<AttemptRow> {
    if !record.attempts.is_empty() || record.attempt_count == 0 {
        return record.attempts.iter().map(attempt_row).collect();
    }
    vec![AttemptRow {
        target: target(&record.provider_id, &record.model),
        account: record.account_name.clone(),
        start_ms: 0,
        first_token_ms: record.first_token_ms,
        total_ms: record.total_ms,
        status: Some(record.status),
        won: true,
        cause: Cause::Plan,
        verdict: String::new(),
        rule: String::new(),
        error: record.error.clone(),
    }]
}

/// What a filter makes no sense as, in words, and the filter that does.
fn sensible(mut filter: RequestFilter) -> (RequestFilter, Vec<String>) {
    let mut notes = Vec::new();
    if !matches!(filter.outcome.as_str(), "" | "answered" | "failed" | "broken" | "cancelled") {
        notes.push(format!("\"{}\" is no outcome, so all are shown.", filter.outcome));
        filter.outcome.clear();
    }
    for moment in [&mut filter.from, &mut filter.to] {
        if !moment.is_empty() && moment.parse::<u64>().is_err() {
            notes.push(format!("\"{moment}\" is no moment, so it is left out."));
            moment.clear();
        }
    }
    if !filter.model.is_empty() && !filter.model.contains('/') {
        notes.push(format!("\"{}\" is no provider/model, so all are shown.", filter.model));
        filter.model.clear();
    }
    if !filter.before.is_empty() && Uuid::parse_str(&filter.before).is_err() {
        notes.push("That page does not exist, so this is the first.".to_owned());
        filter.before.clear();
    }
    (filter, notes)
}

impl Desk {
    /// The record of a request by its id.
    pub(super) async fn record(&self, id: &str) -> Result<RequestRecord, Problem> {
        let unknown = || {
            let message = "There is no request of this id. It may be older than what is kept, or a second too young to be written.";
            Problem::new(ProblemKind::NotFound, message)
        };
        let id = Uuid::parse_str(id).map_err(|_| unknown())?;
        self.app.store.request(id).await.map_err(|error| match error {
            StoreError::Missing => unknown(),
            error => fail(error),
        })
    }
}

#[async_trait]
impl Requests for Desk {
    async fn requests(&self, filter: RequestFilter) -> Result<RequestList, Problem> {
        self.person()?;
        let (filter, notes) = sensible(filter);
        // One more than is shown tells whether there is a next page.
        let found = self.app.store.requests(&filter, PAGE + 1).await.map_err(fail)?;
        let mut rows: Vec<RequestRow> = found.records.iter().map(row_of).collect();
        let more = u64::try_from(rows.len()).is_ok_and(|shown| shown > PAGE);
        rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let next = match found.since {
            Some(since) => Some(first_id(since).simple().to_string()),
            None if more => rows.last().map(|row| row.id.clone()),
            None => None,
        };
        let snapshot = self.app.snapshot();
        let mut providers: Vec<String> =
            snapshot.providers().filter(|it| !it.accounts.is_empty()).map(|it| it.spec.id.clone()).collect();
        if !filter.provider.is_empty() && !providers.contains(&filter.provider) {
            providers.push(filter.provider);
        }
        let keys = self.app.store.keys().await.map_err(fail)?;
        let logs = logs(&keys, snapshot.log_until, clock::now().unix_ms);
        let logs = logs.into_iter().filter(|log| log.until.is_some()).collect();
        let keys = keys.into_iter().map(|key| key.name).collect();
        Ok(RequestList { rows, next, looked_since: found.since, notes, providers, keys, logs })
    }

    async fn request(&self, id: String) -> Result<RequestDetail, Problem> {
        self.person()?;
        let record = self.record(&id).await?;
        let payload = self.app.store.payload_sizes(record.id).await.map_err(fail)?;
        let snapshot = self.app.snapshot();
        let provider = snapshot.provider(&record.provider_id);
        let rate = provider.map(|provider| provider.rate(&record.model));
        let lines = rate.as_ref().map(|rate| price_lines(record.usage.as_ref(), record.images, rate));
        Ok(RequestDetail {
            row: row_of(&record),
            headline: headline(&record),
            attempts: attempt_rows(&record),
            plan: record.plan.clone(),
            exclusions: record.exclusions.clone(),
            upstream_dialect: record.upstream_dialect.clone(),
            dropped: record.dropped.clone(),
            prices: lines.unwrap_or_default(),
            price_from: rate.as_ref().map(|rate| rate.from.clone()).unwrap_or_default(),
            images: record.images,
            stated: record.stated_cost.is_some(),
            list_cost: record.list_cost,
            reasoning_tokens: record
                .usage
                .as_ref()
                .and_then(|usage| usage.reasoning)
                .and_then(|tokens| i64::try_from(tokens).ok()),
            bytes_in: record.bytes_in,
            bytes_out: record.bytes_out,
            saver_level: record.saver.level,
            terse: record.saver.terse,
            savings: record.savings.clone(),
            saved_cost: record.saved_cost,
            upstream_id: record.upstream_id,
            finish: record.finish,
            payload,
        })
    }
}
