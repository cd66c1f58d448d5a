//! What a model name stands for.

use crate::store::snapshot::{Provider, Snapshot};
use std::sync::Arc;
use wire::{Dialect, Fault, FaultKind};

/// How many similar names an unknown one is answered with.
const SUGGESTIONS: usize = 3;

/// What a name stands for when it is no combo: an alias, then `prefix/model`, then a model of a connected provider. A
/// bare model is asked of a provider that speaks the client's dialect, where one does.
pub(super) fn single<'a>(
    snapshot: &'a Snapshot,
    name: &str,
    dialect: Dialect,
) -> Option<(&'a Arc<Provider>, String)> {
    let name = snapshot.alias(name).unwrap_or(name);
    if let Some((prefix, model)) = name.split_once('/')
        && let Some(provider) = snapshot.provider(prefix)
        && !model.is_empty()
    {
        return Some((provider, model.to_owned()));
    }
    let provider =
        having(snapshot, name).filter(|provider| !provider.is_off(name)).min_by_key(|provider| {
            // A list that changed by itself must not draw a name to another provider.
            let doubtful = provider.found.contains(name) || provider.gone.contains(name);
            (doubtful, provider.speaking(dialect).is_none(), provider.spec.tier)
        })?;
    Some((provider, name.to_owned()))
}

/// Connected providers that have a model under this bare name.
fn having<'a>(snapshot: &'a Snapshot, name: &str) -> impl Iterator<Item = &'a Arc<Provider>> {
    snapshot.providers().filter(move |provider| provider.connected() && provider.spec.model(name).is_some())
}

/// A name nobody knows, with the nearest that somebody does; or one that is known and switched off.
pub(super) fn unknown(snapshot: &Snapshot, asked: &str) -> Fault {
    if let Some(provider) = having(snapshot, asked).next() {
        return switched_off(provider, asked);
    }
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

/// A model that a person has switched off.
pub(in crate::gateway) fn switched_off(provider: &Provider, asked: &str) -> Fault {
    let name = &provider.spec.name;
    let message =
        format!("{asked:?} is switched off. The page of {name} in the Ninerouter dashboard switches it on.");
    Fault::new(FaultKind::UnknownModel, message)
}
