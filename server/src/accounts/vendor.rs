//! How requests get to the vendors of sign-ins, and what vendors do otherwise than the standard has it: members as JSON,
//! errors with a good status, errors inside an envelope.

use super::oauth::NoTokens;
use crate::config::Secret;
use crate::state::App;
use crate::store::Registered;
use crate::upstream::client::Way;
use crate::upstream::http::{NoAnswer, ask};
use catalog::{Registration, SignIn, TokenBody};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use oauth2::AsyncHttpClient;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::pin::Pin;
use std::time::Duration;

/// How long a vendor may take to answer.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// How what the crate wants sent gets to a vendor.
pub(super) struct Vendor {
    app: App,
    body: TokenBody,
    foreign: bool,
    proxy: Option<Secret>,
}

impl Vendor {
    pub(super) fn new(app: &App, spec: &SignIn, proxy: Option<&Secret>) -> Self {
        Self { app: App::clone(app), body: spec.body, foreign: spec.foreign, proxy: proxy.cloned() }
    }
}

impl<'c> AsyncHttpClient<'c> for Vendor {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(sent(&self.app, self.body, out(self.proxy.as_ref(), self.foreign), request))
    }
}

/// Sends what the crate wants sent.
pub(super) async fn sent(
    app: &App,
    body: TokenBody,
    way: Way<'_>,
    mut request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, Unanswered> {
    if body != TokenBody::Form {
        let pairs = url::form_urlencoded::parse(request.body());
        let name = |name: &str| if body == TokenBody::CamelJson { camel(name) } else { name.to_owned() };
        let members: Map<String, Value> =
            pairs.map(|(member, value)| (name(&member), Value::String(value.into_owned()))).collect();
        *request.body_mut() = Value::Object(members).to_string().into_bytes();
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let reply = ask(&app.clients, way, request, LIMIT).await?;
    if reply.status().is_server_error() || reply.status() == StatusCode::TOO_MANY_REQUESTS {
        return Err(Unanswered::Busy(reply.status().as_u16()));
    }
    Ok(plain(reply, body))
}

/// A name with its words joined by capitals.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |joined, word| {
        let (head, rest) = word.split_at(word.len().min(1));
        joined + &head.to_ascii_uppercase() + rest
    })
}

/// A name with its words joined by lines.
fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut joined, letter| {
        if letter.is_ascii_uppercase() {
            joined.push('_');
        }
        joined.push(letter.to_ascii_lowercase());
        joined
    })
}

/// Asks a vendor for a client of our own.
pub(super) async fn register(
    app: &App,
    registration: &Registration,
    scopes: &[String],
    proxy: Option<&Secret>,
) -> Result<Registered, NoTokens> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        client_id: String,
        client_secret: Option<String>,
    }
    let mut members: Map<String, Value> =
        registration.members.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    members.insert("scopes".to_owned(), scopes.into());
    let request = Request::post(registration.url.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .body(Value::Object(members).to_string().into_bytes())
        .map_err(|_| NoTokens::Later("the registration has no address".to_owned()))?;
    let reply = ask(&app.clients, out(proxy, false), request, LIMIT).await;
    let reply = reply.map_err(|why| NoTokens::Later(why.to_string()))?;
    let given = serde_json::from_slice::<Given>(reply.body()).ok().filter(|_| reply.status().is_success());
    let Some(given) = given else {
        let said = wire::read_error(reply.body()).message;
        let said =
            if said.is_empty() { format!("it answered with {}", reply.status().as_u16()) } else { said };
        return Err(NoTokens::Later(format!("it would not register Ninerouter: {said}")));
    };
    Ok(Registered { id: given.client_id, secret: given.client_secret.map(Secret::from) })
}

/// The way to a vendor: catalogue files are the operator's own word, what an account says (`foreign`) is not.
pub(super) fn out(proxy: Option<&Secret>, foreign: bool) -> Way<'_> {
    match proxy {
        Some(proxy) => Way::Through { proxy, private_network: !foreign },
        None if foreign => Way::Public,
        None => Way::Any,
    }
}

/// No answer that says anything about the grant.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error(transparent)]
    Net(#[from] NoAnswer),
    #[error("it answered with {0}")]
    Busy(u16),
}

/// An answer as the standard has it.
fn plain(reply: Response<Vec<u8>>, names: TokenBody) -> Response<Vec<u8>> {
    let (mut parts, body) = reply.into_parts();
    let Ok(Value::Object(mut members)) = serde_json::from_slice::<Value>(&body) else {
        return Response::from_parts(parts, body);
    };
    if names == TokenBody::CamelJson {
        members = members.into_iter().map(|(name, value)| (snake(&name), value)).collect();
    }
    // Anthropic and OpenAI have an envelope: {"error": {"type": ..., "code": ..., "message": ...}}.
    if let Some(Value::Object(inner)) = members.get("error").cloned() {
        let text = |name: &str| inner.get(name).and_then(Value::as_str).map(str::to_owned);
        let code = text("code").or_else(|| text("type")).unwrap_or_default();
        members.insert("error".to_owned(), code.into());
        if let Some(message) = text("message") {
            members.insert("error_description".to_owned(), message.into());
        }
    }
    // GitHub refuses with 200.
    if parts.status.is_success() && members.contains_key("error") {
        parts.status = StatusCode::BAD_REQUEST;
    }
    if members.contains_key("access_token") {
        members.entry("token_type").or_insert_with(|| "bearer".into());
    }
    // Scopes come as a list, or with commas, from some; nothing here asks for them.
    members.remove("scope");
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Value::Object(members).to_string().into_bytes())
}
