//! Signing in to accounts at providers.

use super::accounts::{fields, key, wanted};
use super::{Desk, fail, internal};
use crate::accounts::exchange::exchange_key;
use crate::accounts::oauth::{Granted, NoTokens};
use crate::accounts::service_account;
use crate::accounts::sign_in::{self, Beginning, SignInError};
use crate::clock;
use crate::config::Secret;
use crate::state::StateError;
use crate::store::snapshot::Provider;
use crate::store::{Stage as Stored, StoreError, StoredAccount, StoredSignIn};
use app::api::providers::NewAccount;
use app::api::sign_in::{Back, Flow, NewSignIn, SignIn, SignInRow, SignIns, Stage, TokenRow, TokenState};
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use catalog::Auth;
use std::collections::{BTreeMap, HashSet};

/// Longest client id accepted.
const LONGEST: usize = 200;
/// Longest file of a service account accepted: they have some 2,400 bytes.
const LONGEST_FILE: usize = 32_768;

/// What a provider's sign-in is like; `None` where there is none.
pub(super) fn sign_in_row(provider: &Provider) -> Option<SignInRow> {
    let spec = provider.spec.sign_in.as_ref().filter(|spec| !spec.flows.is_empty())?;
    let only = provider.spec.own_tool.as_ref().filter(|own| own.only);
    Some(SignInRow {
        flows: spec.flows.iter().map(|flow| shown(*flow)).collect(),
        terms: spec.terms.clone(),
        on: provider.signs_in,
        opt_in: spec.opt_in,
        clients_at: spec.clients_at.clone(),
        only: only.map(|own| own.name.clone()).unwrap_or_default(),
    })
}

/// How the sign-in of an account is doing; `None` where it has a key. What is held in memory is the newest.
pub(super) fn token_row(
    provider: Option<&Provider>,
    stored: &StoredAccount,
    refused: bool,
    now: i64,
) -> Option<TokenRow> {
    let (provider, tokens) = (provider?, stored.tokens.as_ref()?);
    let account = provider.accounts.iter().find(|account| account.id == stored.id)?;
    let held = account.token()?.held();
    let late = held.expires_at.is_some_and(|end| end <= now);
    let state = match (held.ended, refused) {
        (true, _) => TokenState::NeedsSignIn,
        (false, true) => TokenState::Refused,
        (false, false) if late || !held.why.is_empty() => TokenState::Expiring,
        (false, false) => TokenState::Active,
    };
    let pasted = |spec: &catalog::Provider| spec.exchanges_keys() || spec.auth == Auth::ServiceAccount;
    let keyed = pasted(&provider.spec) && tokens.tokens.grant.is_none();
    Some(TokenRow { state, keyed, expires_at: held.expires_at, renewed_at: held.renewed_at })
}

fn shown(flow: catalog::Flow) -> Flow {
    match flow {
        catalog::Flow::Code => Flow::Code,
        catalog::Flow::Device => Flow::Device,
    }
}

/// What the account of a sign-in says beside: what is given, else what the account that is signed in to again says, else
/// what is usual.
fn said(provider: &Provider, new: &NewSignIn) -> Result<BTreeMap<String, String>, Problem> {
    let account = provider.accounts.iter().find(|account| Some(account.id) == new.account);
    let known = account.map(|account| account.values.clone()).unwrap_or_default();
    let usual = catalog::values(&provider.spec.fields, &known, "");
    let mut given = new.fields.clone();
    for field in &*wanted(provider) {
        if let Some(value) = usual.get(&field.name) {
            given.entry(field.name.clone()).or_insert_with(|| value.clone());
        }
    }
    fields(provider, &given)
}

/// Why a sign-in does not go on, for the person who is at it.
fn problem(name: &str, error: SignInError) -> Problem {
    let invalid = |message: String| Problem::invalid("text", message);
    match error {
        SignInError::NoTokens(NoTokens::Refused(why)) => {
            let message = format!("{name} refused the sign-in: {}. Begin again.", why.trim_end_matches('.'));
            Problem::new(ProblemKind::Invalid, message)
        }
        SignInError::NoTokens(NoTokens::Unfit(why)) => Problem::invalid("key", why),
        SignInError::NoTokens(NoTokens::Later(why)) => {
            let message = format!("{name} could not be asked: {why}. Check the network and try again.");
            Problem::new(ProblemKind::Invalid, message)
        }
        SignInError::Store(error) => fail(error),
        SignInError::State(StateError::Store(error)) => fail(error),
        SignInError::State(error) => internal(&error),
        SignInError::Unknown => Problem::new(ProblemKind::NotFound, error.to_string()),
        error => invalid(error.to_string()),
    }
}

