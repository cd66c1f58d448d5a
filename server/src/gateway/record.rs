//! Step 8: one record a request, whatever becomes of it: written when the guard goes, be it after the last byte or
//! because the client left.

use super::blocks::Block;
use super::caller::Caller;
use super::capture::{Capture, Tape};
use super::inbound::{Inbound, Side};
use super::pins::Pin;
use super::plan::{Plan, Step, Target};
use super::under_way::{Entry, Facts};
use crate::clock::Moment;
use crate::state::App;
use crate::store::{AttemptRecord, RequestRecord};
use crate::telemetry::Parent;
use crate::usage::price::Charge;
use crate::usage::recorder::Place;
use crate::usage::savings::Shortened;
use app::api::requests::{Cause, Exclusion, LeftOut, Outcome};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wire::{Dropped, Report};

/// Status kept for a client that left before the answer began, as nginx does.
const CLIENT_LEFT: u16 = 499;

/// Status kept for a request that shutdown did not wait for.
const STOPPING: u16 = 503;

/// How many originals a response names at most.
const ORIGINALS: usize = 20;

/// The record of one request under way.
pub struct Trace {
    arrived: Moment,
    record: Box<RequestRecord>,
    ended: bool,
    /// Whether it is passed on as it came, being none of the dialects: images, sound, vectors.
    beside: bool,
    /// The attempt that answers, or the last one begun.
    current: usize,
    target: Option<Arc<Target>>,
    /// What answered last: the attempt, its target and the dialect spoken there.
    answering: Option<(usize, Arc<Target>, String)>,
    /// The texts of tools that were shortened, and whether each is new.
    texts: Vec<(Arc<Block>, bool)>,
    place: Option<Place>,
    /// Its place among those that are not yet answered to the end.
    under_way: Entry,
    /// Whether it is also logged.
    log: bool,
    /// What of it is kept in full.
    capture: Option<Box<Capture>>,
    /// Cancelled when Ninerouter stops without waiting longer.
    cutting: CancellationToken,
}

impl Trace {
    /// Opens the record.
    pub fn open(arrived: Moment, caller: &Caller, inbound: &Inbound, app: &App, place: Place) -> Self {
        let record = RequestRecord {
            id: id_at(arrived.unix_ms),
            started_at: arrived.unix_ms,
            client: caller.tool.name.clone(),
            key_id: caller.key.as_ref().map(|key| key.id),
            key_name: caller.key.as_ref().map(|key| key.name.clone()).unwrap_or_default(),
            dialect: inbound.format().to_owned(),
            asked: inbound.peek.model.clone(),
            streaming: inbound.peek.stream,
            status: CLIENT_LEFT,
            saver: inbound.savings.pin,
            conversation: inbound.conversation.filter(|_| inbound.savings.kept),
            parent: Parent::of(&inbound.headers),
            bytes_in: i64::try_from(inbound.bytes.len()).unwrap_or(i64::MAX),
            ..RequestRecord::default()
        };
        let facts = Facts {
            arrived,
            client: record.client.clone(),
            key: record.key_name.clone(),
            asked: record.asked.clone(),
            combo: String::new(),
            target: None,
            attempts: 0,
            first_token_ms: None,
        };
        Self {
            under_way: app.under_way.begin(record.id, facts),
            arrived,
            record: Box::new(record),
            ended: false,
            beside: matches!(inbound.side, Some(Side::Also(..))),
            current: 0,
            target: None,
            answering: None,
            texts: inbound.savings.blocks.clone(),
            place: Some(place),
            log: app.config.log_requests,
            capture: None,
            cutting: app.tasks.cutting(),
        }
    }

    /// The request's id: 32 hexadecimal digits.
    pub fn id(&self) -> String {
        self.record.id.simple().to_string()
    }

    /// `provider/model` tried last; `None` before the first attempt.
    pub fn target_name(&self) -> Option<String> {
        self.target.as_ref().map(|target| target.name())
    }

    /// The ids of originals that were shortened and are new in the conversation, for a header; `None` without any.
    pub fn originals(&self) -> Option<String> {
        let fresh = self.texts.iter().filter(|(_, fresh)| *fresh).take(ORIGINALS);
        let ids: Vec<String> = fresh.map(|(block, _)| format!("{:032x}", block.id)).collect();
        (!ids.is_empty()).then(|| ids.join(", "))
    }

    /// Attempts begun.
    pub fn attempts(&self) -> i32 {
        self.record.attempt_count
    }

    /// Keeps the plan, where there was something to choose, and what it left out.
    pub fn planned(&mut self, plan: &Plan) {
        self.record.combo.clone_from(&plan.combo);
        self.record.exclusions.clone_from(&plan.exclusions);
        if !plan.combo.is_empty() {
            self.under_way.learn(|facts| facts.combo.clone_from(&plan.combo));
        }
        if plan.steps.len() > 1 {
            self.record.plan = plan.rows();
        }
    }

