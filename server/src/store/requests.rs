//! Single requests with their attempts and exclusions.

use super::entity::{attempts, exclusions, requests};
use super::lines::{dropped_lines, dropped_of, plan_lines, plan_of};
use super::rows::insert_rows;
use super::savings::{insert_savings, savings_of};
use super::words::{cause_of, cause_word, outcome_of, outcome_word};
use super::{Store, StoreError};
use crate::gateway::pins::Pin;
use crate::telemetry::Parent;
use crate::usage::price::Charge;
use app::api::combos::PlanRow;
use app::api::requests::{Cause, Exclusion, LeftOut, Outcome};
use app::api::saver::SavingRow;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// One request as it ended.
#[derive(Clone, Debug, Default)]
pub struct RequestRecord {
    /// Version 7: sorts by time.
    pub id: Uuid,
    /// When it arrived, Unix ms.
    pub started_at: i64,
    /// The coding tool.
    pub client: String,
    /// The caller key.
    pub key_id: Option<i64>,
    /// Its name at the time.
    pub key_name: String,
    /// The client's wire format.
    pub dialect: String,
    /// The wire format of the provider that answered, or was tried last; empty when none was.
    pub upstream_dialect: String,
    /// What of the request could not be said in that format.
    pub dropped: Vec<LeftOut>,
    /// The model name asked for.
    pub asked: String,
    /// The combo that name stood for; empty when none.
    pub combo: String,
    /// The provider that answered, or was tried last; empty when none was.
    pub provider_id: String,
    /// Its model.
    pub model: String,
    /// The account used.
    pub account_id: Option<i64>,
    /// Its name at the time.
    pub account_name: String,
    /// Whether the client asked for a stream.
    pub streaming: bool,
    /// The HTTP status the client got.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// Calls made upstream.
    pub attempt_count: i32,
    /// The calls upstream; left out of the database when there was just one and it answered, because then
    /// the request says it all.
    pub attempts: Vec<AttemptRecord>,
    /// Token counts; `None` when the provider stated none.
    pub usage: Option<wire::Usage>,
    /// Images that were made.
    pub images: i64,
    /// What the provider states that it cost, USD in units of 10^-9; `None` where it states nothing.
    pub stated_cost: Option<i64>,
    /// USD in units of 10^-9; `None` when unknown.
    pub cost: Option<i64>,
    /// Whether that is nothing because a flat fee, a free tier or one's own machine covers it.
    pub covered: bool,
    /// Covered: what the same tokens would have cost at list price, USD in units of 10^-9; `None` when unknown.
    pub list_cost: Option<i64>,
    /// From arrival to the first meaningful frame.
    pub first_token_ms: Option<i64>,
    /// From arrival to the end.
    pub total_ms: i64,
    /// Bytes of the request body.
    pub bytes_in: i64,
    /// Bytes of the reply sent.
    pub bytes_out: i64,
    /// The provider's id of its reply.
    pub upstream_id: String,
    /// The provider's word for why it stopped.
    pub finish: String,
    /// What went wrong; empty when nothing did.
    pub error: String,
    /// The plan, in the order it would be tried; empty when there was nothing to choose.
    pub plan: Vec<PlanRow>,
    /// What was left out of the plan.
    pub exclusions: Vec<Exclusion>,
    /// How far the output of tools was shortened, and how tersely an answer was asked for.
    pub saver: Pin,
    /// The conversation that keeps that; `None` where this request alone went by it.
    pub conversation: Option<u64>,
    /// What was shortened, by filter and tool.
    pub savings: Vec<SavingRow>,
    /// Tokens that were saved.
    pub saved_tokens: i64,
    /// What they would have cost at list price, USD in units of 10^-9; `None` when unknown.
    pub saved_cost: Option<i64>,
    /// The client's span that it belongs to; not kept in the database.
    pub parent: Option<Parent>,
}

/// One call upstream.
#[derive(Clone, Debug, Default)]
pub struct AttemptRecord {
    /// The provider.
    pub provider_id: String,
    /// Its model.
    pub model: String,
    /// The account used.
    pub account_id: Option<i64>,
    /// Its name at the time.
    pub account_name: String,
    /// From the request's arrival to its start.
    pub start_ms: i64,
    /// From its start to the first meaningful frame.
    pub first_token_ms: Option<i64>,
    /// From its start to its end.
    pub total_ms: i64,
    /// The provider's HTTP status.
    pub status: Option<u16>,
    /// Whether it answered.
    pub won: bool,
    /// Why it was made.
    pub cause: Cause,
    /// What its failure meant for the plan.
    pub verdict: String,
    /// The rule that said so.
    pub rule: String,
    /// What went wrong.
    pub error: String,
    /// Host and port that were called; not kept in the database.
    pub server: Option<(String, u16)>,
}

