//! Step 4: which accounts at which targets will be tried, in what order, and why others will not. Pure.

use crate::store::snapshot::{Account, Provider, Snapshot, Speaks};
use app::api::requests::Exclusion;
use catalog::Also;
use std::sync::Arc;
use wire::{Dialect, Fault, FaultKind, Malformed, Needs};

/// How many similar names an unknown one is answered with.
const SUGGESTIONS: usize = 3;

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

    /// The endpoint used.
    pub fn speaks(&self) -> Option<&Speaks> {
        self.provider.speaks.get(self.speaks)
    }

    /// The model's name as the provider wants it.
    pub fn sent_as(&self) -> &str {
        self.provider.spec.model(&self.model).map_or(&self.model, |model| model.sent_as())
    }
}

/// One account at one target.
#[derive(Debug)]
pub struct Step {
    /// What to ask.
    pub target: Arc<Target>,
    /// On whose account.
    pub account: Arc<Account>,
}

/// The ordered attempts for one request.
#[derive(Debug, Default)]
pub struct Plan {
    /// The combo asked for; empty when none.
    pub combo: String,
    /// In the order they are tried.
    pub steps: Vec<Step>,
    /// What was left out.
    pub exclusions: Vec<Exclusion>,
    /// When the first account that is only parked comes back, Unix ms.
    pub earliest: Option<i64>,
    /// Whether an account was left out that only a person can mend.
    needs_person: bool,
    /// Why the request cannot be decoded, found when a target wanted it in another dialect.
    malformed: Option<String>,
}

/// Why nothing can be tried.
#[derive(Debug)]
pub struct NoPlan {
    /// What to tell the client.
    pub fault: Fault,
    /// Seconds after which it is worth asking again, when known.
    pub retry_after: Option<i64>,
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
    /// What it needs of a target that speaks another dialect. Found by decoding it, so only asked for when there is
    /// such a target.
    fn needs(&self) -> Result<Needs, Malformed>;
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

/// Makes the plan for a request. An error says, in the caller's words, why nothing can be tried.
pub fn plan(snapshot: &Snapshot, request: &impl Asked, now: i64) -> Result<Plan, NoPlan> {
    let (asked, dialect) = (request.model(), request.dialect());
    let mut plan = Plan::default();
    let names = resolve(snapshot, asked, dialect, &mut plan).map_err(|fault| NoPlan {
        fault,
        retry_after: None,
        exclusions: Vec::new(),
    })?;
    for (provider, model) in names {
        add_target(&mut plan, provider, model, request, now);
    }
    if plan.steps.is_empty()
        && let Some(why) = plan.malformed.take()
    {
        let fault = Fault::new(FaultKind::Malformed, why);
        return Err(NoPlan { fault, retry_after: None, exclusions: plan.exclusions });
    }
    if plan.steps.is_empty() { Err(nothing_left(plan, asked, now)) } else { Ok(plan) }
}

/// What a name stands for: a combo, then an alias, then `prefix/model`, then a model of a connected provider.
fn resolve<'a>(
    snapshot: &'a Snapshot,
    asked: &str,
    dialect: Dialect,
    plan: &mut Plan,
) -> Result<Vec<(&'a Arc<Provider>, String)>, Fault> {
    // Claude Code marks the long-context variant of any model this way; the provider knows it by a header.
    let asked = asked.strip_suffix("[1m]").unwrap_or(asked);
    let Some(combo) = snapshot.combo(asked) else {
        return match single(snapshot, asked, dialect) {
            Some(target) => Ok(vec![target]),
            None => Err(unknown(snapshot, asked)),
        };
    };
    plan.combo.clone_from(&combo.name);
    let mut targets = Vec::with_capacity(combo.targets.len());
    for target in &combo.targets {
        if !target.enabled {
            exclude(plan, target.model.clone(), "switched off in this combo".to_owned());
        } else if let Some(found) = single(snapshot, &target.model, dialect) {
            targets.push(found);
        } else {
            exclude(plan, target.model.clone(), "no provider goes by this name any more".to_owned());
        }
    }
    Ok(targets)
}

/// What a name stands for when it is no combo. A bare model is asked of a provider that speaks the client's dialect,
/// where one does.
fn single<'a>(snapshot: &'a Snapshot, name: &str, dialect: Dialect) -> Option<(&'a Arc<Provider>, String)> {
    let name = snapshot.alias(name).unwrap_or(name);
    if let Some((prefix, model)) = name.split_once('/')
        && let Some(provider) = snapshot.provider(prefix)
        && !model.is_empty()
    {
        return Some((provider, model.to_owned()));
    }
    let provider = snapshot
        .providers()
        .filter(|provider| provider.connected() && provider.spec.model(name).is_some())
        .min_by_key(|provider| (provider.speaking(dialect).is_none(), provider.spec.tier))?;
    Some((provider, name.to_owned()))
}