    /// Keeps what was left out when that was everything.
    pub fn excluded(&mut self, combo: String, exclusions: Vec<Exclusion>) {
        self.record.combo = combo;
        self.record.exclusions = exclusions;
    }

    /// Something of the plan turned out not to be possible when it came to it.
    pub fn leave_out(&mut self, step: &Step, why: &str) {
        let what = format!("{}, account {}", step.target.name(), step.account.name);
        self.record.exclusions.push(Exclusion { what, why: why.to_owned() });
    }

    /// An attempt begins, after a wait. Gives its number.
    pub fn begin(&mut self, step: &Step, cause: Cause, after: Duration) -> usize {
        let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        let attempt = AttemptRecord {
            provider_id: step.target.provider.spec.id.clone(),
            model: step.target.model.clone(),
            account_id: Some(step.account.id),
            account_name: step.account.name.clone(),
            start_ms: self.arrived.elapsed_ms().saturating_add(after),
            cause,
            server: step.speaks().and_then(|speaks| {
                Some((speaks.url.host_str()?.to_owned(), speaks.url.port_or_known_default()?))
            }),
            ..AttemptRecord::default()
        };
        self.record.attempt_count += 1;
        self.record.attempts.push(attempt);
        let number = self.record.attempts.len() - 1;
        self.lead(number, step);
        number
    }

    /// This attempt is the one the record speaks of.
    fn lead(&mut self, attempt: usize, step: &Step) {
        self.current = attempt;
        self.target = Some(Arc::clone(&step.target));
        self.under_way.learn(|facts| {
            facts.target = Some(Arc::clone(&step.target));
            facts.attempts = self.record.attempt_count;
        });
        let record = &mut self.record;
        record.provider_id.clone_from(&step.target.provider.spec.id);
        record.model.clone_from(&step.target.model);
        record.account_id = Some(step.account.id);
        record.account_name.clone_from(&step.account.name);
        record.upstream_dialect = match step.speaks() {
            _ if self.beside => record.dialect.clone(),
            Some(speaks) => speaks.word().to_owned(),
            None => String::new(),
        };
    }

    /// The attempt answers. `untouched`: it was sent what the client sent, whatever else was prepared.
    pub fn answers(&mut self, attempt: usize, step: &Step, untouched: bool) {
        if untouched {
            self.texts.clear();
            self.record.saver = Pin::default();
            self.record.conversation = None;
        }
        // Mostly it is the one that began last.
        if self.current != attempt {
            self.lead(attempt, step);
        }
    }

    /// What of the request the provider's dialect could not take.
    pub fn translated(&mut self, dropped: Vec<Dropped>) {
        self.record.dropped =
            dropped.into_iter().map(|one| LeftOut { what: one.path, why: one.why }).collect();
    }

    fn since(&self, attempt: usize) -> i64 {
        let began = self.record.attempts.get(attempt).map_or(0, |attempt| attempt.start_ms);
        (self.arrived.elapsed_ms() - began).max(0)
    }

    /// The attempt failed, before it answered or after.
    pub fn failed(&mut self, attempt: usize, status: Option<u16>, verdict: &str, rule: &str, error: &str) {
        let total_ms = self.since(attempt);
        if let Some(attempt) = self.record.attempts.get_mut(attempt) {
            attempt.total_ms = total_ms;
            attempt.status = status.or(attempt.status);
            attempt.verdict = verdict.to_owned();
            attempt.rule = rule.to_owned();
            attempt.error = error.to_owned();
        }
    }

    /// Another answered before this one said anything. `silent`: it had its time.
    pub fn outrun(&mut self, attempt: usize, silent: bool) {
        let total_ms = self.since(attempt);
        if let Some(attempt) = self.record.attempts.get_mut(attempt) {
            attempt.total_ms = total_ms;
            attempt.verdict = "given up, since another answered first".to_owned();
            if silent {
                attempt.verdict = "said nothing within the limit, and another answered first".to_owned();
                attempt.rule = "first-token limit".to_owned();
            }
        }
    }

    /// The attempt that is spoken of answers: its first meaningful frame is here.
    pub fn committed(&mut self, status: u16) {
        let first_token_ms = self.since(self.current);
        let since_arrival = *self.record.first_token_ms.get_or_insert(self.arrived.elapsed_ms());
        self.under_way.learn(|facts| facts.first_token_ms = Some(since_arrival));
        self.record.status = status;
        let dialect = &self.record.upstream_dialect;
        self.answering = self.target.clone().map(|target| (self.current, target, dialect.clone()));
        if let Some(attempt) = self.record.attempts.get_mut(self.current) {
            attempt.status = Some(status);
            attempt.first_token_ms = Some(first_token_ms);
            attempt.won = true;
        }
    }

    /// The number of the attempt that is spoken of.
    pub fn current(&self) -> usize {
        self.current
    }

    /// Keeps what the provider stated of its answer.
    pub fn learn(&mut self, report: &Report) {
        self.record.usage.clone_from(&report.usage);
        let states = self.target.as_ref().is_some_and(|target| target.provider.spec.states_cost);
        self.record.stated_cost = report.cost.filter(|_| states);
        self.record.images = i64::try_from(report.images).unwrap_or(i64::MAX);
        self.record.upstream_id.clone_from(&report.id);
        self.record.finish.clone_from(&report.finish);
    }