impl RequestRecord {
    /// Whether anything was used: a request that never reached a model used nothing.
    pub(crate) fn used(&self) -> bool {
        self.usage.is_some() || self.outcome != Outcome::Failed
    }

    /// Takes what it cost.
    pub(crate) fn charge(&mut self, charge: Charge) {
        (self.cost, self.covered, self.list_cost) = (charge.cost, charge.covered, charge.list_cost);
    }

    /// Whether its attempts say more than the request does.
    fn keeps_attempts(&self) -> bool {
        !matches!(self.attempts.as_slice(), [] | [AttemptRecord { won: true, .. }])
    }
}

fn count(tokens: Option<u64>) -> Option<i64> {
    tokens.map(|tokens| i64::try_from(tokens).unwrap_or(i64::MAX))
}

fn request_row(record: &RequestRecord) -> requests::ActiveModel {
    let usage = record.usage.as_ref();
    requests::ActiveModel {
        id: Set(record.id),
        started_at: Set(record.started_at),
        client: Set(record.client.clone()),
        key_id: Set(record.key_id),
        key_name: Set(record.key_name.clone()),
        dialect: Set(record.dialect.clone()),
        asked: Set(record.asked.clone()),
        combo: Set(record.combo.clone()),
        provider_id: Set(record.provider_id.clone()),
        model: Set(record.model.clone()),
        account_id: Set(record.account_id),
        account_name: Set(record.account_name.clone()),
        streaming: Set(record.streaming),
        status: Set(i32::from(record.status)),
        outcome: Set(outcome_word(record.outcome).to_owned()),
        attempts: Set(record.attempt_count),
        input_tokens: Set(count(usage.map(|usage| usage.input))),
        cache_read_tokens: Set(count(usage.map(|usage| usage.cache_read))),
        cache_write_tokens: Set(count(usage.map(|usage| usage.cache_write))),
        output_tokens: Set(count(usage.map(|usage| usage.output))),
        reasoning_tokens: Set(count(usage.and_then(|usage| usage.reasoning))),
        cost: Set(record.cost),
        first_token_ms: Set(record.first_token_ms),
        total_ms: Set(record.total_ms),
        bytes_in: Set(record.bytes_in),
        bytes_out: Set(record.bytes_out),
        upstream_id: Set(record.upstream_id.clone()),
        finish: Set(record.finish.clone()),
        error: Set(record.error.clone()),
        upstream_dialect: Set(record.upstream_dialect.clone()),
        dropped: Set(dropped_lines(&record.dropped)),
        plan: Set(plan_lines(&record.plan)),
        saver_level: Set(record.saver.level.word().to_owned()),
        saved_tokens: Set(record.saved_tokens),
        saved_cost: Set(record.saved_cost),
        conversation: Set(record.conversation.map(u64::cast_signed)),
        saver_filters: Set(record.saver.filters.cast_signed()),
        saver_version: Set(record.saver.version.cast_signed()),
        terse: Set(record.saver.terse.word().to_owned()),
        list_cost: Set(record.list_cost),
        covered: Set(record.covered),
        images: Set(record.images),
        stated_cost: Set(record.stated_cost),
    }
}

fn attempt_row(record: &RequestRecord, position: i32, attempt: &AttemptRecord) -> attempts::ActiveModel {
    attempts::ActiveModel {
        request_id: Set(record.id),
        key_id: Set(record.key_id),
        client: Set(record.client.clone()),
        combo: Set(record.combo.clone()),
        position: Set(position),
        provider_id: Set(attempt.provider_id.clone()),
        model: Set(attempt.model.clone()),
        account_id: Set(attempt.account_id),
        account_name: Set(attempt.account_name.clone()),
        start_ms: Set(attempt.start_ms),
        first_token_ms: Set(attempt.first_token_ms),
        total_ms: Set(attempt.total_ms),
        status: Set(attempt.status.map(i32::from)),
        won: Set(attempt.won),
        cause: Set(cause_word(attempt.cause).to_owned()),
        verdict: Set(attempt.verdict.clone()),
        rule: Set(attempt.rule.clone()),
        error: Set(attempt.error.clone()),
    }
}

