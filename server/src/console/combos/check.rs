//! What makes sense as a combo or an alias, and what would break if one went. Every refusal is one sentence that says
//! what to do.

use crate::store::snapshot::{Provider, Snapshot};
use app::api::combos::{Alias, Combo};
use app::api::{Problem, ProblemKind};
use std::sync::Arc;

/// What a target's name stands for.
pub(in crate::console) enum Stands<'a> {
    /// Another combo, on or off.
    Combo(&'a Combo),
    /// A provider and what it calls the model.
    Model(&'a Arc<Provider>, &'a str),
}

/// What a target's name stands for: a combo, then an alias, then `prefix/model`, as a client's would. `None` when it
/// stands for nothing any more.
pub(in crate::console) fn stands_for<'a>(snapshot: &'a Snapshot, name: &'a str) -> Option<Stands<'a>> {
    if let Some(combo) = snapshot.combo_named(name) {
        return Some(Stands::Combo(combo));
    }
    let (prefix, model) = snapshot.alias(name).unwrap_or(name).split_once('/')?;
    let provider = snapshot.provider(prefix).filter(|_| !model.is_empty())?;
    Some(Stands::Model(provider, model))
}

/// A name that a client can write into a `model` field and that stands for nothing else.
fn model_name(snapshot: &Snapshot, text: &str, replaces: Option<&str>) -> Result<String, Problem> {
    let text = text.trim();
    let fits = |letter: char| letter.is_alphanumeric() || "-_.:".contains(letter);
    if text.is_empty() || text.chars().count() > 80 || !text.chars().all(fits) {
        let message = "Use letters, digits and - _ . : only, at most 80 of them.";
        return Err(Problem::invalid("name", message));
    }
    if snapshot.is_own_name(text) && replaces != Some(text) {
        let message = format!("A combo or alias called \"{text}\" exists. Choose another name.");
        return Err(Problem { message, field: Some("name".to_owned()), kind: ProblemKind::Conflict });
    }
    Ok(text.to_owned())
}

/// An alias that makes sense.
pub(super) fn alias(snapshot: &Snapshot, replaces: Option<&str>, mut alias: Alias) -> Result<Alias, Problem> {
    alias.name = model_name(snapshot, &alias.name, replaces)?;
    alias.model = alias.model.trim().to_owned();
    let known = alias
        .model
        .split_once('/')
        .is_some_and(|(prefix, rest)| !rest.is_empty() && snapshot.provider(prefix).is_some());
    if !known {
        let message = format!(
            "\"{}\" names no provider's model. Write it as provider/model, e.g. groq/llama-3.3-70b-versatile.",
            alias.model
        );
        return Err(Problem::invalid("model", message));
    }
    Ok(alias)
}

/// A combo that makes sense. `replaces`: the one whose place it takes.
pub(super) fn combo(snapshot: &Snapshot, replaces: Option<&str>, mut combo: Combo) -> Result<Combo, Problem> {
    combo.name = model_name(snapshot, &combo.name, replaces)?;
    let within = |field: &str, value: Option<i64>, least: i64, most: i64, words: &str| match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err(Problem::invalid(field, format!("Choose {words}, or leave it out.")))
        }
        _ => Ok(()),
    };
    within("first_token_ms", combo.first_token_ms, 100, 600_000, "between 0.1 seconds and 10 minutes")?;
    within("stall_ms", combo.stall_ms, 500, 600_000, "between 0.5 seconds and 10 minutes")?;
    within("max_attempts", combo.max_attempts.map(i64::from), 1, 50, "between 1 and 50 attempts")?;
    if combo.targets.is_empty() {
        return Err(Problem::invalid("targets", "Give the combo at least one target."));
    }
    for target in &mut combo.targets {
        target.model = target.model.trim().to_owned();
    }
    let mut before: Vec<String> = Vec::new();
    for (place, target) in combo.targets.iter().enumerate() {
        let field = |name: &str| format!("targets[{place}].{name}");
        let model = &target.model;
        let own = *model == combo.name || Some(model.as_str()) == replaces;
        let stands = if own { None } else { stands_for(snapshot, model) };
        if stands.is_none() && !own && !stood_before(snapshot, replaces, model) {
            return Err(Problem::invalid(&field("model"), unknown(snapshot, model)));
        }
        let same = match &stands {
            Some(Stands::Model(provider, model)) => format!("{}/{model}", provider.spec.id),
            _ => model.clone(),
        };
        if before.contains(&same) {
            let message = format!("\"{model}\" is in this combo twice. Take one of them out.");
            return Err(Problem::invalid(&field("model"), message));
        }
        before.push(same);
        if !(1..=1000).contains(&target.weight) {
            let message = format!("The weight of {model} must be between 1 and 1000.");
            return Err(Problem::invalid(&field("weight"), message));
        }
        if let Some(budget) = target.budget {
            if budget.amount < 1 {
                let message = format!("The budget of {model} must be at least 1.");
                return Err(Problem::invalid(&field("budget.amount"), message));
            }
            if own || matches!(stands, Some(Stands::Combo(_))) {
                let message = format!(
                    "\"{model}\" is a combo itself: give a budget to its targets there, and leave it out here."
                );
                return Err(Problem::invalid(&field("budget.amount"), message));
            }
        }
    }
    if let Some(round) = round(snapshot, replaces, &combo) {
        let first = round.get(1);
        let place = combo
            .targets
            .iter()
            .position(|target| Some(&target.model) == first || Some(target.model.as_str()) == replaces);
        let message = format!(
            "A combo cannot contain itself: {}. Take \"{}\" out.",
            round.join(" -> "),
            first.map_or("", String::as_str)
        );
        return Err(Problem::invalid(&format!("targets[{}].model", place.unwrap_or(0)), message));
    }
    Ok(combo)
}

