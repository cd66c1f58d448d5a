//! Signing in to an account at a provider, from the button to the tokens. What only we may know of a sign-in under way is
//! sealed in the database, so that whoever comes back from a vendor's page can finish it at any replica, and after a
//! restart. A code for a device is waited for by the replica that asked for it; when that is stopped, by the next to
//! start.

use super::device::wait;
use super::oauth::{Device, Granted, NoTokens, Return, device, exchange_code, page};
use super::renew::KEEPING;
use super::seal::fill;
use super::vendor::register;
use crate::clock;
use crate::config::Secret;
use crate::state::{App, StateError};
use crate::store::snapshot::Provider;
use crate::store::{Registered, Stage, StoreError, StoredSignIn};
use catalog::{Flow, SignIn};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use url::{Url, form_urlencoded};

/// How long a person may take on a vendor's page, in ms.
const PATIENCE: i64 = 15 * 60_000;
/// The fact by which a provider file names an account for people.
const NAME: &str = "account";

/// Why a sign-in does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The vendor, or the way to it.
    #[error(transparent)]
    NoTokens(#[from] NoTokens),
    /// There is no such sign-in, or not any more.
    #[error("This sign-in is not known or is long over. Begin again.")]
    Unknown,
    /// It was finished before.
    #[error("This sign-in was used already. If the account is not there, begin again.")]
    Used,
    /// It took too long.
    #[error("This sign-in has expired. Begin again.")]
    Expired,
    /// What came back belongs to another.
    #[error("This answer belongs to another sign-in. Begin again, and finish it in one window.")]
    Foreign,
    /// There is no code in what came back.
    #[error("There is no code in this. Paste the whole address that your browser shows, or the code.")]
    NoCode,
    /// The address names what the code alone does not.
    #[error("Paste the whole address that your browser shows: the code alone is not enough here.")]
    NotWhole,
    /// The vendor's page says no.
    #[error("The vendor's page says: {0}. Begin again.")]
    Denied(String),
    /// The provider's file has no such way.
    #[error("The provider's file knows no such sign-in.")]
    NoFlow,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was kept could not be taken into use.
    #[error(transparent)]
    State(#[from] StateError),
}

/// How a person signs in.
#[derive(Debug)]
pub struct Beginning<'a> {
    /// By which of the provider's ways.
    pub flow: Flow,
    /// The account that is signed in to again; `None` for another one.
    pub account: Option<i64>,
    /// A client id of the person's own, where the provider's file has none and the vendor gives none.
    pub client: Option<&'a str>,
    /// The port at which the person's browser reaches us on this machine; `None` where it is on another.
    pub port: Option<u16>,
    /// What the account says beside, for the addresses.
    pub fields: &'a BTreeMap<String, String>,
}

/// What only we, and the person who signs in, may know.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The way.
    pub flow: Flow,
    /// The page to be opened.
    pub url: String,
    /// The code to be entered there; empty where there is none.
    pub code: String,
    /// Whether the vendor's page cannot lead back to us, so that what it shows has to be pasted.
    pub pasted: bool,
    client: Option<String>,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    state: String,
    verifier: String,
    redirect: String,
    pub(super) device: Option<Device>,
    pub(super) proof: Option<String>,
}

/// What a vendor's page sends back with the person.
#[derive(Debug, Default)]
pub struct Back {
    /// Which sign-in it was.
    pub state: String,
    /// The code.
    pub code: String,
    /// The id that the vendor has issued for this installation; empty when it did not.
    pub client: String,
    /// Why it does not want to; empty when it does.
    pub error: String,
}

impl Kept {
    /// As whom the vendor was asked, where that is not the file's word.
    pub(super) fn client(&self) -> Option<Registered> {
        let secret = self.client_secret.clone().map(Secret::from);
        self.client.clone().map(|id| Registered { id, secret })
    }

    /// The provider's sign-in, with what the account says in its addresses.
    pub(super) fn of<'a>(&self, provider: &'a Provider) -> Result<Cow<'a, SignIn>, SignInError> {
        let spec = provider.spec.sign_in.as_ref().ok_or(SignInError::NoFlow)?;
        Ok(spec.of(&catalog::values(&provider.spec.fields, &self.fields, "")))
    }
}

impl StoredSignIn {
    /// What only we may know of it.
    pub fn kept(&self) -> Result<Kept, SignInError> {
        serde_json::from_str(self.secret.reveal()).map_err(|_| SignInError::Unknown)
    }
}

