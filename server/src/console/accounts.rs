//! Accounts as pages show them, what makes sense for one, and several at once.

use super::sign_in::token_row;
use super::{Desk, budget_used_up, fail, name, taken};
use crate::accounts::health::{Health as Live, Parked};
use crate::accounts::quota::count::PLAN;
use crate::accounts::test::test;
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::StoredAccount;
use crate::store::snapshot::{Account, Provider};
use crate::usage::budget::BudgetOf;
use app::api::Problem;
use app::api::accounts::Accounts;
use app::api::combos::{Budget, Period};
use app::api::providers::{AccountRow, Health, TestResult, WaitingModel};
use app::api::sign_in::TokenState;
use async_trait::async_trait;
use catalog::{Auth, Choice, Field};
use futures_util::stream::{self, StreamExt};
use http::HeaderValue;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use url::Url;

/// Longest key accepted: a service's key is far shorter.
const LONGEST_KEY: usize = 8192;
/// Most keys pasted at once.
const MOST_KEYS: usize = 200;
/// What an account says of whose plan nothing is known.
const NO_PLAN: &str = "unknown";
/// Accounts tested at the same time.
const TESTS: usize = 8;

/// An account as pages show it: what is known of its health now is newer than what was written down.
pub(super) fn account_row(app: &App, stored: &StoredAccount, used_at: Option<i64>, now: i64) -> AccountRow {
    let snapshot = app.snapshot();
    let provider = snapshot.provider(&stored.provider_id);
    let live = provider.and_then(|provider| provider.accounts.iter().find(|account| account.id == stored.id));
    let what = BudgetOf::Account(stored.id);
    let over = stored.budget.and_then(|budget| budget_used_up(app, what, budget, now));
    let period = stored.budget.map_or(Period::Day, |budget| budget.period);
    let over = over.map(|(why, until)| Parked { until, refused: false, why });
    let parked = live.and_then(|account| account.health.parked_whole(now)).or(over).or_else(|| {
        let (model, parked, count) = live?.health.parked_models(now)?;
        let others = if count > 1 { format!(" and {} more models", count - 1) } else { String::new() };
        Some(Parked { why: format!("{} for {model}{others}", parked.why), ..parked })
    });
    let provider_name = provider.map_or(stored.provider_id.as_str(), |provider| provider.spec.name.as_str());
    let refused = parked.as_ref().is_some_and(|parked| parked.refused);
    let token = token_row(provider.map(AsRef::as_ref), stored, refused, now);
    let state = token.as_ref().map(|token| token.state);
    let why = live.and_then(|account| Some(account.token()?.held().why.clone())).unwrap_or_default();
    let keyed = token.as_ref().is_none_or(|token| token.keyed);
    let off = provider.zip(live).is_some_and(|(provider, account)| !provider.lets(account));
    let (health, sentence) = match &parked {
        _ if !stored.enabled => (Health::Off, "Switched off.".to_owned()),
        _ if off => (Health::Off, format!("The sign-in of {provider_name} is turned off.")),
        _ if state == Some(TokenState::NeedsSignIn) && keyed => {
            (Health::Refused, format!("Its key is not taken any more: {why}. Paste a new key."))
        }
        _ if state == Some(TokenState::NeedsSignIn) => {
            (Health::Refused, format!("Its sign-in has ended: {why}. Sign in again."))
        }
        Some(parked) if parked.refused => {
            let what = if keyed {
                "Paste a new key, or try it again once the matter is settled."
            } else {
                "Sign in again, or try it again once the matter is settled."
            };
            (Health::Refused, format!("{provider_name}: {}. {what}", parked.why))
        }
        Some(parked) => (Health::Parked, format!("{provider_name}: {}.", parked.why)),
        None if state == Some(TokenState::Expiring) => {
            (Health::Ready, format!("Its sign-in could not be renewed: {why}. It is tried again."))
        }
        None => (Health::Ready, "Ready.".to_owned()),
    };
    AccountRow {
        id: stored.id,
        provider_id: stored.provider_id.clone(),
        name: stored.name.clone(),
        masked_key: if stored.key.is_some() {
            format!("••••{}", stored.key_tail)
        } else {
            String::new()
        },
        token,
        fields: provider.map(|provider| own_fields(provider, stored)).unwrap_or_default(),
        priority: stored.priority,
        enabled: stored.enabled,
        health,
        sentence,
        parked_until: parked.map(|parked| parked.until),
        waiting: live.map(|account| waiting(&account.health, now)).unwrap_or_default(),
        in_flight: live.map_or(0, |account| account.health.in_flight()),
        budget: stored.budget,
        reserve: stored.reserve,
        proxy: stored.proxy.as_ref().map(shown_proxy).unwrap_or_default(),
        spent: app.budgets.spent(what, period, now),
        last_error: stored.last_error.clone(),
        last_error_at: stored.last_error_at,
        last_used_at: used_at,
        created_at: stored.created_at,
    }
}

