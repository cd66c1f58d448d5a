//! Asks providers for their own lists of models, so that new ones are offered and those that are gone are not, without
//! an edit; and looks for servers on this machine that nobody has connected yet.

use super::renew::ready;
use crate::clock;
use crate::state::App;
use crate::store::snapshot::{Account, Provider, Speaks};
use crate::upstream::client::Way;
use crate::upstream::http::ask;
use catalog::{Listed, Page, Tier, page};
use http::header::ACCEPT;
use http::{HeaderName, Request, StatusCode};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// How often it is looked whether somebody is to be asked.
const EVERY: Duration = Duration::from_secs(60);
/// How old a list may become, in ms.
const OLD: i64 = 6 * 3_600_000;
/// After a failure, and where a server of one's own may have changed, in ms.
const SOON: i64 = 15 * 60_000;
/// How long a provider may take to answer with one page.
const LIMIT: Duration = Duration::from_secs(20);
/// How long all of its pages may take.
const WHOLE: Duration = Duration::from_secs(90);
/// Accounts that are asked with, should the first not be let in.
const TRIES: usize = 3;
/// How long a server on this machine may take to answer that it is there.
const HERE: Duration = Duration::from_secs(1);

/// Most pages of one list: with a thousand models on each, more is a list without an end.
const PAGES: usize = 20;
/// Most models kept of a list: resellers have some hundreds.
const MOST: usize = 1_000;

/// Why there is no list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoList {
    /// The provider has none, and will not have one soon.
    #[error("{0}")]
    None(String),
    /// It could not be had now.
    #[error("{0}")]
    Failed(String),
}

/// Providers that were asked for their lists and have none, by id, and why.
#[derive(Debug, Default)]
pub struct Unlisted {
    why: Mutex<HashMap<String, String>>,
}

impl Unlisted {
    /// Why a provider has no list, as of the last time it was asked.
    pub fn why(&self, provider: &str) -> Option<String> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get(provider).cloned()
    }

    fn note(&self, provider: &str, result: &Result<Vec<Listed>, NoList>) {
        let mut why = self.why.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(_) => why.remove(provider),
            Err(NoList::None(words)) => why.insert(provider.to_owned(), words.clone()),
            // Nothing new is known.
            Err(NoList::Failed(_)) => None,
        };
    }
}

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

/// With which accounts and at which address a provider was asked, and until when that is enough, Unix ms.
struct Question {
    accounts: Vec<i64>,
    url: Option<String>,
    until: i64,
}

/// Runs until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    let mut asked: HashMap<String, Question> = HashMap::new();
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

