//! Step 4: which accounts at which targets will be tried, in what order, and why others will not. Pure: what it goes by
//! is given, and equal inputs give equal plans.
//!
//! | file | what it decides |
//! |---|---|
//! | `names.rs` | what a model name stands for |
//! | `targets.rs` | whether a target can serve this request, and in which dialect |
//! | `accounts.rs` | which of its accounts may be used now, in what order |
//! | `order.rs` | the order of a combo's targets |

mod accounts;
mod names;
mod order;
mod targets;

use crate::store::snapshot::{Account, Provider, Snapshot, Speaks};
pub(super) use accounts::SHORT_WAIT;
use app::api::combos::{Period, PlanRow, RoutePlan, Spent};
use app::api::requests::Exclusion;
use catalog::Also;
pub(super) use names::switched_off;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use targets::Candidate;
use wire::{Dialect, Fault, FaultKind, Malformed, Needs};

/// A provider and one of its models.
#[derive(Debug)]
pub struct Target {
    /// Whom to ask.
    pub provider: Arc<Provider>,
    /// What stands after the prefix in its name.
    pub model: String,
    /// Which of the provider's endpoints is used.
    speaks: usize,
}

impl Target {
    /// `provider/model`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.provider.spec.id, self.model)
    }

    /// What is known of the model.
    pub fn known(&self) -> Option<&catalog::Model> {
        self.provider.spec.model(&self.model)
    }

    /// The model's name as the provider wants it.
    pub fn sent_as(&self) -> &str {
        self.known().map_or(&self.model, |model| model.sent_as())
    }
}

/// One account at one target.
#[derive(Clone, Debug)]
pub struct Step {
    /// What to ask.
    pub target: Arc<Target>,
    /// On whose account.
    pub account: Arc<Account>,
    /// It may be asked from then on, Unix ms: a wait so short that it beats a worse model.
    pub not_before: i64,
    /// Why it stands where it stands.
    pub why: Cow<'static, str>,
}

impl Step {
    /// The endpoint used, at the account's own address where it has one.
    pub fn speaks(&self) -> Option<&Speaks> {
        self.account.speaks(&self.target.provider, self.target.speaks)
    }
}

/// How attempts are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a target may be silent before the next is started beside it; `None`: it is simply waited for.
    pub hedge: Option<Duration>,
    /// How long a stream that another could continue may stand still.
    pub stall: Duration,
    /// Whether a stream that breaks is continued by another.
    pub rescue: bool,
    /// Whether nothing else could answer: what comes is handed on as it comes.
    pub alone: bool,
    /// Most calls upstream.
    pub attempts: usize,
}

/// The ordered attempts for one request.
#[derive(Debug)]
pub struct Plan {
    /// The combo asked for; empty when none.
    pub combo: String,
    /// In the order they are tried.
    pub steps: Vec<Step>,
    /// What was left out.
    pub exclusions: Vec<Exclusion>,
    /// When the first account that is only parked comes back, Unix ms.
    pub earliest: Option<i64>,
    /// How attempts are made.
    pub limits: Limits,
    /// Whether the answers of an account are kept in mind for the conversation.
    pub keeps: bool,
    /// Whether plans are made by when quotas begin anew, so that answers are read for it.
    pub drains: bool,
}

/// Why nothing can be tried.
#[derive(Debug)]
pub struct NoPlan {
    /// What to tell the client.
    pub fault: Fault,
    /// Seconds after which it is worth asking again, when known.
    pub retry_after: Option<i64>,
    /// The combo asked for; empty when none.
    pub combo: String,
    /// What was left out.
    pub exclusions: Vec<Exclusion>,
}

/// A request, as far as the plan depends on it.
pub trait Asked {
    /// The model name the client gave.
    fn model(&self) -> &str;
    /// The client's wire format.
    fn dialect(&self) -> Dialect;
    /// What a target must be able to do.
    fn wants(&self) -> Wants {
        Wants::Answer
    }
    /// What it needs of a target that speaks another dialect, or that is known not to take everything. Found by decoding
    /// it, so only asked for when there is such a target.
    fn needs(&self) -> Result<Needs, Malformed>;
    /// What the vendor of the client's dialect refuses for certain, found in its turns.
    fn turn_fault(&self) -> Option<&Malformed> {
        None
    }
    /// The name of the coding tool it comes from.
    fn tool(&self) -> &str {
        ""
    }
    /// The least number of tokens it can have: a guess that errs downwards.
    fn least_tokens(&self) -> u64 {
        0
    }
}

