//! What a failed attempt means for the plan: the verdict by the provider's rules, seen in the light of what is left.

use super::attempt::Left;
use super::call::Course;
use super::lost::Failed;
use super::plan::{Plan, SHORT_WAIT, Step};
use super::record::Trace;
use crate::accounts::pulse::Circuit;
use crate::clock;
use crate::state::App;
use catalog::{Park, Ruling, Verdict};
use http::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use wire::Resume;

/// The end of the names of rules that mean a window that is too small.
pub(super) const TOO_LONG: &str = "/context-length";

/// The attempt that failed.
pub(super) struct About<'p> {
    pub(super) step: &'p Step,
    /// Whether it was a second try already.
    pub(super) retried: bool,
    /// How the model was made to go on.
    pub(super) resume: Resume,
}

/// What comes next, and why.
pub(super) struct Judgement {
    pub(super) next: Judged,
    pub(super) ruling: Ruling,
    /// The same in words.
    pub(super) words: &'static str,
    /// Whether it speaks against the model at the account.
    pub(super) counts: bool,
    /// Whether the token was only old, and is renewed: that says nothing of the account.
    pub(super) renewed: bool,
}

/// What comes next.
pub(super) enum Judged {
    /// The same account once more.
    Again {
        /// After this wait.
        after: Duration,
        /// How the model is made to go on.
        resume: Resume,
    },
    /// The next in the plan.
    GoOn,
    /// The provider's answer goes to the client.
    Stop,
}

/// Judges a failure, and takes out of the plan what cannot do better.
pub(super) fn judge(
    course: Course<'_, '_>,
    plan: &Plan,
    left: &mut Left,
    about: &About<'_>,
    failed: &Failed,
) -> Judgement {
    let now = clock::now().unix_ms;
    let step = about.step;
    if failed.ended {
        let verdict = Verdict::NextAccount { park: None };
        let sentence = "It has to be signed in to again".to_owned();
        let ruling = Ruling { verdict, rule: "sign-in".to_owned(), credential: false, sentence };
        let words = "went on to the next account";
        return Judgement { next: Judged::GoOn, ruling, words, counts: false, renewed: false };
    }
    let ruling = failed.rule(step, now);
    let goes_on = |left: &Left| left.steps.iter().any(|place| same_target(plan, *place, step));
    let may_retry = !about.retried && left.calls > 0;
    // Where there is another, the last call is better spent on it, and one whose circuit is open had its try.
    let pulse = step.account.health.pulse(&step.target.model);
    let sound = pulse.is_none_or(|pulse| pulse.circuit(now) == Circuit::Closed);
    let again_pays = left.steps.is_empty() || (sound && left.calls > 1);
    let again = |after, resume, words, ruling, counts| Judgement {
        next: Judged::Again { after, resume },
        ruling,
        words,
        counts,
        renewed: false,
    };
    // A token that is refused may only be old: that says nothing of the account, so nothing is parked.
    let refused = failed.status == Some(StatusCode::UNAUTHORIZED) || ruling.credential;
    if let (true, Some(token), Some(generation)) = (refused, step.account.token(), failed.token)
        && token.refuse(generation, now)
    {
        if may_retry {
            let ruling = Ruling { verdict: Verdict::RetryHere { after_ms: 0 }, ..ruling };
            let words = "renewed the sign-in and tried the same account again";
            let judged = again(Duration::ZERO, about.resume, words, ruling, false);
            return Judgement { renewed: true, ..judged };
        }
        let ruling = Ruling { verdict: Verdict::NextAccount { park: None }, ..ruling };
        let words = "went on to the next account";
        return Judgement { next: Judged::GoOn, ruling, words, counts: false, renewed: true };
    }
    let counts = failed.silent || matches!(ruling.verdict, Verdict::RetryHere { .. });
    match ruling.verdict {
        Verdict::RetryHere { after_ms } if may_retry && again_pays => {
            let after = Duration::from_millis(jittered(after_ms));
            return again(after, about.resume, "tried the same account again", ruling, counts);
        }
        // The rest of an answer was asked for in a way that this model refuses.
        Verdict::Stop if course.said.is_some() => {
            if may_retry && about.resume != Resume::Turn {
                let words = "asked the same account again in another way";
                return again(Duration::ZERO, Resume::Turn, words, ruling, false);
            }
        }
        Verdict::Stop => {
            let words = "handed the provider's answer to the client";
            return Judgement { next: Judged::Stop, ruling, words, counts: false, renewed: false };
        }
        Verdict::NextAccount { park: Some(park) } | Verdict::NextTarget { park: Some(park) }
            if may_retry
                && !park.needs_person
                && (0..=SHORT_WAIT).contains(&(park.until - now))
                && !goes_on(left) =>
        {
            let after = Duration::from_millis((park.until - now).unsigned_abs());
            return again(after, about.resume, "waited as long as the provider asked for", ruling, false);
        }
        Verdict::NextTarget { .. } => {
            left.steps.retain(|place| !same_target(plan, *place, step));
            if ruling.rule.ends_with(TOO_LONG) {
                keep_larger(plan, left, step);
            }
        }
        Verdict::NextAccount { .. } | Verdict::RetryHere { .. } => {}
    }
    let words = match ruling.verdict {
        Verdict::NextAccount { park: Some(_) } => "parked the account and went on to the next",
        Verdict::NextTarget { .. } => "went on to the next target",
        _ => "went on to the next account",
    };
    Judgement { next: Judged::GoOn, ruling, words, counts, renewed: false }
}

