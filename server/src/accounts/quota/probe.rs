//! Asks providers how much is left: one question at a time for each account, no more often than is polite, and only
//! where something was used since, or a person wants to know.

use super::{Quota, Source};
use crate::accounts::renew::ready;
use crate::clock;
use crate::state::App;
use crate::store::snapshot::{Account, Provider};
use crate::upstream::http::ask;
use catalog::{HeaderForKey, Probed, Window};
use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often it is looked whether somebody is to be asked.
const EVERY: Duration = Duration::from_secs(15);
/// How long a provider may take to answer.
const LIMIT: Duration = Duration::from_secs(15);
/// A provider that refuses the key is not asked again for so long, in ms.
const REFUSED: i64 = 3_600_000;

/// Runs until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    loop {
        tokio::select! {
            () = look(&app) => {}
            () = stopping.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Asks whom it is time to ask, one after the other.
async fn look(app: &App) {
    let snapshot = app.snapshot();
    for provider in snapshot.providers() {
        for account in &provider.accounts {
            if account.enabled && provider.lets(account) && account.quota.due(clock::now().unix_ms) {
                probe(app, provider, account).await;
            }
        }
        super::count::count(app, provider).await;
    }
}

impl Quota {
    /// Whether there is a reason to ask, and nothing against it.
    pub fn due(&self, now: i64) -> bool {
        let asked = self.asked();
        let since = |at: i64| at > asked.at;
        let renewed = self.seen().iter().any(|seen| {
            seen.source == Source::Probe && seen.window.resets_at_ms.is_some_and(|at| at <= now && since(at))
        });
        let reason = asked.at == 0
            || renewed
            || since(self.used_at.load(Ordering::Relaxed))
            || since(self.wanted_at.load(Ordering::Relaxed));
        reason && now >= asked.again_at
    }
}

/// Asks the provider how much of an account is left, unless that was done a moment ago.
pub async fn probe(app: &App, provider: &Arc<Provider>, account: &Account) {
    let probes = &provider.spec.quota.probes;
    if probes.is_empty() {
        return;
    }
    // Whoever comes while it is being asked has what the other finds out.
    let Ok(_turn) = account.quota.turn.try_lock() else { return };
    let began = clock::now().unix_ms;
    // Or has it already, if that was between its looking and its turn.
    if began < account.quota.asked().again_at {
        return;
    }
    let shortest = probes.iter().map(|probe| probe.every.0).max().unwrap_or_default();
    let mut again_at = began.saturating_add(shortest);
    let (mut found, mut why): (Vec<Window>, String) = (Vec::new(), String::new());
    let mut place = provider.spec.quota.next_probe(0, false);
    if let Err(error) = ready(app, provider, account).await {
        (place, why) = (None, error.to_string());
    }
    while let Some(at) = place {
        let now = clock::now().unix_ms;
        let (probed, later) = match put(app, provider, account, at).await {
            Ok((status, headers, body)) => {
                (provider.spec.quota.read_probe(at, status.as_u16(), &body, now), waits(status, &headers))
            }
            Err(why) => (Probed::NoData(why), None),
        };
        match probed {
            Probed::Windows(windows) => found.extend(windows),
            Probed::NoData(words) => why = words,
            Probed::Refused(words) => {
                (why, again_at) = (words, again_at.max(now.saturating_add(REFUSED)));
                break;
            }
        }
        if let Some(wait) = later {
            again_at = again_at.max(now.saturating_add(wait));
            break;
        }
        place = provider.spec.quota.next_probe(at + 1, !found.is_empty());
    }
    if found.is_empty() {
        tracing::debug!(
            provider = provider.spec.id,
            account = account.id,
            "what is left was not told: {why}"
        );
    } else {
        why.clear();
        account.quota.note(found, Source::Probe, began, true);
    }
    account.quota.note_asked(began.max(1), again_at, why);
}

impl Quota {
    fn note_asked(&self, at: i64, again_at: i64, why: String) {
        *self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
            super::Asked { at, again_at, why };
    }
}

/// How long one is told to wait, in ms; `None` where one is not.
fn waits(status: StatusCode, headers: &HeaderMap) -> Option<i64> {
    let told = || headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<i64>().ok();
    (status == StatusCode::TOO_MANY_REQUESTS).then(|| told().unwrap_or(0).saturating_mul(1000))
}

/// Sends one question.
async fn put(
    app: &App,
    provider: &Provider,
    account: &Account,
    at: usize,
) -> Result<(StatusCode, HeaderMap, Vec<u8>), String> {
    let probe = provider.spec.quota.probes.get(at).ok_or("There is no such question.")?;
    let bearer = account.credential(HeaderForKey::Authorization);
    let key = bearer.as_ref().and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let (name, value) = probe.credential(key.unwrap_or_default());
    let mut value = HeaderValue::from_str(&value).map_err(|_| "The key cannot be sent.".to_owned())?;
    value.set_sensitive(true);
    let url = catalog::filled(&probe.url, &account.values);
    let mut request = Request::get(url).header(name, value).header(ACCEPT, "application/json");
    for (name, value) in &probe.headers {
        request = request.header(name, value);
    }
    let mut request = request.body(Vec::new()).map_err(|error| error.to_string())?;
    account.tell(request.headers_mut());
    let reply =
        ask(&app.clients, account.way(provider), request, LIMIT).await.map_err(|why| why.to_string())?;
    let (parts, body) = reply.into_parts();
    Ok((parts.status, parts.headers, body))
}