/// Whether the combo had that target before: one whose provider went must not keep a person from changing the rest.
fn stood_before(snapshot: &Snapshot, replaces: Option<&str>, model: &str) -> bool {
    let old = replaces.and_then(|name| snapshot.combo_named(name));
    old.is_some_and(|old| old.targets.iter().any(|target| target.model == model))
}

/// Why a target stands for nothing.
fn unknown(snapshot: &Snapshot, model: &str) -> String {
    match model.split_once('/') {
        Some((prefix, "")) if snapshot.provider(prefix).is_some() => {
            format!("\"{model}\" names no model: write one after the slash.")
        }
        Some((prefix, _)) if snapshot.provider(prefix).is_none() => {
            format!("There is no provider \"{prefix}\". Choose one that the Providers page lists.")
        }
        _ => format!(
            "There is no combo or alias \"{model}\". A provider's model is written as provider/model, e.g. \
             groq/llama-3.3-70b-versatile."
        ),
    }
}

/// The shortest way from a combo through others back to itself, as names; `None` when there is none.
fn round(snapshot: &Snapshot, replaces: Option<&str>, combo: &Combo) -> Option<Vec<String>> {
    // Others that name it by the name it had will name it by its new one.
    let named = |model: &str| if Some(model) == replaces { combo.name.clone() } else { model.to_owned() };
    let mut ways = vec![vec![combo.name.clone()]];
    let mut seen: Vec<String> = Vec::new();
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        let last = way.last().map(String::as_str).unwrap_or_default();
        let here = if last == combo.name { Some(combo) } else { snapshot.combo_named(last) };
        for name in here.into_iter().flat_map(|here| &here.targets).map(|target| named(&target.model)) {
            let longer: Vec<String> = way.iter().cloned().chain([name.clone()]).collect();
            if name == combo.name {
                return Some(longer);
            }
            if !seen.contains(&name) && snapshot.combo_named(&name).is_some() {
                seen.push(name);
                ways.push(longer);
            }
        }
    }
    None
}

/// Refuses to let go of a combo or alias that combos name.
pub(super) fn unused(snapshot: &Snapshot, name: &str) -> Result<(), Problem> {
    let users = snapshot.combos().filter(|combo| combo.targets.iter().any(|target| target.model == name));
    in_use(users, &format!("\"{name}\""))
}

/// Refuses to let go of a provider that combos have targets at.
pub(in crate::console) fn unused_provider(snapshot: &Snapshot, id: &str) -> Result<(), Problem> {
    let at = |model: &str| matches!(stands_for(snapshot, model), Some(Stands::Model(provider, _)) if provider.spec.id == id);
    let users = snapshot.combos().filter(|combo| combo.targets.iter().any(|target| at(&target.model)));
    in_use(users, &format!("\"{id}\""))
}

fn in_use<'a>(users: impl Iterator<Item = &'a Combo>, what: &str) -> Result<(), Problem> {
    let users: Vec<String> = users.map(|combo| format!("\"{}\"", combo.name)).collect();
    let message = match users.as_slice() {
        [] => return Ok(()),
        [one] => format!("The combo {one} uses {what}. Take it out there first."),
        many => format!("The combos {} use {what}. Take it out there first.", many.join(", ")),
    };
    Err(Problem::new(ProblemKind::Conflict, message))
}