    /// It is kept in full.
    pub(super) fn capture(&mut self, capture: Capture) {
        self.capture = Some(Box::new(capture));
    }

    /// Whether it is kept in full.
    pub fn logs(&self) -> bool {
        self.capture.is_some()
    }

    /// What goes out to the client, where it is kept.
    pub(super) fn tape(&self) -> Option<&Tape> {
        self.capture.as_ref().map(|capture| capture.reply())
    }

    /// The provider whose answer goes to the client was sent this.
    pub(super) fn sent_on(&mut self, body: Option<Bytes>, step: &Step) {
        if let Some(capture) = &mut self.capture {
            capture.sent(body, step);
        }
    }

    /// The reply begins with these headers.
    pub(super) fn heads(&self, status: StatusCode, headers: &HeaderMap) {
        if let Some(tape) = self.tape() {
            tape.head(status, headers);
        }
    }

    /// Bytes went out to the client.
    pub fn sent(&mut self, bytes: &[u8]) {
        self.record.bytes_out += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if let Some(tape) = self.tape() {
            tape.take(bytes);
        }
    }

    /// The client got a whole answer.
    pub fn answered(&mut self) {
        self.record.outcome = Outcome::Answered;
        self.end_attempt("");
    }

    /// The client got an error instead of an answer.
    pub fn refused(&mut self, status: u16, error: &str) {
        self.record.outcome = Outcome::Failed;
        self.record.status = status;
        error.clone_into(&mut self.record.error);
        self.ended = true;
    }

    /// The answer broke off after it had begun.
    pub fn broke(&mut self, error: &str) {
        self.record.outcome = Outcome::Broken;
        error.clone_into(&mut self.record.error);
        self.end_attempt(error);
    }

    /// What was shortened, for the ledger.
    fn shortened(&self) -> Option<Shortened> {
        if self.texts.is_empty() {
            return None;
        }
        let rate = self.target.as_ref().map(|target| target.provider.rate(&target.model));
        Some(Shortened::of(&self.texts, rate))
    }

    /// Where one broke off and nobody went on, it is its answer that the client got, and not one of whom was tried after it.
    fn book(&mut self) {
        let Some((attempt, target, dialect)) = self.answering.take() else { return };
        let Some(answered) = self.record.attempts.get(attempt).filter(|_| attempt != self.current) else {
            return;
        };
        self.record.provider_id.clone_from(&answered.provider_id);
        self.record.model.clone_from(&answered.model);
        self.record.account_id = answered.account_id;
        self.record.account_name.clone_from(&answered.account_name);
        self.record.upstream_dialect = dialect;
        self.target = Some(target);
    }

    fn end_attempt(&mut self, error: &str) {
        let total_ms = self.since(self.current);
        if let Some(attempt) = self.record.attempts.get_mut(self.current) {
            attempt.total_ms = total_ms;
            if attempt.error.is_empty() {
                error.clone_into(&mut attempt.error);
            }
        }
        self.ended = true;
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        if !self.ended {
            let now = self.arrived.elapsed_ms();
            for attempt in &mut self.record.attempts {
                // Whatever was under way ends here.
                if attempt.total_ms == 0 && attempt.verdict.is_empty() {
                    attempt.total_ms = (now - attempt.start_ms).max(0);
                }
            }
            if self.cutting.is_cancelled() {
                // The step above answers with this status and sentence in the client's dialect.
                (self.record.outcome, self.record.status) = (Outcome::Failed, STOPPING);
                "Ninerouter was stopping.".clone_into(&mut self.record.error);
            } else {
                "The client left before the end.".clone_into(&mut self.record.error);
            }
        }
        self.record.total_ms = self.arrived.elapsed_ms();
        self.book();
        if let Some(target) = &self.target {
            let rate = target.provider.rate(&target.model);
            self.record.charge(Charge::of(&self.record, &rate));
        }
        if self.log {
            let record = &self.record;
            tracing::info!(
                request = self.id(),
                client = record.client,
                key = record.key_name,
                asked = record.asked,
                provider = record.provider_id,
                model = record.model,
                account = record.account_name,
                status = record.status,
                attempts = record.attempt_count,
                total_ms = record.total_ms,
                "request ended: {:?}",
                record.outcome
            );
        }
        if let Some(capture) = self.capture.take() {
            capture.end(self.record.id, self.record.started_at);
        }
        if let Some(place) = self.place.take() {
            let shortened = self.shortened();
            place.take(std::mem::take(&mut *self.record), shortened);
        }
    }
}

/// A new id whose order is that of arrival.
fn id_at(unix_ms: i64) -> Uuid {
    let seconds = unix_ms.div_euclid(1000).unsigned_abs();
    let nanos = u32::try_from(unix_ms.rem_euclid(1000)).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}