/// Asks whom it is time to ask.
async fn look(app: &App, asked: &mut HashMap<String, Question>) {
    let snapshot = app.snapshot();
    for provider in snapshot.providers().filter(|provider| provider.spec.models_url.is_some()) {
        let local = provider.spec.tier == Tier::Local;
        if local && !provider.custom && provider.accounts.is_empty() {
            nearby(app, provider).await;
            continue;
        }
        let accounts: Vec<i64> = usable(provider).map(|account| account.id).collect();
        if accounts.is_empty() {
            continue;
        }
        let (now, url) = (clock::now().unix_ms, provider.spec.models_url.clone());
        let enough = match asked.get(&provider.spec.id) {
            Some(last) => last.accounts == accounts && last.url == url && now < last.until,
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
                if matches!(why, NoList::None(_)) && !local { OLD } else { SOON }
            }
        };
        let question = Question { accounts, url, until: now.saturating_add(again) };
        asked.insert(provider.spec.id.clone(), question);
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
pub async fn refresh(app: &App, provider: &Arc<Provider>) -> Result<Changed, NoList> {
    let id = &provider.spec.id;
    let mut models = Err(NoList::Failed("No account is on that could be asked with.".to_owned()));
    let now = clock::now().unix_ms;
    let refused = |account: &Account| account.health.parked_whole(now).is_some_and(|parked| parked.refused);
    for account in usable(provider).filter(|account| !refused(account)).take(TRIES) {
        let late = |_| Err(NoList::Failed(format!("its list did not come within {} s", WHOLE.as_secs())));
        models = tokio::time::timeout(WHOLE, fetch(app, provider, account)).await.unwrap_or_else(late);
        if models.is_ok() {
            break;
        }
    }
    app.unlisted.note(id, &models);
    let mut models = models?;
    let known: HashSet<&str> = provider.spec.models.iter().map(catalog::Model::sent_as).collect();
    let changed = Changed {
        all: models.len(),
        new: models.iter().filter(|model| !known.contains(model.id.as_str())).count(),
    };
    // Of a list that is too long those stay that are known, so that none of them seems to be gone.
    models.sort_by_key(|model| !known.contains(model.id.as_str()));
    models.truncate(MOST);
    let failed = |error: &dyn std::error::Error| {
        tracing::error!(%error, provider = id, "a list of models could not be kept");
        NoList::Failed("The list could not be kept; the log of Ninerouter says why.".to_owned())
    };
    let before = app.store.found_models().await.map_err(|error| failed(&error))?;
    let same = before.get(id).is_some_and(|(known, _)| {
        let sorted = |list: &[Listed]| -> Vec<Listed> {
            let mut list = list.to_vec();
            list.sort_by(|one, other| one.id.cmp(&other.id));
            list
        };
        sorted(known) == sorted(&models)
    });
    app.store.save_found_models(id, &models, now).await.map_err(|error| failed(&error))?;
    if !same {
        app.republish().await.map_err(|error| failed(&error))?;
    }
    Ok(changed)
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

/// The whole list, page after page. A page that cannot be had spoils all of it: what stands on it would seem to be gone.
async fn fetch(app: &App, provider: &Arc<Provider>, account: &Account) -> Result<Vec<Listed>, NoList> {
    let none = || NoList::None("It has no list of models.".to_owned());
    let url = provider.spec.models_url.as_deref().ok_or_else(none)?;
    ready(app, provider, account).await.map_err(|why| NoList::Failed(why.to_string()))?;
    let paging = provider.spec.models_paging.as_ref();
    let (mut models, mut known): (Vec<Listed>, HashSet<String>) = Default::default();
    let mut after: Option<String> = None;
    for _ in 0..PAGES {
        let place = paging.zip(after.as_deref()).map(|(paging, after)| (paging.param.as_str(), after));
        let Page { models: here, next } = fetch_page(app, provider, account, url, place).await?;
        let empty = here.is_empty();
        let fresh: Vec<Listed> = here.into_iter().filter(|model| known.insert(model.id.clone())).collect();
        // Whoever gives the same page again does not know of pages.
        let repeats = next == after || fresh.is_empty() && !empty;
        models.extend(fresh);
        match next {
            Some(next) if !repeats => after = Some(next),
            _ if models.is_empty() => return Err(NoList::None("its answer lists no models".to_owned())),
            _ => return Ok(models),
        }
    }
    Err(NoList::Failed(format!("its list goes on after {PAGES} pages")))
}

/// One page: the first one, or the one that a parameter of the query names.
async fn fetch_page(
    app: &App,
    provider: &Provider,
    account: &Account,
    url: &str,
    place: Option<(&str, &str)>,
) -> Result<Page, NoList> {
    let failed = |why: &dyn std::fmt::Display| NoList::Failed(why.to_string());
    let mut address = Url::parse(&catalog::filled(url, &account.values)).map_err(|error| failed(&error))?;
    if let Some((name, value)) = place {
        address.query_pairs_mut().append_pair(name, value);
    }
    let mut request = Request::get(address.as_str()).header(ACCEPT, "application/json");
    if let Some(speaks) = beside(provider, url) {
        if let Some(credential) = account.credential(speaks.header) {
            request = request.header(HeaderName::from_static(speaks.header.name()), credential);
        }
        for (name, value) in &speaks.defaults {
            request = request.header(name, value);
        }
    }
    let mut request = request.body(Vec::new()).map_err(|error| failed(&error))?;
    account.tell(request.headers_mut());
    for (name, word) in &provider.spec.tweak.join {
        crate::upstream::http::join(request.headers_mut(), name, word);
    }
    let reply = ask(&app.clients, account.way(provider), request, LIMIT).await;
    let reply = reply.map_err(|why| failed(&why))?;
    let status = reply.status();
    if !status.is_success() {
        let said = wire::read_error(reply.body()).message;
        let why = format!("it answered with {}: {said}", status.as_u16());
        // Nothing is there that lists; of a later page that says nothing.
        let missing = matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        return Err(if missing && place.is_none() { NoList::None(why) } else { NoList::Failed(why) });
    }
    match page(reply.body(), provider.spec.models_paging.as_ref()) {
        Some(page) => Ok(page),
        None if place.is_none() => Err(NoList::None("its answer lists no models".to_owned())),
        None => Err(NoList::Failed("a page of its list is none".to_owned())),
    }
}

/// The endpoint whose address has the most in common with another: what opens one opens the other.
fn beside<'p>(provider: &'p Provider, url: &str) -> Option<&'p Speaks> {
    let common = |speaks: &&Speaks| {
        speaks.url.as_str().bytes().zip(url.bytes()).take_while(|(one, other)| one == other).count()
    };
    // Of equals the first one is meant.
    provider.speaks.iter().rev().max_by_key(common)
}