/// What an account may say beside its key: what addresses hold, and which of the provider's plans it has, where limits
/// that nobody tells depend on it.
pub(super) fn wanted(provider: &Provider) -> Vec<Field> {
    let mut fields = provider.spec.fields.clone();
    let plans = provider.spec.quota.plans();
    if plans.is_empty() {
        return fields;
    }
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        sets: BTreeMap::new(),
    };
    let choices = [choice(NO_PLAN, "I do not know")].into_iter();
    fields.push(Field {
        name: PLAN.to_owned(),
        label: "Plan".to_owned(),
        help: "Its limits are counted here: the provider tells nobody what is left of them.".to_owned(),
        default: NO_PLAN.to_owned(),
        host: false,
        choices: choices.chain(plans.into_iter().map(|plan| choice(plan, plan))).collect(),
    });
    fields
}

/// What it says for its provider's addresses; what its sign-in told beside is not for showing.
fn own_fields(provider: &Provider, stored: &StoredAccount) -> BTreeMap<String, String> {
    let wanted = wanted(provider);
    let own = |name: &str| wanted.iter().any(|field| field.name == name);
    stored
        .fields
        .iter()
        .filter(|(name, _)| own(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The models that wait although the account does not, the first to come back first.
fn waiting(health: &Live, now: i64) -> Vec<WaitingModel> {
    let parked = health.waiting(now).into_iter().map(|(model, parked)| WaitingModel {
        model,
        until: parked.until,
        why: parked.why,
        circuit: false,
    });
    let failing = health.open_circuits(now).into_iter().map(|(model, until)| WaitingModel {
        model,
        until,
        why: "It failed again and again".to_owned(),
        circuit: true,
    });
    let mut waiting: Vec<WaitingModel> = parked.chain(failing).collect();
    waiting.sort_by_key(|model| model.until);
    waiting
}

/// A budget that is one.
pub(super) fn checked_budget(budget: Budget) -> Result<Budget, Problem> {
    if budget.amount < 1 {
        return Err(Problem::invalid("budget.amount", "Give the account a budget of at least 1, or none."));
    }
    Ok(budget)
}

fn signs_in(provider: &Provider) -> String {
    format!("{} has no keys: sign in to it on its page.", provider.spec.name)
}

/// A proxy's address without user name and password.
fn shown_proxy(proxy: &Secret) -> String {
    let url = Url::parse(proxy.reveal()).ok();
    let host = url.as_ref().and_then(|url| Some((url, url.host_str()?)));
    host.map_or_else(String::new, |(url, host)| match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    })
}

/// The address of a proxy, or none.
pub(super) fn checked_proxy(text: &str) -> Result<Option<Secret>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let plain =
        url.filter(|url| matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none());
    match plain {
        Some(_) => Ok(Some(Secret::from(text.to_owned()))),
        // The address itself may hold a password and is not repeated.
        None => Err(Problem::invalid(
            "proxy",
            "Give a proxy's address, e.g. http://user:password@proxy.example.com:3128.",
        )),
    }
}

/// A share that leaves something to use.
pub(super) fn checked_reserve(reserve: u32) -> Result<u32, Problem> {
    if reserve > 90 {
        return Err(Problem::invalid("reserve", "Keep at most 90 percent back."));
    }
    Ok(reserve)
}

/// A key as a provider would give it; refused when it could not even be sent.
pub(super) fn key(provider: &Provider, text: &str) -> Result<Option<Secret>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        // A custom endpoint on one's own network commonly wants none.
        return match provider.spec.auth {
            Auth::Key if !provider.custom => Err(Problem::invalid("key", "Paste the key.")),
            Auth::SignIn | Auth::ServiceAccount => Err(Problem::invalid("key", signs_in(provider))),
            Auth::Key | Auth::None => Ok(None),
        };
    }
    if matches!(provider.spec.auth, Auth::SignIn | Auth::ServiceAccount) {
        return Err(Problem::invalid("key", signs_in(provider)));
    }
    let plain = text.is_ascii() && !text.contains(char::is_whitespace);
    if !plain || text.len() > LONGEST_KEY || HeaderValue::from_str(text).is_err() {
        return Err(Problem::invalid(
            "key",
            "This is not a key: it holds blanks or unusual characters, or is too long.",
        ));
    }
    Ok(Some(Secret::from(text.to_owned())))
}