/// Begins a sign-in at a provider.
pub async fn begin(
    app: &App,
    provider: &Arc<Provider>,
    how: Beginning<'_>,
) -> Result<StoredSignIn, SignInError> {
    let spec = provider.spec.sign_in.as_ref().filter(|spec| spec.flows.contains(&how.flow));
    let spec = &*spec.ok_or(SignInError::NoFlow)?.of(&catalog::values(&provider.spec.fields, how.fields, ""));
    let (id, now) = (random(), clock::now().unix_ms);
    let proxy = proxy_of(provider, how.account);
    let who = match &spec.registration {
        Some(registration) => Some(register(app, registration, &spec.scopes, proxy.as_ref()).await?),
        None => how.client.map(|id| Registered { id: id.to_owned(), secret: None }),
    };
    let (mut kept, lasts) = match how.flow {
        Flow::Code => (led_away(app, spec, &how, who.as_ref(), &id).await?, PATIENCE),
        Flow::Device => {
            let (device, proof) = device(app, spec, who.as_ref(), proxy.as_ref()).await?;
            let url = device.verification_uri_complete().map(|url| url.secret().clone());
            let lasts = i64::try_from(device.expires_in().as_millis()).unwrap_or(PATIENCE);
            let kept = Kept {
                flow: Flow::Device,
                url: url.unwrap_or_else(|| device.verification_uri().to_string()),
                code: device.user_code().secret().clone(),
                pasted: false,
                client: None,
                client_secret: None,
                fields: BTreeMap::new(),
                state: String::new(),
                verifier: String::new(),
                redirect: String::new(),
                device: Some(device),
                proof,
            };
            (kept, lasts)
        }
    };
    kept.fields.clone_from(how.fields);
    if let Some(Registered { id, secret }) = who {
        kept.client = Some(id);
        kept.client_secret = secret.map(|secret| secret.reveal().to_owned());
    }
    // What is serialised here is text and numbers.
    let secret = serde_json::to_string(&kept).map_err(|_| SignInError::NoFlow)?;
    let sign_in = StoredSignIn {
        id,
        provider_id: provider.spec.id.clone(),
        account: how.account,
        secret: Secret::from(secret),
        stage: Stage::Waiting,
        why: String::new(),
        expires_at: now.saturating_add(lasts),
    };
    app.store.add_sign_in(&sign_in, now).await?;
    if kept.flow == Flow::Device {
        let (state, provider, sign_in) = (App::clone(app), Arc::clone(provider), sign_in.clone());
        app.tasks.spawn(async move { wait(&state, &provider, &sign_in, kept).await });
    }
    Ok(sign_in)
}

/// A page of the vendor's, and the way back from it.
async fn led_away(
    app: &App,
    spec: &SignIn,
    how: &Beginning<'_>,
    who: Option<&Registered>,
    id: &str,
) -> Result<Kept, SignInError> {
    let back = &spec.callback;
    let (redirect, pasted) = match (how.port, &spec.shown_at) {
        (None, Some(shown_at)) => (shown_at.clone(), true),
        (port, _) => {
            let port = port.unwrap_or(app.port);
            let mut pasted = how.port.is_none();
            if let Some(fixed) = back.port.filter(|fixed| *fixed != port && !pasted) {
                pasted = !app.callbacks.listen(app, fixed, port).await;
            }
            (format!("http://{}:{}{}", back.host, back.port.unwrap_or(port), back.path), pasted)
        }
    };
    let page = page(app, spec, who, &redirect, format!("{id}.{}", random()))?;
    Ok(Kept {
        flow: Flow::Code,
        url: page.url.to_string(),
        code: String::new(),
        pasted,
        client: None,
        client_secret: None,
        fields: BTreeMap::new(),
        state: page.state,
        verifier: page.verifier,
        redirect,
        device: None,
        proof: None,
    })
}

/// The person comes back from the vendor's page.
pub async fn came_back(app: &App, back: Back) -> Result<StoredSignIn, SignInError> {
    let id = back.state.split('.').next().unwrap_or_default().to_owned();
    let sign_in = known(app, &id).await?;
    finish(app, sign_in, back, true).await
}

/// The person pastes what the vendor's page, or the address bar, shows.
pub async fn pasted(app: &App, id: &str, text: &str) -> Result<StoredSignIn, SignInError> {
    let sign_in = known(app, id).await?;
    let back = read(text);
    let stated = !back.state.is_empty();
    finish(app, sign_in, back, stated).await
}