/// What a target must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// Answer, in whatever dialect.
    Answer,
    /// What only its own dialect has.
    Own,
    /// What some providers have beside chat.
    Also(Also),
}

/// The account at which a conversation has its prompt cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The account.
    pub account: i64,
    /// The hash of the target's name.
    pub target: u64,
}

/// How things stand, beside what is configured.
pub trait Standing {
    /// Unix ms.
    fn now(&self) -> i64;
    /// Whose turn it is under this name, counting up.
    fn turn(&self, name: &str) -> u64;
    /// Where this conversation was answered last, if that is not long ago.
    fn kept(&self) -> Option<Kept>;
    /// What an account was used for in a period.
    fn spent(&self, account: i64, period: Period) -> Spent;
    /// What a combo used a target for in a period.
    fn spent_at(&self, combo: &str, provider: &str, model: &str, period: Period) -> Spent;
}

/// A plan in the making.
struct Draft<'a, A, S> {
    snapshot: &'a Snapshot,
    asked: &'a A,
    standing: &'a S,
    exclusions: Vec<Exclusion>,
    earliest: Option<i64>,
    /// Whether an account was left out that only a person can mend.
    needs_person: bool,
    /// Whether a model was left out that a person has switched off.
    off: bool,
    /// Why the request cannot be decoded, found when a target wanted it in another dialect.
    malformed: Option<String>,
    /// Accounts at targets whose circuit is open: better than nothing.
    failing: Vec<Step>,
    /// Whether a combo goes by when quotas begin anew.
    drains: bool,
}

/// The name that a client means. Claude Code marks the long-context variant of any model; the provider knows it by a
/// header.
pub(super) fn plain_name(asked: &str) -> &str {
    asked.strip_suffix("[1m]").unwrap_or(asked)
}

/// Makes the plan for a request. An error says, in the caller's words, why nothing can be tried.
pub fn plan(snapshot: &Snapshot, asked: &impl Asked, standing: &impl Standing) -> Result<Plan, Box<NoPlan>> {
    let mut draft = Draft {
        snapshot,
        asked,
        standing,
        exclusions: Vec::new(),
        earliest: None,
        needs_person: false,
        off: false,
        malformed: None,
        failing: Vec::new(),
        drains: false,
    };
    let name = plain_name(asked.model());
    let combo = snapshot.combo(name);
    let candidates = match combo {
        Some(combo) => draft.of_combo(combo, &mut Vec::new()),
        None => match names::single(snapshot, name, asked.dialect()) {
            Some((provider, model)) => draft.candidate(provider, model).into_iter().collect(),
            None => return Err(Box::new(NoPlan::new(names::unknown(snapshot, name)))),
        },
    };
    let candidates = draft.that_fit(candidates);
    let mut steps: Vec<Step> = Vec::new();
    for step in candidates.into_iter().flat_map(|candidate| candidate.steps) {
        // A target may stand in a combo and in one inside it.
        let same =
            |known: &Step| known.account.id == step.account.id && known.target.name() == step.target.name();
        if !steps.iter().any(same) {
            steps.push(step);
        }
    }
    if steps.is_empty() {
        steps = std::mem::take(&mut draft.failing);
        steps.truncate(1);
    }
    if steps.is_empty() {
        return Err(Box::new(draft.nothing_left(combo.map(|combo| combo.name.clone()).unwrap_or_default())));
    }
    let policy = &snapshot.policy;
    let millis = |own: Option<i64>, usual: i64| Duration::from_millis(own.unwrap_or(usual).unsigned_abs());
    let first = steps.first().map(|step| Arc::clone(&step.target));
    let several =
        steps.iter().any(|step| first.as_ref().is_some_and(|first| !Arc::ptr_eq(first, &step.target)));
    let hedge = combo.filter(|combo| combo.hedge && several);
    let attempts = combo.and_then(|combo| combo.max_attempts).and_then(|most| usize::try_from(most).ok());
    Ok(Plan {
        combo: combo.map(|combo| combo.name.clone()).unwrap_or_default(),
        exclusions: draft.exclusions,
        earliest: draft.earliest,
        limits: Limits {
            hedge: hedge.map(|combo| millis(combo.first_token_ms, policy.first_token_ms)),
            stall: millis(combo.and_then(|combo| combo.stall_ms), policy.stall_ms),
            rescue: combo.map_or(steps.len() > 1, |combo| combo.rescue),
            alone: steps.len() == 1,
            // Each may be tried once more.
            attempts: attempts.unwrap_or(steps.len() * 2).max(1),
        },
        keeps: steps.len() > 1,
        drains: draft.drains,
        steps,
    })
}

