//! Asks providers for their own lists of models, so that new ones are offered and those that are gone are not, without
//! an edit; and looks for servers on this machine that nobody has connected yet.

use super::renew::ready;
use crate::clock;
use crate::state::App;
use crate::store::snapshot::{Account, Provider, Speaks};
use crate::upstream::client::Way;
use crate::upstream::http::ask;
use catalog::{Listed, Tier, listed};
use http::header::ACCEPT;
use http::{HeaderName, Request};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it is looked whether somebody is to be asked.
const EVERY: Duration = Duration::from_secs(60);
/// How old a list may become, in ms.
const OLD: i64 = 6 * 3_600_000;
/// After a failure, and where a server of one's own may have changed, in ms.
const SOON: i64 = 15 * 60_000;
/// How long a provider may take to answer.
const LIMIT: Duration = Duration::from_secs(20);
/// Accounts that are asked with, should the first not be let in.
const TRIES: usize = 3;
/// How long a server on this machine may take to answer that it is there.
const HERE: Duration = Duration::from_secs(1);

/// Servers on this machine that answer and that nobody has connected, by the ids of their providers.
#[derive(Debug, Default)]
pub struct Nearby {
    found: Mutex<HashSet<String>>,
}

impl Nearby {
    /// Whether it answers.
    pub fn has(&self, provider: &str) -> bool {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).contains(provider)
    }

    fn note(&self, provider: &str, there: bool) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if there {
            found.insert(provider.to_owned());
        } else {
            found.remove(provider);
        }
    }
}

/// Runs until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    let mut asked: HashMap<String, (Vec<i64>, i64)> = HashMap::new();
    loop {
        tokio::select! {
            () = look(&app, &mut asked) => {}
            () = stopping.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Asks whom it is time to ask. `asked`: with which accounts, and until when that is enough.
async fn look(app: &App, asked: &mut HashMap<String, (Vec<i64>, i64)>) {
    let snapshot = app.snapshot();
    for provider in snapshot.providers().filter(|provider| provider.spec.models_url.is_some()) {
        let local = provider.spec.tier == Tier::Local;
        if local && provider.accounts.is_empty() {
            nearby(app, provider).await;
            continue;
        }
        let accounts: Vec<i64> = usable(provider).map(|account| account.id).collect();
        if accounts.is_empty() {
            continue;
        }
        let now = clock::now().unix_ms;
        let enough = match asked.get(&provider.spec.id) {
            Some((with, until)) => *with == accounts && now < *until,
            // Since the last start a list may be young enough still.
            None => provider.listed_at.is_some_and(|at| now < at.saturating_add(OLD)),
        };
        if enough {
            continue;
        }
        let again = match refresh(app, provider).await {
            Ok(_) if !local => OLD,
            Ok(_) => SOON,
            Err(why) => {
                tracing::info!(provider = provider.spec.id, "its list of models was not to be had: {why}");
                SOON
            }
        };
        asked.insert(provider.spec.id.clone(), (accounts, now.saturating_add(again)));
    }
}

fn usable(provider: &Provider) -> impl Iterator<Item = &Arc<Account>> {
    provider.accounts.iter().filter(|account| account.enabled && provider.lets(account))
}

/// What has changed in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Models in it.
    pub all: usize,
    /// Models that were not known before.
    pub new: usize,
}

/// Asks a provider for its list and publishes it, where it is another.
pub async fn refresh(app: &App, provider: &Arc<Provider>) -> Result<Changed, String> {
    let mut models = Err("No account is on that could be asked with.".to_owned());
    let now = clock::now().unix_ms;
    let refused = |account: &Account| account.health.parked_whole(now).is_some_and(|parked| parked.refused);
    for account in usable(provider).filter(|account| !refused(account)).take(TRIES) {
        models = fetch(app, provider, account, LIMIT).await;
        if models.is_ok() {
            break;
        }
    }
    let models = models?;
    let known: HashSet<&str> = provider.spec.models.iter().map(catalog::Model::sent_as).collect();
    let new = models.iter().filter(|model| !known.contains(model.id.as_str())).count();
    let failed = |error: &dyn std::error::Error| {
        tracing::error!(%error, provider = provider.spec.id, "a list of models could not be kept");
        "The list could not be kept; the log of Ninerouter says why.".to_owned()
    };
    let before = app.store.found_models().await.map_err(|error| failed(&error))?;
    let same = before.get(&provider.spec.id).is_some_and(|(known, _)| {
        let sorted = |list: &[Listed]| -> Vec<Listed> {
            let mut list = list.to_vec();
            list.sort_by(|one, other| one.id.cmp(&other.id));
            list
        };
        sorted(known) == sorted(&models)
    });
    app.store.save_found_models(&provider.spec.id, &models, now).await.map_err(|error| failed(&error))?;
    if !same {
        app.republish().await.map_err(|error| failed(&error))?;
    }
    Ok(Changed { all: models.len(), new })
}

/// Looks whether a server on this machine answers.
async fn nearby(app: &App, provider: &Provider) {
    let Some(url) = &provider.spec.models_url else { return };
    let request = Request::get(url.as_str()).header(ACCEPT, "application/json").body(Vec::new());
    let Ok(request) = request else { return };
    let there =
        ask(&app.clients, Way::Here, request, HERE).await.is_ok_and(|reply| reply.status().is_success());
    app.nearby.note(&provider.spec.id, there);
}

async fn fetch(
    app: &App,
    provider: &Arc<Provider>,
    account: &Account,
    limit: Duration,
) -> Result<Vec<Listed>, String> {
    let url = provider.spec.models_url.as_deref().ok_or("It has no list of models.")?;
    ready(app, provider, account).await.map_err(|why| why.to_string())?;
    let mut request = Request::get(catalog::filled(url, &account.values)).header(ACCEPT, "application/json");
    if let Some(speaks) = beside(provider, url) {
        if let Some(credential) = account.credential(speaks.header) {
            request = request.header(HeaderName::from_static(speaks.header.name()), credential);
        }
        for (name, value) in &speaks.defaults {
            request = request.header(name, value);
        }
    }
    let mut request = request.body(Vec::new()).map_err(|error| error.to_string())?;
    account.tell(request.headers_mut());
    for (name, word) in &provider.spec.tweak.join {
        crate::upstream::http::join(request.headers_mut(), name, word);
    }
    let reply = ask(&app.clients, account.way(provider), request, limit).await;
    let reply = reply.map_err(|why| why.to_string())?;
    if !reply.status().is_success() {
        let said = wire::read_error(reply.body()).message;
        return Err(format!("it answered with {}: {said}", reply.status().as_u16()));
    }
    let models = listed(reply.body());
    if models.is_empty() { Err("its answer lists no models".to_owned()) } else { Ok(models) }
}

/// The endpoint whose address has the most in common with another: what opens one opens the other.
fn beside<'p>(provider: &'p Provider, url: &str) -> Option<&'p Speaks> {
    let common = |speaks: &&Speaks| {
        speaks.url.as_str().bytes().zip(url.bytes()).take_while(|(one, other)| one == other).count()
    };
    // Of equals the first one is meant.
    provider.speaks.iter().rev().max_by_key(common)
}