/// A sign-in that is still waited for.
async fn known(app: &App, id: &str) -> Result<StoredSignIn, SignInError> {
    let sign_in = app.store.sign_in(id).await.map_err(|error| match error {
        StoreError::Missing => SignInError::Unknown,
        error => error.into(),
    })?;
    match sign_in.stage {
        Stage::Waiting if sign_in.expires_at > clock::now().unix_ms => Ok(sign_in),
        Stage::Waiting => Err(SignInError::Expired),
        Stage::Left | Stage::Finishing | Stage::Done | Stage::Failed => Err(SignInError::Used),
    }
}

/// Exchanges what came back, once. `stated`: it says which sign-in it belongs to.
async fn finish(
    app: &App,
    sign_in: StoredSignIn,
    back: Back,
    stated: bool,
) -> Result<StoredSignIn, SignInError> {
    let kept = sign_in.kept()?;
    if stated && Sha256::digest(&back.state) != Sha256::digest(&kept.state) {
        return Err(SignInError::Foreign);
    }
    let provider = app.snapshot().provider(&sign_in.provider_id).cloned().ok_or(SignInError::NoFlow)?;
    let spec = provider.spec.sign_in.as_ref().filter(|_| provider.signs_in).ok_or(SignInError::NoFlow)?;
    let denied = !back.error.is_empty();
    if !denied && back.code.is_empty() {
        return Err(SignInError::NoCode);
    }
    if !denied && spec.issues_client && back.client.is_empty() {
        return Err(SignInError::NotWhole);
    }
    // A code works once, and so does a sign-in.
    if !app.store.move_sign_in(&sign_in.id, Stage::Waiting, Stage::Finishing, None, "").await? {
        return Err(SignInError::Used);
    }
    if denied {
        let error = SignInError::Denied(back.error);
        let why = error.to_string();
        app.store.move_sign_in(&sign_in.id, Stage::Finishing, Stage::Failed, None, &why).await?;
        return Err(error);
    }
    // A browser that leaves must not take the tokens with it: the code is spent by then.
    let (told, telling) = tokio::sync::oneshot::channel();
    let state = App::clone(app);
    app.tasks.spawn(async move {
        let _vital = state.tasks.vital();
        // Whoever came back may be gone.
        let _ = told.send(exchange(&state, &provider, &sign_in, kept, back).await);
    });
    telling.await.map_err(|_| SignInError::Unknown)?
}

/// Exchanges a code, and keeps what it is exchanged for.
async fn exchange(
    app: &App,
    provider: &Arc<Provider>,
    sign_in: &StoredSignIn,
    kept: Kept,
    back: Back,
) -> Result<StoredSignIn, SignInError> {
    let spec = &*kept.of(provider)?;
    let issued = Some(back.client).filter(|client| spec.issues_client && !client.is_empty());
    let who = issued.map(|id| Registered { id, secret: None }).or(kept.client());
    let proxy = proxy_of(provider, sign_in.account);
    let back = Return {
        code: &back.code,
        redirect: &kept.redirect,
        state: &kept.state,
        verifier: &kept.verifier,
        client: who.as_ref(),
        proxy: proxy.as_ref(),
    };
    let granted = exchange_code(app, spec, &back).await;
    settle(app, provider, sign_in, &kept, granted).await?;
    Ok(app.store.sign_in(&sign_in.id).await?)
}

/// The proxy of the account that is signed in to again.
pub(super) fn proxy_of(provider: &Provider, account: Option<i64>) -> Option<Secret> {
    let account = provider.accounts.iter().find(|known| Some(known.id) == account)?;
    account.proxy.clone()
}

