//! An answer that breaks off after the client has had some of it goes on at another account or target.

use super::attempt::{self, Left, Winner};
use super::call::{Answer, Course, Won};
use super::caller::Tool;
use super::inbound::Inbound;
use super::judge::{About, judge, note};
use super::lost::{Failed, Lost};
use super::plan::Plan;
use super::record::Trace;
use super::translate::Request;
use crate::accounts::pulse::Under;
use crate::clock;
use crate::state::App;
use crate::store::snapshot::Snapshot;
use crate::upstream::ReplyBody;
use bytes::Bytes;
use catalog::Verdict;
use std::sync::Arc;
use std::time::Duration;
use wire::{Fault, Interrupted, Passage, Resume};

/// How often one that broke off goes on with its own answer, when nobody else is left.
const AGAIN: u8 = 2;

/// All that a request was made of, for as long as its answer may break off.
pub(super) struct Rest {
    pub(super) app: App,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) plan: Plan,
    pub(super) left: Left,
    /// The place in the plan that answers.
    pub(super) current: usize,
    /// How often one that broke off was kept in reserve.
    pub(super) again: u8,
    pub(super) tool: Tool,
    pub(super) inbound: Inbound,
    pub(super) id: String,
}

/// A stream under way.
pub(super) struct Flow {
    pub(super) passage: Box<Passage>,
    pub(super) body: ReplyBody,
    pub(super) under: Under,
}

/// What became of a rescue.
pub(super) struct Rescued {
    pub(super) rest: Box<Rest>,
    pub(super) trace: Trace,
    pub(super) outcome: Outcome,
}

/// How it ended.
pub(super) enum Outcome {
    /// Somebody goes on: what they sent so far is still to be taken through the passage.
    Flows(Flow, Vec<Bytes>),
    /// Nobody does: the error that ends the client's stream, and the same in words.
    Ends(Bytes, String),
}

impl Rest {
    /// How long the stream may stand still: less where somebody else could go on.
    pub(super) fn silence(&self) -> Duration {
        let limits = self.plan.limits;
        if limits.rescue && !self.left.steps.is_empty() {
            return limits.stall;
        }
        Duration::from_millis(self.snapshot.policy.idle_ms.unsigned_abs())
    }

    /// Writes down that the answer broke off; `false`: nobody else would do better, or nobody is to try.
    pub(super) fn broke(&mut self, failed: &Failed, under: &Under, trace: &mut Trace) -> bool {
        let Some(step) = self.plan.steps.get(self.current) else { return false };
        let (policy, limits) = (&self.snapshot.policy, self.plan.limits);
        let request = Request::new(&self.inbound, &self.tool);
        let course = Course {
            app: &self.app,
            policy,
            limits,
            request: &request,
            tool: &self.tool,
            id: &self.id,
            said: Some(""),
            logs: trace.logs(),
        };
        // What broke off was a second try by now: the same account comes last.
        let about = About { step, retried: true, resume: Resume::Turn };
        let mut judged = judge(course, &self.plan, &mut self.left, &about, failed);
        let passing = matches!(judged.ruling.verdict, Verdict::RetryHere { .. });
        if limits.rescue && passing && self.again < AGAIN {
            self.again += 1;
            if self.left.steps.is_empty() {
                self.left.calls = self.left.calls.max(1);
            }
            self.left.steps.push_back(self.current);
        }
        let goes_on = limits.rescue && judged.ruling.verdict != Verdict::Stop && !self.left.steps.is_empty();
        judged.words = if goes_on { "had another one go on" } else { "ended the answer with the error" };
        note(&self.app, step, failed, &judged, trace.current(), trace);
        if judged.counts {
            under.pulse().failed(clock::now().unix_ms, policy.circuit_ms);
        }
        goes_on
    }
}

/// Finds somebody who goes on with the answer. `broken` is told where nobody does.
pub(super) async fn go_on(
    mut rest: Box<Rest>,
    mut trace: Trace,
    interrupted: Interrupted,
    broken: Fault,
) -> Rescued {
    let Rest { app, snapshot, plan, left, tool, inbound, id, .. } = &mut *rest;
    let (app, plan, policy, tool, id) = (&*app, &*plan, &snapshot.policy, &*tool, &*id);
    let said = interrupted.said().to_owned();
    let request = Request::new(inbound, tool);
    let course = Course {
        app,
        policy,
        limits: plan.limits,
        request: &request,
        tool,
        id,
        said: Some(&said),
        logs: trace.logs(),
    };
    let formed = !said.is_empty() && request.has_form();
    let won = if formed {
        let why = "Two halves of it from two models would not have the form that was asked for.";
        Err(Fault::new(broken.kind, format!("{} {why}", broken.message)))
    } else {
        attempt::run(course, plan, left, &mut trace).await.map_err(|lost| match lost {
            Lost::AllOut { fault, .. } => {
                Fault::new(broken.kind, format!("{} Nobody could go on. {}", broken.message, fault.message))
            }
            Lost::Refusal { sentence, .. } => {
                Fault::new(broken.kind, format!("{} Nobody could go on. {sentence}", broken.message))
            }
        })
    };
    let (outcome, current) = match won {
        Ok(Winner {
            answer: Answer { status, dropped, won: Won::Rest { chunks, back, body }, .. },
            step,
            under,
        }) => {
            trace.translated(dropped);
            trace.committed(status.as_u16());
            let passage = Box::new(back.going_on(interrupted, plan.limits));
            (Outcome::Flows(Flow { passage, body, under }, chunks), Some(step))
        }
        // A rescue is only ever answered by a rest.
        Ok(_) => (Outcome::Ends(interrupted.fail(&broken), broken.message), None),
        Err(fault) => (Outcome::Ends(interrupted.fail(&fault), fault.message), None),
    };
    drop(request);
    rest.current = current.unwrap_or(rest.current);
    Rescued { rest, trace, outcome }
}