/// Writes records inside a transaction of the caller's.
pub(super) async fn insert(work: &DatabaseTransaction, records: &[RequestRecord]) -> Result<(), StoreError> {
    insert_rows(work, records.iter().map(request_row)).await?;
    let attempts: Vec<_> = records
        .iter()
        .filter(|record| record.keeps_attempts())
        .flat_map(|record| {
            (0..).zip(&record.attempts).map(|(position, attempt)| attempt_row(record, position, attempt))
        })
        .collect();
    insert_rows(work, attempts.into_iter()).await?;
    let exclusions: Vec<_> = records
        .iter()
        .flat_map(|record| {
            (0..).zip(&record.exclusions).map(|(position, exclusion)| exclusions::ActiveModel {
                request_id: Set(record.id),
                position: Set(position),
                what: Set(exclusion.what.clone()),
                why: Set(exclusion.why.clone()),
            })
        })
        .collect();
    insert_rows(work, exclusions.into_iter()).await?;
    insert_savings(work, records).await
}

/// What a request went by, from its columns.
pub(super) fn pin_of(level: &str, filters: i32, version: i32, terse: &str) -> Pin {
    Pin {
        level: level.parse().unwrap_or_default(),
        filters: filters.cast_unsigned(),
        version: version.cast_unsigned(),
        terse: terse.parse().unwrap_or_default(),
    }
}

pub(super) fn record_of(row: requests::Model) -> RequestRecord {
    let number = |tokens: Option<i64>| tokens.and_then(|tokens| u64::try_from(tokens).ok());
    let usage = match (number(row.input_tokens), number(row.output_tokens)) {
        (Some(input), Some(output)) => Some(wire::Usage {
            input,
            output,
            cache_read: number(row.cache_read_tokens).unwrap_or(0),
            cache_write: number(row.cache_write_tokens).unwrap_or(0),
            reasoning: number(row.reasoning_tokens),
        }),
        _ => None,
    };
    RequestRecord {
        id: row.id,
        started_at: row.started_at,
        client: row.client,
        key_id: row.key_id,
        key_name: row.key_name,
        dialect: row.dialect,
        upstream_dialect: row.upstream_dialect,
        dropped: dropped_of(&row.dropped),
        asked: row.asked,
        combo: row.combo,
        provider_id: row.provider_id,
        model: row.model,
        account_id: row.account_id,
        account_name: row.account_name,
        streaming: row.streaming,
        status: u16::try_from(row.status).unwrap_or(0),
        outcome: outcome_of(&row.outcome).unwrap_or(Outcome::Failed),
        attempt_count: row.attempts,
        attempts: Vec::new(),
        usage,
        cost: row.cost,
        covered: row.covered,
        list_cost: row.list_cost,
        first_token_ms: row.first_token_ms,
        total_ms: row.total_ms,
        bytes_in: row.bytes_in,
        bytes_out: row.bytes_out,
        upstream_id: row.upstream_id,
        finish: row.finish,
        error: row.error,
        plan: plan_of(&row.plan),
        exclusions: Vec::new(),
        saver: pin_of(&row.saver_level, row.saver_filters, row.saver_version, &row.terse),
        conversation: row.conversation.map(i64::cast_unsigned),
        savings: Vec::new(),
        saved_tokens: row.saved_tokens,
        saved_cost: row.saved_cost,
        images: row.images,
        stated_cost: row.stated_cost,
        parent: None,
    }
}

pub(super) fn attempt_of(row: attempts::Model) -> AttemptRecord {
    AttemptRecord {
        provider_id: row.provider_id,
        model: row.model,
        account_id: row.account_id,
        account_name: row.account_name,
        start_ms: row.start_ms,
        first_token_ms: row.first_token_ms,
        total_ms: row.total_ms,
        status: row.status.and_then(|status| u16::try_from(status).ok()),
        won: row.won,
        cause: cause_of(&row.cause).unwrap_or_default(),
        verdict: row.verdict,
        rule: row.rule,
        error: row.error,
        server: None,
    }
}

/// The smallest version 7 id of a millisecond: the first 48 bits are the time.
pub(crate) fn first_id(unix_ms: i64) -> Uuid {
    Uuid::from_u128(u128::try_from(unix_ms).unwrap_or(0) << 80)
}

impl Store {
    /// One request with its attempts and exclusions.
    pub async fn request(&self, id: Uuid) -> Result<RequestRecord, StoreError> {
        let row = requests::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let mut record = record_of(row);
        let rows = attempts::Entity::find()
            .filter(attempts::Column::RequestId.eq(id))
            .order_by_asc(attempts::Column::Position)
            .all(&self.db)
            .await?;
        record.attempts = rows.into_iter().map(attempt_of).collect();
        let rows = exclusions::Entity::find()
            .filter(exclusions::Column::RequestId.eq(id))
            .order_by_asc(exclusions::Column::Position)
            .all(&self.db)
            .await?;
        record.exclusions = rows.into_iter().map(|row| Exclusion { what: row.what, why: row.why }).collect();
        record.savings = savings_of(&self.db, id).await?;
        Ok(record)
    }
}