/// Keeps what was granted, before anything is done with it.
pub(super) async fn settle(
    app: &App,
    provider: &Provider,
    sign_in: &StoredSignIn,
    begun: &Kept,
    granted: Result<Granted, NoTokens>,
) -> Result<(), SignInError> {
    let to = |stage, account, why: String| async move {
        app.store.move_sign_in(&sign_in.id, Stage::Finishing, stage, account, &why).await
    };
    let granted = match granted {
        Ok(mut granted) => {
            granted.facts.extend(begun.fields.clone());
            granted
        }
        Err(why) => {
            // A code that did not get there can be tried again.
            let stage = if matches!(why, NoTokens::Later(_)) { Stage::Waiting } else { Stage::Failed };
            let words = format!("{} says: {why}", provider.spec.name);
            to(stage, None, words).await?;
            return Err(why.into());
        }
    };
    let mut kept = Err(StoreError::Missing);
    for wait in KEEPING {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        kept = keep(app, provider, sign_in, &granted).await;
        match &kept {
            Ok(_) => break,
            Err(error) => tracing::error!(%error, "a sign-in could not be kept; trying again"),
        }
    }
    let id = match kept {
        Ok(id) => id,
        Err(error) => {
            to(Stage::Failed, None, "The database would not keep the account. Begin again.".to_owned())
                .await?;
            return Err(error.into());
        }
    };
    tracing::info!(provider = provider.spec.id, account = id, "signed in");
    // Whoever is told that it is done may use it at once.
    let published = app.republish().await;
    app.keepers.quotas.of(id).forget();
    if let Ok(stored) = app.store.account(id).await {
        app.keepers.registry.of(&stored).unpark();
    }
    to(Stage::Done, Some(id), String::new()).await?;
    Ok(published?)
}

/// Keeps a sign-in's account: the one that was signed in to again, the one of the same person, or a new one.
async fn keep(
    app: &App,
    provider: &Provider,
    sign_in: &StoredSignIn,
    granted: &Granted,
) -> Result<i64, StoreError> {
    let accounts = app.store.accounts().await?;
    let own: Vec<_> = accounts.iter().filter(|account| account.provider_id == provider.spec.id).collect();
    let who = granted.facts.get(NAME);
    let same = own
        .iter()
        .find(|account| account.tokens.is_some() && who.is_some() && account.fields.get(NAME) == who);
    let again = sign_in.account.filter(|id| own.iter().any(|account| account.id == *id));
    let names: HashSet<String> = own.iter().map(|account| account.name.clone()).collect();
    let free = who.filter(|who| !names.contains(*who)).cloned();
    let name = free.unwrap_or_else(|| provider.free_name(&names));
    let account = again.or(same.map(|account| account.id)).ok_or(name.as_str());
    let now = clock::now().unix_ms;
    app.store.keep_sign_in(&provider.spec.id, account, &granted.tokens, &granted.facts, now).await
}

/// What a person pastes: an address, its query, `code#state` or a code.
fn read(text: &str) -> Back {
    let text = text.trim();
    let query = match Url::parse(text) {
        Ok(url) if url.has_host() => {
            let query = url.query().or(url.fragment()).unwrap_or_default();
            Some(query.to_owned())
        }
        _ => Some(text.trim_start_matches('?').to_owned()).filter(|text| text.contains("code=")),
    };
    let Some(query) = query else {
        let (code, state) = text.split_once('#').unwrap_or((text, ""));
        return Back { code: code.trim().to_owned(), state: state.trim().to_owned(), ..Back::default() };
    };
    let mut back = Back::default();
    let mut words = String::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "code" => back.code = value.into_owned(),
            "state" => back.state = value.into_owned(),
            "client_id" => back.client = value.into_owned(),
            "error" => back.error = value.into_owned(),
            "error_description" => words = value.into_owned(),
            _ => {}
        }
    }
    if !words.is_empty() && !back.error.is_empty() {
        back.error = words;
    }
    back
}

/// 128 bits that nobody can guess.
fn random() -> String {
    let mut bytes = [0_u8; 16];
    fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_pasted_the_code_is_found() {
        for (text, code, state) in [
            ("http://localhost:1455/auth/callback?code=c1&state=i.s&scope=x", "c1", "i.s"),
            ("  https://platform.example.com/oauth/code/callback#code=c1&state=i.s\n", "c1", "i.s"),
            ("code=c%2F1&state=i.s", "c/1", "i.s"),
            ("?state=i.s&code=c1", "c1", "i.s"),
            ("c1#i.s", "c1", "i.s"),
            (" c1 ", "c1", ""),
            ("http://localhost:1455/auth/callback", "", ""),
            ("", "", ""),
        ] {
            let back = read(text);
            assert_eq!((back.code.as_str(), back.state.as_str()), (code, state), "{text}");
        }
        let denied =
            read("http://localhost/callback?error=access_denied&error_description=Not+now&state=i.s");
        assert_eq!((denied.error.as_str(), denied.code.as_str()), ("Not now", ""));
    }
}