fn same_target(plan: &Plan, place: usize, step: &Step) -> bool {
    plan.steps.get(place).is_some_and(|other| Arc::ptr_eq(&other.target, &step.target))
}

/// The request is too long for this window: it will be for no larger ones either.
fn keep_larger(plan: &Plan, left: &mut Left, step: &Step) {
    let window = |step: &Step| step.target.known().and_then(|model| model.context);
    let Some(known) = window(step) else { return };
    left.steps.retain(|place| plan.steps.get(*place).and_then(window).is_none_or(|other| other > known));
}

/// Writes a failure down where it matters: the trace, the account's health, the log.
pub(super) fn note(
    app: &App,
    step: &Step,
    failed: &Failed,
    judged: &Judgement,
    attempt: usize,
    trace: &mut Trace,
) {
    let ruling = &judged.ruling;
    let status = failed.status.map(|status| status.as_u16());
    let message = &failed.error.message;
    let error =
        if message.is_empty() { ruling.sentence.clone() } else { format!("{}: {message}", ruling.sentence) };
    trace.failed(attempt, status, judged.words, &ruling.rule, &error);
    tracing::warn!(
        request = trace.id(),
        target = step.target.name(),
        account = step.account.name,
        status,
        rule = ruling.rule,
        "attempt failed: {}",
        ruling.sentence
    );
    let park = match ruling.verdict {
        Verdict::NextAccount { park } | Verdict::NextTarget { park } => park,
        Verdict::RetryHere { .. } => None,
        Verdict::Stop => return,
    };
    if let Some(park) = park {
        step.account.health.park(park, &step.target.model, &ruling.sentence);
    }
    if judged.renewed {
        return;
    }
    write_down(app, step, park, &ruling.sentence, error);
}

/// Keeps an account's failure across restarts, beside the request.
fn write_down(app: &App, step: &Step, park: Option<Park>, why: &str, error: String) {
    let (store, why) = (app.store.clone(), why.to_owned());
    let (account, model) = (step.account.id, step.target.model.clone());
    app.tasks.spawn(async move {
        let now = clock::now().unix_ms;
        let mut written = store.note_error(account, &error, now).await;
        if let (Ok(()), Some(park)) = (&written, park) {
            written = store.park_account(account, &model, park, &why).await;
        }
        if let Err(error) = written {
            tracing::error!(%error, account, "an account's failure could not be written down");
        }
    });
}

/// Between half of `after_ms` and all of it, so that many requests do not come back at once.
fn jittered(after_ms: u64) -> u64 {
    let mut random = [0_u8; 8];
    crate::accounts::seal::fill(&mut random);
    let half = after_ms / 2;
    half + u64::from_le_bytes(random) % (after_ms - half + 1)
}