impl Desk {
    fn shown_sign_in(&self, stored: &StoredSignIn) -> Result<SignIn, Problem> {
        let provider = self.provider_of(&stored.provider_id)?;
        let kept = stored.kept().map_err(|error| problem(&provider.spec.name, error))?;
        let late = stored.expires_at <= clock::now().unix_ms;
        let (stage, sentence) = match stored.stage {
            Stored::Waiting | Stored::Left if late => {
                (Stage::Failed, "This sign-in has expired. Begin again.".to_owned())
            }
            Stored::Waiting | Stored::Left | Stored::Finishing => (Stage::Waiting, stored.why.clone()),
            Stored::Done => (Stage::Done, String::new()),
            Stored::Failed => (Stage::Failed, stored.why.clone()),
        };
        Ok(SignIn {
            id: stored.id.clone(),
            provider_id: stored.provider_id.clone(),
            provider: provider.spec.name.clone(),
            flow: shown(kept.flow),
            url: kept.url,
            code: kept.code,
            pasted: kept.pasted,
            expires_at: stored.expires_at,
            stage,
            sentence,
            account: stored.account,
        })
    }
}

#[async_trait]
impl SignIns for Desk {
    async fn opt_in(&self, provider: String, on: bool) -> Result<(), Problem> {
        let person = self.person()?;
        let provider = self.provider_of(provider.trim())?;
        if provider.spec.sign_in.as_ref().is_none_or(|spec| !spec.opt_in) {
            let message = format!("{} needs not be turned on.", provider.spec.name);
            return Err(Problem::invalid("provider", message));
        }
        let (id, now) = (&provider.spec.id, clock::now().unix_ms);
        self.app.store.opt_in(id, on, &person.name, now).await.map_err(fail)?;
        self.publish().await
    }

    async fn begin_sign_in(&self, new: NewSignIn) -> Result<SignIn, Problem> {
        self.person()?;
        let provider = self
            .provider_of(new.provider.trim())
            .map_err(|problem| Problem { field: Some("provider".to_owned()), ..problem })?;
        let name = &provider.spec.name;
        let Some(spec) = &provider.spec.sign_in else {
            return Err(Problem::invalid("provider", format!("{name} has no sign-in: it takes keys.")));
        };
        if !provider.signs_in {
            let message = format!("Turn the sign-in of {name} on first, on its page.");
            return Err(Problem::invalid("provider", message));
        }
        if let Some(id) = new.account
            && provider.accounts.iter().all(|account| account.id != id)
        {
            return Err(Problem::invalid("account", format!("{name} has no such account.")));
        }
        let flow = match new.flow {
            Some(Flow::Code) => Some(catalog::Flow::Code),
            Some(Flow::Device) => Some(catalog::Flow::Device),
            None => spec.flows.first().copied(),
        };
        let flow = flow.filter(|flow| spec.flows.contains(flow));
        let flow = flow.ok_or_else(|| Problem::invalid("flow", format!("{name} has no such sign-in.")))?;
        let client = new.client_id.trim();
        let plain = client.bytes().all(|byte| byte.is_ascii_graphic()) && client.len() <= LONGEST;
        let own = spec.client_id.is_none() && spec.registration.is_none();
        if own && (client.is_empty() || !plain) {
            let message = format!("Paste the client id of your own app at {name}.");
            return Err(Problem::invalid("client_id", message));
        }
        let client = Some(client).filter(|_| own);
        let fields = said(&provider, &new)?;
        let how = Beginning { flow, account: new.account, client, port: new.port, fields: &fields };
        let begun = sign_in::begin(&self.app, &provider, how).await.map_err(|error| problem(name, error))?;
        self.shown_sign_in(&begun)
    }

    async fn sign_in(&self, id: String) -> Result<SignIn, Problem> {
        self.person()?;
        let unknown = || Problem::new(ProblemKind::NotFound, SignInError::Unknown.to_string());
        let stored = self.app.store.sign_in(&id).await.map_err(|error| match error {
            StoreError::Missing => unknown(),
            error => fail(error),
        })?;
        self.shown_sign_in(&stored)
    }

