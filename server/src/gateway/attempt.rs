//! Step 5: the attempts, one after the other along the plan, beside each other where one is silent, until one answers.

use super::call::{Answer, Course, call};
use super::judge::{Judged, judge, note};
use super::lost::{Failed, Lost, all_out, refusal};
use super::plan::{Plan, Step};
use super::record::Trace;
use crate::accounts::pulse::Under;
use crate::accounts::quota;
use crate::clock::{self, Moment};
use app::api::requests::Cause;
use bytes::Bytes;
use catalog::Ruling;
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::HeaderMap;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use wire::Resume;

/// Calls beside each other at most: each is paid for.
const ABREAST: usize = 3;

/// What is left to be tried, should the answer break off.
#[derive(Clone, Debug, Default)]
pub(super) struct Left {
    /// Places in the plan, in order.
    pub(super) steps: VecDeque<usize>,
    /// Calls that may still be made.
    pub(super) calls: usize,
}

impl Left {
    /// All of a plan.
    pub(super) fn all(plan: &Plan) -> Self {
        Self { steps: (0..plan.steps.len()).collect(), calls: plan.limits.attempts }
    }
}

/// An answer, and whose it is.
pub(super) struct Winner {
    pub(super) answer: Answer,
    /// The place in the plan.
    pub(super) step: usize,
    /// Keeps count of it while it is under way.
    pub(super) under: Under,
}

/// A call that runs beside others.
struct Beside {
    place: usize,
    attempt: usize,
    begun: Moment,
    /// How long it was to wait before it began.
    wait: Duration,
}

/// One call under way.
struct Run<'p> {
    step: &'p Step,
    place: usize,
    /// Which of the trace's attempts it is.
    attempt: usize,
    cause: Cause,
    resume: Resume,
    began: Moment,
    under: Under,
    /// The body that went out, where the request is logged.
    sent: Option<Bytes>,
}

/// Works through what is left of the plan until something answers.
pub(super) async fn run(
    course: Course<'_, '_>,
    plan: &Plan,
    left: &mut Left,
    trace: &mut Trace,
) -> Result<Winner, Lost> {
    let mut failures: Vec<(&Step, Failed, Ruling)> = Vec::new();
    let mut racing = FuturesUnordered::new();
    let mut under_way: Vec<Beside> = Vec::new();
    let limit = plan.limits.hedge.unwrap_or(Duration::MAX / 4);
    let mut silence = pin!(sleep(limit.min(Duration::from_secs(86_400))));
    let first_cause = if course.said.is_some() { Cause::Rescue } else { Cause::Plan };
    let mut cause = first_cause;
    let mut wanted = true;
    // The request was refused by one while another was still at it.
    let mut refused = None;
    loop {
        if racing.is_empty()
            && let Some(lost) = refused.take()
        {
            return Err(lost);
        }
        if refused.is_none() && (wanted || racing.is_empty()) {
            let beside = if cause == Cause::Hedge { &under_way[..] } else { &[] };
            if let Some(run) = next(course, plan, left, beside, cause, trace) {
                under_way.push(Beside::of(&run, wait_for(run.step)));
                racing.push(go(course, run, Duration::ZERO));
                // A timer that nobody waits for is not worth setting.
                if plan.limits.hedge.is_some() {
                    silence.as_mut().reset(soon(limit));
                }
            } else if racing.is_empty() {
                return Err(all_out(plan, failures, course.request.inbound.dialect));
            }
            (wanted, cause) = (false, first_cause);
        }
        let hedges = plan.limits.hedge.is_some()
            && under_way.len() < ABREAST
            && course.request.inbound.peek.stream
            && refused.is_none();
        let (mut run, result) = tokio::select! {
            biased;
            Some(ended) = racing.next() => ended,
            () = &mut silence, if hedges => {
                (wanted, cause) = (true, Cause::Hedge);
                // Should nothing be left to start beside it, it is simply waited for.
                silence.as_mut().reset(soon(Duration::from_secs(86_400)));
                continue;
            }
        };
        under_way.retain(|other| other.attempt != run.attempt);
        let failed = match result {
            Ok(answer) => {
                run.under.pulse().answered(i64::try_from(run.began.elapsed_micros()).unwrap_or(i64::MAX));
                drop(racing);
                for other in under_way {
                    outrun(course, &plan.steps[other.place], &other, limit, trace);
                }
                note_quota(run.step, &answer.headers, plan.drains);
                trace.answers(run.attempt, run.step, course.request.untouched(run.step));
                trace.sent_on(run.sent, run.step);
                return Ok(Winner { answer, step: run.place, under: run.under });
            }
            Err(failed) => failed,
        };
        let judged = judge(course, plan, left, &run.about(), &failed);
        quota::read(
            &run.step.target.provider,
            &run.step.account.quota,
            &failed.headers,
            &run.step.target.model,
            clock::now().unix_ms,
        );
        note(course.app, run.step, &failed, &judged, run.attempt, trace);
        // What goes to the client may quote what went out, whoever answers in the end.
        trace.sent_on(run.sent.take(), run.step);
        if judged.counts {
            run.under.pulse().failed(clock::now().unix_ms, course.policy.circuit_ms);
        }
        match judged.next {
            Judged::Again { after, resume } => {
                let (step, place) = (run.step, run.place);
                // The circuit lets one through at a time: this one goes on.
                let under = run.under;
                left.calls = left.calls.saturating_sub(1);
                let attempt = trace.begin(step, Cause::Retry, after);
                let run = Run {
                    step,
                    place,
                    attempt,
                    cause: Cause::Retry,
                    resume,
                    began: clock::now(),
                    under,
                    sent: None,
                };
                under_way.push(Beside::of(&run, after));
                racing.push(go(course, run, after));
            }
            Judged::Stop => {
                let mut sentence = judged.ruling.sentence.clone();
                if let Some(fault) = course.request.fault(run.step, &failed) {
                    sentence = format!("{sentence}; by our own reading {fault}");
                }
                // Who runs beside it may be of another opinion; nobody else is asked.
                refused = Some(refusal(failed, run.step, sentence, course.request.inbound.dialect));
            }
            Judged::GoOn => {
                failures.push((run.step, failed, judged.ruling));
                // Whoever runs beside it may answer yet; the next one starts all the same.
                wanted = true;
            }
        }
    }
}

