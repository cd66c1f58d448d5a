//! A test of one account: one minimal real request, and what came of it in words.

use super::renew::ready;
use crate::clock;
use crate::state::App;
use crate::store::snapshot::{Account, Provider, Speaks};
use crate::upstream::http::{Call, NoAnswer, Reply, get, send};
use crate::upstream::{kiro, members};
use app::api::providers::TestResult;
use bytes::Bytes;
use catalog::Driver;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use uuid::Uuid;
use wire::conversation::{Block, Names, Role, Turn};
use wire::kiro::Relay;
use wire::{Conversation, Target, Translation};

const LIMIT: Duration = Duration::from_secs(30);
/// Tokens that the answer may have: enough for a model that thinks first, little enough to cost nothing.
const MAX_OUTPUT: u64 = 256;
/// Most of a reply that is read.
const BODY: usize = 4 * 1024 * 1024;

/// Sends the request. `provider` must be the one the account is at.
pub async fn test(app: &App, provider: &Arc<Provider>, account: &Account) -> TestResult {
    let began = clock::now();
    let result = match provider.spec.own_tool.as_ref().filter(|own| own.only) {
        Some(own) => signed_in(app, provider, account, &own.name).await,
        None => tried(app, provider, account).await,
    };
    let millis = began.elapsed_ms();
    if result.is_ok()
        && let Err(error) = app.store.forget_error(account.id).await
    {
        tracing::error!(%error, account = account.id, "an account's last error could not be forgotten");
    }
    match result {
        Ok(sentence) => TestResult { ok: true, sentence, millis },
        Err(sentence) => TestResult { ok: false, sentence, millis },
    }
}

/// Whether an account's sign-in is good, where requests of our own would be none of its business.
async fn signed_in(
    app: &App,
    provider: &Arc<Provider>,
    account: &Account,
    tool: &str,
) -> Result<String, String> {
    ready(app, provider, account).await.map_err(|why| format!("{why}."))?;
    Ok(format!("Signed in. {} answers {tool} alone, so no request was sent.", provider.spec.name))
}

/// Asks it something.
async fn tried(app: &App, provider: &Arc<Provider>, account: &Account) -> Result<String, String> {
    ready(app, provider, account).await.map_err(|why| format!("{why}."))?;
    match account.speaks(provider, 0) {
        None => Err(format!("{} speaks no wire format that Ninerouter knows yet.", provider.spec.name)),
        Some(speaks) => match known(provider) {
            Some(model) => ask(app, provider, account, speaks, model.sent_as()).await,
            None => list(app, provider, account, speaks).await,
        },
    }
}

/// A model that surely answers: what a provider lists itself may be for vectors or pictures.
fn known(provider: &Provider) -> Option<&catalog::Model> {
    let known = provider.spec.models.iter().filter(|model| !provider.found.contains(&model.id));
    known.clone().find(|model| !provider.is_off(&model.id)).or_else(|| known.clone().next())
}

/// Asks a model for one word.
async fn ask(
    app: &App,
    provider: &Provider,
    account: &Account,
    speaks: &Speaks,
    model: &str,
) -> Result<String, String> {
    let question = Conversation {
        turns: vec![Turn { role: Role::User, blocks: vec![Block::text("Reply with the word ok.")] }],
        max_output: Some(MAX_OUTPUT),
        ..Conversation::default()
    };
    let issuer = &provider.spec.id;
    let target = Target::new(model, issuer, false);
    let target = Target { max_completion_tokens: provider.spec.tweak.max_completion_tokens, ..target };
    let body = match speaks.driver {
        Some(Driver::Kiro) => Bytes::from(kiro::request(&question, model, Uuid::nil()).body),
        None => {
            let body = Bytes::from(wire::encode(speaks.dialect, &question, &target).body);
            let edits = members::edits(&provider.spec, speaks, false, &body);
            wire::splice(&body, edits).map_err(|_| "The question could not be asked.".to_owned())?
        }
    };
    let call = Call {
        provider,
        speaks,
        account,
        headers: HeaderMap::new(),
        content_type: HeaderValue::from_static("application/json"),
        url: speaks.address(model, false, None),
        body,
        limit: LIMIT,
    };
    let odd =
        |why: &dyn Display| format!("{} answered, but not in its own format: {why}", provider.spec.name);
    let mut reply = send(&app.clients, call).await.map_err(|why| no_answer(provider, &why))?;
    if speaks.driver == Some(Driver::Kiro) {
        reply = kiro::ordinary(reply, Relay::new("", model, issuer, Names::default())).await;
    }
    let body = read(provider, reply).await?;
    let report = if speaks.driver.is_some() {
        let mut stream = Translation::collecting(speaks.dialect, issuer);
        stream.push(body).map_err(|why| odd(&why))?;
        stream.into_reply().1
    } else {
        wire::read_reply(speaks.dialect, &body).map_err(|why| odd(&why))?
    };
    match report.error {
        Some(error) => Err(format!("{} answered with an error: {}", provider.spec.name, error.message)),
        None => Ok(format!("{model} answered.")),
    }
}

/// Asks for the list of models, where none is known to ask.
async fn list(app: &App, provider: &Provider, account: &Account, speaks: &Speaks) -> Result<String, String> {
    let usual = || provider.spec.speaks.first().map(catalog::Speaks::lists_at);
    let url = provider.spec.models_url.clone().or_else(usual).unwrap_or_default();
    let url = Url::parse(&catalog::filled(&url, &account.values)).map_err(|why| format!("{why}."))?;
    let name = HeaderName::from_static(speaks.header.name());
    let credential = account.credential(speaks.header).map(|value| (name, value));
    let reply = get(&app.clients, account.way(provider), url, credential, LIMIT)
        .await
        .map_err(|why| no_answer(provider, &why))?;
    read(provider, reply).await?;
    Ok(format!("{} answered and lists its models.", provider.spec.name))
}

fn no_answer(provider: &Provider, why: &NoAnswer) -> String {
    format!(
        "{} could not be reached: {why}. Check the address, the network and any proxy.",
        provider.spec.name
    )
}

async fn read(provider: &Provider, reply: Reply) -> Result<Bytes, String> {
    let (status, name) = (reply.status, &provider.spec.name);
    let body = reply.body.whole(BODY).await.map_err(|why| format!("{name} began to answer, but {why}."))?;
    if status.is_success() {
        return Ok(body);
    }
    let said = wire::read_error(&body).message;
    let said = if said.is_empty() { "it did not say why".to_owned() } else { said };
    Err(match status.as_u16() {
        401 | 403 => format!(
            "{name} refused this key ({}): {said} Paste a new one or remove the account.",
            status.as_u16()
        ),
        402 => format!("{name} wants to be paid first (402): {said}"),
        429 => format!("{name} knows this key but is limiting it now (429): {said}"),
        code => format!("{name} answered with {code}: {said}"),
    })
}