/// What an account says beside its key, as far as the provider's addresses hold it.
pub(super) fn fields(
    provider: &Provider,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Problem> {
    let wanted = &wanted(provider);
    let at = |name: &str| format!("fields[{name}]");
    if let Some(name) = given.keys().find(|name| wanted.iter().all(|field| field.name != **name)) {
        let message = format!("{} has no field called \"{name}\".", provider.spec.name);
        return Err(Problem::invalid(&at(name), message));
    }
    let mut fields = BTreeMap::new();
    for field in wanted {
        let value = given.get(&field.name).map(|value| value.trim()).unwrap_or_default();
        let value = if value.is_empty() { &field.default } else { value };
        if !field.accepts(value) {
            let label = &field.label;
            let message = match (value.is_empty(), field.choices.is_empty()) {
                (_, false) => format!("{label}: choose one of those that there are."),
                (true, true) => format!("{label} is needed: it is part of the provider's address."),
                (false, true) if field.host => format!("{label}: a host name such as gitlab.example.com."),
                (false, true) => format!("{label}: letters, digits, - and _ only, at most 63 of them."),
            };
            return Err(Problem::invalid(&at(&field.name), message));
        }
        fields.insert(field.name.clone(), value.to_owned());
    }
    Ok(fields)
}

/// A line of pasted keys: a key, or a name, a blank and a key.
fn line(text: &str) -> (&str, &str) {
    match text.trim().rsplit_once(char::is_whitespace) {
        Some((name, key)) => (name.trim(), key),
        None => ("", text.trim()),
    }
}

/// The accounts that pasted lines stand for. A refusal names the line and never quotes it.
fn pasted(
    provider: &Provider,
    known: &[StoredAccount],
    text: &str,
) -> Result<Vec<(String, Secret)>, Problem> {
    let refused = |at: usize, why: &str| Problem::invalid("keys", format!("Line {}: {why}", at + 1));
    let lines: Vec<_> = text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()).collect();
    if lines.is_empty() || lines.len() > MOST_KEYS {
        let message = format!("Paste between one and {MOST_KEYS} keys, each on a line of its own.");
        return Err(Problem::invalid("keys", message));
    }
    let mut names: HashSet<String> = known.iter().map(|account| account.name.clone()).collect();
    let mut keys: Vec<(usize, &str)> = Vec::new();
    let mut accounts = Vec::new();
    for (at, text) in lines {
        let (given, text) = line(text);
        let secret = key(provider, text).map_err(|problem| refused(at, &problem.message))?;
        let secret = secret.ok_or_else(|| refused(at, "There is no key."))?;
        if let Some((other, _)) = keys.iter().find(|(_, other)| *other == text) {
            return Err(refused(at, &format!("This key stands on line {} already.", other + 1)));
        }
        let held = |account: &&StoredAccount| account.key.as_ref().is_some_and(|key| key.reveal() == text);
        if let Some(account) = known.iter().find(held) {
            return Err(refused(at, &format!("The account {} has this key already.", account.name)));
        }
        keys.push((at, text));
        let display = if given.is_empty() {
            provider.free_name(&names)
        } else {
            name("keys", given).map_err(|problem| refused(at, &problem.message))?
        };
        if !names.insert(display.clone()) {
            return Err(refused(at, &format!("There is an account called \"{display}\" already.")));
        }
        accounts.push((display, secret));
    }
    Ok(accounts)
}

/// What tests of several accounts showed, in a few sentences.
fn summed_up(results: &[(String, TestResult)]) -> TestResult {
    let failed: Vec<String> = results
        .iter()
        .filter(|(_, result)| !result.ok)
        .map(|(name, result)| format!("{name}: {}", result.sentence))
        .collect();
    let answered = results.len() - failed.len();
    let sentence = match (results.len(), failed.is_empty()) {
        (0, _) => "No account is on, so none was tested.".to_owned(),
        (1, true) => "The account answers.".to_owned(),
        (all, true) => format!("All {all} accounts answer."),
        (all, false) => format!("{answered} of {all} accounts answer. {}", failed.join(" ")),
    };
    let millis = results.iter().map(|(_, result)| result.millis).max().unwrap_or(0);
    TestResult { ok: failed.is_empty() && !results.is_empty(), sentence, millis }
}

#[async_trait]
impl Accounts for Desk {
    async fn add_accounts(&self, provider: String, keys: String) -> Result<Vec<AccountRow>, Problem> {
        self.person()?;
        let provider = self.provider_of(provider.trim())?;
        // A key that is exchanged is tried at once, and one that is refused would be in the way of the others.
        if !provider.spec.fields.is_empty() || provider.spec.exchanges_keys() {
            let message =
                format!("{} needs more than a key: add its accounts one by one.", provider.spec.name);
            return Err(Problem::invalid("keys", message));
        }
        let id = &provider.spec.id;
        let known = self.app.store.accounts().await.map_err(fail)?;
        let known: Vec<_> = known.into_iter().filter(|account| account.provider_id == *id).collect();
        let accounts = pasted(&provider, &known, &keys)?;
        let made = self.app.store.add_accounts(id, &accounts, clock::now().unix_ms).await;
        let made = made.map_err(taken("keys", || {
            "An account of one of these names was made meanwhile. Load the page again.".to_owned()
        }))?;
        self.publish().await?;
        let made = |row: &AccountRow| made.contains(&row.id);
        Ok(self.account_rows().await?.into_iter().filter(made).collect())
    }

    async fn test_accounts(&self, provider: String) -> Result<TestResult, Problem> {
        self.person()?;
        let provider = self.provider_of(provider.trim())?;
        let mut tests = Vec::new();
        let usable = |account: &&Arc<Account>| account.enabled && provider.lets(account);
        for account in provider.accounts.iter().filter(usable).cloned() {
            let (app, provider) = (self.app.clone(), Arc::clone(&provider));
            tests.push(async move { (account.name.clone(), test(&app, &provider, &account).await) });
        }
        let results: Vec<_> = stream::iter(tests).buffered(TESTS).collect().await;
        Ok(summed_up(&results))
    }
}