fn add_target(plan: &mut Plan, provider: &Arc<Provider>, model: String, request: &impl Asked, now: i64) {
    let spec = &provider.spec;
    let name = format!("{}/{model}", spec.id);
    let dialect = request.dialect();
    // Some models are served in some of the provider's dialects only.
    let only = spec.model(&model).map(|model| model.speaks.as_slice()).unwrap_or_default();
    let serves = |speaks: &Speaks| {
        only.is_empty() || only.iter().any(|dialect| dialect.as_str() == speaks.dialect.as_str())
    };
    let place =
        |dialect| provider.speaks.iter().position(|speaks| speaks.dialect == dialect && serves(speaks));
    let speaks = match (request.wants(), place(dialect)) {
        (Wants::Also(also), Some(chat)) if spec.also.contains(&also) => chat,
        (Wants::Also(also), _) => {
            return exclude(plan, name, format!("{} is not known to offer {}", spec.name, also.segment()));
        }
        (Wants::Own, None) => {
            return exclude(
                plan,
                name,
                format!("{} does not speak {dialect}, which alone has this", spec.name),
            );
        }
        (Wants::Answer | Wants::Own, Some(own)) => own,
        // A provider's first is the one that loses least.
        (Wants::Answer, None) => match unmet(request) {
            Ok(None) => provider.speaks.iter().position(serves).unwrap_or(0),
            Ok(Some(what)) => {
                let why = format!(
                    "{what} cannot be translated from {dialect}, and {} does not speak it",
                    spec.name
                );
                return exclude(plan, name, why);
            }
            Err(why) => {
                exclude(plan, name, format!("the request cannot be translated for {}: {why}", spec.name));
                plan.malformed = Some(why.to_string());
                return;
            }
        },
    };
    if provider.accounts.is_empty() {
        return exclude(plan, name, format!("{} has no account yet", spec.name));
    }
    let target = Arc::new(Target { provider: Arc::clone(provider), model, speaks });
    for account in &provider.accounts {
        let what = || format!("{name}, account {}", account.name);
        if !account.enabled {
            exclude(plan, what(), "switched off".to_owned());
        } else if let Some(parked) = account.health.parked(&target.model, now) {
            let seconds = (parked.until - now).div_euclid(1000) + 1;
            exclude(plan, what(), format!("{}, tried again in {}", parked.why, duration(seconds)));
            if parked.refused {
                plan.needs_person = true;
            } else {
                plan.earliest =
                    Some(plan.earliest.map_or(parked.until, |earliest| earliest.min(parked.until)));
            }
        } else {
            plan.steps.push(Step { target: Arc::clone(&target), account: Arc::clone(account) });
        }
    }
}

/// What a request needs that only its own dialect can say.
fn unmet(request: &impl Asked) -> Result<Option<String>, Malformed> {
    let needs = request.needs()?;
    Ok((!needs.own_vendor.is_empty()).then(|| needs.own_vendor.join(", ")))
}

fn exclude(plan: &mut Plan, what: String, why: String) {
    plan.exclusions.push(Exclusion { what, why });
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

fn nothing_left(plan: Plan, asked: &str, now: i64) -> NoPlan {
    let reasons: Vec<String> =
        plan.exclusions.iter().map(|exclusion| format!("{}: {}", exclusion.what, exclusion.why)).collect();
    let reasons = if reasons.is_empty() { "It has no targets".to_owned() } else { reasons.join("; ") };
    let retry_after = plan.earliest.map(|until| (until - now).div_euclid(1000) + 1);
    let (kind, next) = match retry_after {
        Some(seconds) => (FaultKind::RateLimited, format!("The first comes back in {}.", duration(seconds))),
        None if plan.needs_person => {
            (FaultKind::Unavailable, "Mend it on the Providers page of the Ninerouter dashboard.".to_owned())
        }
        None => {
            (FaultKind::UnknownModel, "The Providers page of the Ninerouter dashboard shows more.".to_owned())
        }
    };
    let message = format!("Nothing can answer for {asked:?} now. {reasons}. {next}");
    NoPlan { fault: Fault::new(kind, message), retry_after, exclusions: plan.exclusions }
}

fn unknown(snapshot: &Snapshot, asked: &str) -> Fault {
    let mut names: Vec<(f64, String)> = snapshot
        .model_names()
        .into_iter()
        .map(|name| {
            let bare = name.split_once('/').map_or(name.as_str(), |(_, model)| model);
            let close = strsim::jaro_winkler(asked, &name).max(strsim::jaro_winkler(asked, bare));
            (close, name)
        })
        .filter(|(close, _)| *close > 0.7)
        .collect();
    names.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let nearest: Vec<String> = names.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect();
    let hint = if nearest.is_empty() {
        "Ask for provider/model, e.g. groq/llama-3.3-70b-versatile; GET /v1/models lists what is connected."
            .to_owned()
    } else {
        format!("Did you mean {}?", nearest.join(", "))
    };
    Fault::new(FaultKind::UnknownModel, format!("No model, combo or alias is called {asked:?}. {hint}"))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
