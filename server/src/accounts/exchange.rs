//! A token, or a key, that is good only for another, shorter-lived one: that goes with requests.

use super::oauth::{Granted, NoTokens, sendable};
use super::vendor::{LIMIT, out};
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::{Grant, Registered, Tokens};
use crate::upstream::http::ask;
use catalog::{Exchange, SignIn};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Exchanges a key that a person made on the vendor's site for tokens. `proxy`: the account's own.
pub async fn exchange_key(
    app: &App,
    spec: &SignIn,
    key: &Secret,
    proxy: Option<&Secret>,
) -> Result<Granted, NoTokens> {
    Ok(Granted { tokens: exchanged(app, spec, key, None, proxy).await?, facts: BTreeMap::new() })
}

/// Exchanges the token that a grant has just given. Where the grant can be renewed it is not lost when the exchange fails
/// for now: what goes with requests then comes with the first renewal.
pub(super) async fn exchanged_first(
    app: &App,
    spec: &SignIn,
    given: &Secret,
    grant: Option<Grant>,
    client: Option<Registered>,
    proxy: Option<&Secret>,
) -> Result<Tokens, NoTokens> {
    match exchanged(app, spec, given, client.clone(), proxy).await {
        Err(NoTokens::Later(why)) if grant.is_some() => {
            tracing::warn!("signed in, but the token could not be exchanged yet: {why}");
            Ok(Tokens {
                access: Secret::from(String::new()),
                renewal: Some(given.clone()),
                expires_at: Some(clock::now().unix_ms),
                renewable_at: None,
                client,
                headers: BTreeMap::new(),
                grant,
            })
        }
        tokens => Ok(Tokens { grant, ..tokens? }),
    }
}

/// What a token, or a key, is exchanged for. What renews it later is the one that was given.
pub(super) async fn exchanged(
    app: &App,
    spec: &SignIn,
    given: &Secret,
    client: Option<Registered>,
    proxy: Option<&Secret>,
) -> Result<Tokens, NoTokens> {
    let exchange = spec.exchange.as_ref();
    let exchange = exchange.ok_or_else(|| NoTokens::Unfit("It is not exchanged.".to_owned()))?;
    #[derive(Deserialize)]
    struct Exchanged {
        token: String,
        expires_at: Option<i64>,
        #[serde(default)]
        headers: BTreeMap<String, Value>,
    }
    let value = HeaderValue::from_str(&format!("{} {}", exchange.scheme, given.reveal()));
    let mut value = value.map_err(|_| NoTokens::Later("the token cannot be sent".to_owned()))?;
    value.set_sensitive(true);
    let request = match exchange.body {
        Some(_) => Request::post(exchange.url.as_str()).header(CONTENT_TYPE, "application/json"),
        None => Request::get(exchange.url.as_str()),
    };
    let request = request
        .header(AUTHORIZATION, value)
        .header(ACCEPT, "application/json")
        .body(exchange.body.clone().unwrap_or_default().into_bytes())
        .map_err(|_| NoTokens::Later("the exchange has no address".to_owned()))?;
    let reply = ask(&app.clients, out(proxy, spec.foreign), request, LIMIT).await;
    let reply = reply.map_err(|why| NoTokens::Later(why.to_string()))?;
    let status = reply.status();
    if !status.is_success() {
        let said = wire::read_error(reply.body()).message;
        let said = if said.is_empty() { format!("it answered with {}", status.as_u16()) } else { said };
        // A page in place of JSON comes from something between the vendor and us.
        let said_so = serde_json::from_slice::<Map<String, Value>>(reply.body()).is_ok();
        let lasting = match status {
            StatusCode::UNAUTHORIZED => true,
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => said_so,
            _ => false,
        };
        return Err(if lasting { NoTokens::Refused(said) } else { NoTokens::Later(said) });
    }
    let answer: Exchanged = serde_json::from_slice(reply.body())
        .map_err(|_| NoTokens::Later("its answer holds no token".to_owned()))?;
    let lasts = exchange.lasts.map(|lasts| clock::now().unix_ms.saturating_add(lasts.0));
    sendable(Tokens {
        access: Secret::from(answer.token),
        renewal: Some(given.clone()),
        expires_at: answer.expires_at.map(|at| at.saturating_mul(1000)).or(lasts),
        renewable_at: None,
        client,
        headers: came(exchange, answer.headers),
        grant: None,
    })
}

/// The headers that came along, as far as the provider's file lets them.
fn came(exchange: &Exchange, headers: BTreeMap<String, Value>) -> BTreeMap<String, Secret> {
    let header = |(name, value): (String, Value)| {
        let name = name.to_ascii_lowercase();
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => return None,
        };
        let sound = HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(&text).is_ok();
        (sound && exchange.takes(&name)).then(|| (name, Secret::from(text)))
    };
    headers.into_iter().filter_map(header).collect()
}