    async fn paste_sign_in(&self, id: String, text: String) -> Result<SignIn, Problem> {
        self.person()?;
        let name = self.sign_in(id.clone()).await?.provider;
        let done = sign_in::pasted(&self.app, &id, &text).await.map_err(|error| problem(&name, error))?;
        self.shown_sign_in(&done)
    }

    async fn cancel_sign_in(&self, id: String) -> Result<(), Problem> {
        self.person()?;
        let why = "You cancelled it.";
        for stage in [Stored::Waiting, Stored::Left] {
            self.app.store.move_sign_in(&id, stage, Stored::Failed, None, why).await.map_err(fail)?;
        }
        Ok(())
    }

    async fn came_back(&self, back: Back) -> Result<SignIn, Problem> {
        let Back { state, code, client_id, error } = back;
        let back = sign_in::Back { state, code, client: client_id, error };
        let done = sign_in::came_back(&self.app, back).await;
        let done = done.map_err(|error| problem("The provider", error))?;
        self.shown_sign_in(&done)
    }
}

impl Desk {
    /// Makes an account of what is pasted to be exchanged for tokens: a key, or the JSON file of a service account. Gives
    /// its id.
    pub(super) async fn add_exchanged(
        &self,
        provider: &Provider,
        account: &NewAccount,
        fields: &BTreeMap<String, String>,
    ) -> Result<i64, Problem> {
        let given = Secret::from(account.key.clone());
        let Granted { tokens, mut facts } = self.exchanged(provider, &given, fields, None).await?;
        facts.extend(fields.clone());
        let taken: HashSet<String> = provider.accounts.iter().map(|known| known.name.clone()).collect();
        let name = match account.name.trim() {
            "" => facts
                .get("account")
                .filter(|who| !taken.contains(*who))
                .cloned()
                .unwrap_or_else(|| provider.free_name(&taken)),
            given => super::name("name", given)?,
        };
        let now = clock::now().unix_ms;
        let id = &provider.spec.id;
        let kept = self.app.store.keep_sign_in(id, Err(&name), &tokens, &facts, now).await;
        let kept = kept.map_err(super::taken("name", || {
            format!("{} already has an account called \"{name}\". Choose another name.", provider.spec.name)
        }))?;
        self.publish().await?;
        Ok(kept)
    }

    /// Gives an account the tokens of another key or file. `fields`: what it says beside.
    pub(super) async fn exchange_again(
        &self,
        provider: &Provider,
        id: i64,
        given: &Secret,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), Problem> {
        let account = provider.accounts.iter().find(|account| account.id == id);
        let proxy = account.and_then(|account| account.proxy.as_ref());
        let Granted { tokens, facts } = self.exchanged(provider, given, fields, proxy).await?;
        let now = clock::now().unix_ms;
        let kept = self.app.store.keep_sign_in(&provider.spec.id, Ok(id), &tokens, &facts, now).await;
        kept.map(drop).map_err(fail)
    }

    async fn exchanged(
        &self,
        provider: &Provider,
        given: &Secret,
        fields: &BTreeMap<String, String>,
        proxy: Option<&Secret>,
    ) -> Result<Granted, Problem> {
        let granted = match &provider.spec.sign_in {
            Some(spec) if provider.spec.exchanges_keys() => {
                let key = key(provider, given.reveal())?;
                let key = key.ok_or_else(|| Problem::invalid("key", "Paste the key."))?;
                let values = catalog::values(&provider.spec.fields, fields, "");
                exchange_key(&self.app, &spec.of(&values), &key, proxy).await
            }
            spec => {
                let text = given.reveal().trim();
                if text.is_empty() {
                    return Err(Problem::invalid("key", "Paste the JSON file of the service account."));
                }
                let Some(spec) = spec.as_ref().filter(|_| text.len() <= LONGEST_FILE) else {
                    let message = "This is not the JSON file of a service account: it is too long.";
                    return Err(Problem::invalid("key", message));
                };
                service_account::grant(&self.app, spec, &Secret::from(text.to_owned()), proxy).await
            }
        };
        let name = &provider.spec.name;
        granted.map_err(|why| {
            let problem = match why {
                NoTokens::Refused(why) if provider.spec.exchanges_keys() => {
                    let message = format!("{name} refused this key: {}.", why.trim_end_matches('.'));
                    Problem::invalid("key", message)
                }
                why => problem(name, SignInError::NoTokens(why)),
            };
            Problem { field: Some("key".to_owned()), ..problem }
        })
    }
}