/// Makes one call, after a wait.
async fn go<'p>(
    course: Course<'_, '_>,
    mut run: Run<'p>,
    wait: Duration,
) -> (Run<'p>, Result<Answer, Failed>) {
    let wait = wait.max(wait_for(run.step));
    if !wait.is_zero() {
        sleep(wait).await;
    }
    run.began = clock::now();
    let answer = call(course, run.step, run.resume, &mut run.sent).await;
    (run, answer)
}

/// How long a step is to be waited for.
fn wait_for(step: &Step) -> Duration {
    Duration::from_millis(u64::try_from(step.not_before - clock::now().unix_ms).unwrap_or(0))
}

/// Begins the next call of the plan. `beside`: what runs already, whose targets are left alone.
fn next<'p>(
    course: Course<'_, '_>,
    plan: &'p Plan,
    left: &mut Left,
    beside: &[Beside],
    cause: Cause,
    trace: &mut Trace,
) -> Option<Run<'p>> {
    let now = clock::now();
    let mut at = 0;
    while left.calls > 0 {
        let place = *left.steps.get(at)?;
        let step = plan.steps.get(place)?;
        let busy = |other: &Beside| Arc::ptr_eq(&plan.steps[other.place].target, &step.target);
        if beside.iter().any(busy) {
            at += 1;
            continue;
        }
        left.steps.remove(at);
        let pulse = step.account.health.pulse_of(&step.target.model);
        let under = match Under::begin(&pulse, now.unix_ms) {
            Some(under) => under,
            // It is that or nothing.
            None if left.steps.is_empty() && trace.attempts() == 0 => Under::regardless(&pulse),
            None => {
                trace.leave_out(step, "another request is trying whether it is back");
                continue;
            }
        };
        left.calls -= 1;
        let attempt = trace.begin(step, cause, wait_for(step));
        // Found out by decoding the request, so only where there is something to go on with.
        let resume = course.said.map_or(Resume::Turn, |_| course.request.resume(step));
        return Some(Run { step, place, attempt, cause, resume, began: now, under, sent: None });
    }
    None
}

/// One that had said nothing when another answered: at fault only where it had its time.
fn outrun(course: Course<'_, '_>, step: &Step, run: &Beside, limit: Duration, trace: &mut Trace) {
    let ran = Duration::from_micros(u64::try_from(run.begun.elapsed_micros()).unwrap_or(0));
    let silent = ran >= limit.saturating_add(run.wait);
    if silent {
        let pulse = step.account.health.pulse_of(&step.target.model);
        pulse.failed(clock::now().unix_ms, course.policy.circuit_ms);
    }
    trace.outrun(run.attempt, silent);
}

/// Keeps in mind how much of the account is left, and where that matters when its quota begins anew, as the answer says.
fn note_quota(step: &Step, headers: &HeaderMap, drains: bool) {
    let now = clock::now().unix_ms;
    step.account.quota.used(now);
    quota::read(&step.target.provider, &step.account.quota, headers, &step.target.model, now);
    if !drains {
        return;
    }
    let headers = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    if let Some(at) = catalog::quota_renewal(headers, now) {
        step.account.health.note_quota(at);
    }
}

impl Beside {
    fn of(run: &Run<'_>, wait: Duration) -> Self {
        Self { place: run.place, attempt: run.attempt, begun: run.began, wait }
    }
}

impl Run<'_> {
    fn about(&self) -> super::judge::About<'_> {
        super::judge::About { step: self.step, retried: self.cause == Cause::Retry, resume: self.resume }
    }
}

#[expect(clippy::disallowed_methods, reason = "a timer needs tokio's clock, which tests can pause")]
fn soon(limit: Duration) -> tokio::time::Instant {
    tokio::time::Instant::now() + limit.min(Duration::from_secs(86_400))
}