impl<A: Asked, S: Standing> Draft<'_, A, S> {
    fn exclude(&mut self, what: String, why: impl Into<String>) {
        self.exclusions.push(Exclusion { what, why: why.into() });
    }

    /// Leaves out targets whose window is certainly too small, where another may be large enough.
    fn that_fit(&mut self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        if candidates.len() < 2 {
            return candidates;
        }
        let tokens = self.asked.least_tokens();
        let too_small = |candidate: &Candidate| {
            candidate.target.known().and_then(|model| model.context).filter(|context| *context < tokens)
        };
        if candidates.iter().all(|candidate| too_small(candidate).is_some()) {
            return candidates;
        }
        let (fit, left): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|candidate| too_small(candidate).is_none());
        for candidate in left {
            let window = too_small(&candidate).unwrap_or_default();
            let why = format!("the request has at least {tokens} tokens, its window {window}");
            self.exclude(candidate.target.name(), why);
        }
        fit
    }

    fn nothing_left(self, combo: String) -> NoPlan {
        let (asked, now) = (self.asked.model(), self.standing.now());
        if let Some(why) = self.malformed {
            let fault = Fault::new(FaultKind::Malformed, why);
            return NoPlan { combo, exclusions: self.exclusions, ..NoPlan::new(fault) };
        }
        let reasons: Vec<String> = self
            .exclusions
            .iter()
            .map(|exclusion| format!("{}: {}", exclusion.what, exclusion.why))
            .collect();
        let reasons = if reasons.is_empty() { "It has no targets".to_owned() } else { reasons.join("; ") };
        let retry_after = self.earliest.map(|until| (until - now).div_euclid(1000) + 1);
        let (kind, next) = match retry_after {
            Some(seconds) => {
                (FaultKind::RateLimited, format!("The first comes back in {}.", duration(seconds)))
            }
            None if self.needs_person => (
                FaultKind::Unavailable,
                "Mend it on the Providers page of the Ninerouter dashboard.".to_owned(),
            ),
            None if self.off => (
                FaultKind::UnknownModel,
                "Models are switched on and off on the page of their provider in the Ninerouter dashboard."
                    .to_owned(),
            ),
            None => (
                FaultKind::UnknownModel,
                "The Providers page of the Ninerouter dashboard shows more.".to_owned(),
            ),
        };
        let message = format!("Nothing can answer for {asked:?} now. {reasons}. {next}");
        NoPlan { fault: Fault::new(kind, message), retry_after, combo, exclusions: self.exclusions }
    }
}

impl NoPlan {
    fn new(fault: Fault) -> Self {
        Self { fault, retry_after: None, combo: String::new(), exclusions: Vec::new() }
    }
}

impl Plan {
    /// The steps as people read them.
    pub fn rows(&self) -> Vec<PlanRow> {
        let row = |step: &Step| PlanRow {
            target: step.target.name(),
            account: step.account.name.clone(),
            tier: Some(crate::console::tier(step.target.provider.spec.tier)),
            why: step.why.clone().into_owned(),
        };
        self.steps.iter().map(row).collect()
    }
}

/// A plan, or why there is none, as people read it.
pub fn told(asked: &str, made: Result<Plan, Box<NoPlan>>) -> RoutePlan {
    let asked = asked.to_owned();
    match made {
        Ok(plan) => RoutePlan {
            asked,
            steps: plan.rows(),
            combo: plan.combo,
            exclusions: plan.exclusions,
            fault: String::new(),
        },
        Err(none) => RoutePlan {
            asked,
            combo: none.combo,
            steps: Vec::new(),
            exclusions: none.exclusions,
            fault: none.fault.message,
        },
    }
}

/// Seconds in words a person reads at a glance.
pub fn duration(seconds: i64) -> String {
    match seconds {
        ..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests;
