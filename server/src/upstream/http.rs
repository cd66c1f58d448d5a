//! One call to a provider over HTTP.

use super::address::{AddressError, is_public, literal};
use super::body::ReplyBody;
use super::client::{Clients, Way};
use crate::store::snapshot::{Account, Provider, Speaks};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use reqwest::{Body, Request};
use std::error::Error;
use std::str::FromStr;
use std::time::Duration;
use url::Url;

/// How we name ourselves when the client is not the vendor's own tool.
pub const AGENT: &str = concat!("Ninerouter/", env!("CARGO_PKG_VERSION"));

/// Most of an answer to [`ask`] that is read.
const SMALL_BODY: usize = 1024 * 1024;

/// One call.
pub struct Call<'a> {
    /// Whom to call.
    pub provider: &'a Provider,
    /// At which of its endpoints.
    pub speaks: &'a Speaks,
    /// On whose account.
    pub account: &'a Account,
    /// The client's headers, already without what must not travel.
    pub headers: HeaderMap,
    /// The whole address: the endpoint's, with what the request adds to it.
    pub url: Url,
    /// What the body is.
    pub content_type: HeaderValue,
    /// The body to send.
    pub body: Bytes,
    /// How long to wait for the status line.
    pub limit: Duration,
}

/// A provider's answer.
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: ReplyBody,
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The address is not one that may be called.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// No connection.
    #[error("no connection to {0}: {1}")]
    Unreachable(String, String),
    /// Nobody took the connection within the limit.
    #[error("no connection to {0} in time")]
    TimedOut(String),
    /// Connected, then cut off.
    #[error("{0} closed the connection without an answer: {1}")]
    Cut(String, String),
    /// Connected, then nothing within the limit.
    #[error("{0} gave no answer within {1} s")]
    Silent(String, u64),
}

/// Sends one request and waits for the status line.
pub async fn send(clients: &Clients, call: Call<'_>) -> Result<Reply, NoAnswer> {
    let way = call.account.way(call.provider);
    refuse_private(way, &call.url)?;
    let limit = call.limit;
    execute(clients, way, request_of(call), limit).await
}

async fn execute(
    clients: &Clients,
    way: Way<'_>,
    request: Request,
    limit: Duration,
) -> Result<Reply, NoAnswer> {
    let host = request.url().host_str().unwrap_or_default().to_owned();
    let Some(client) = clients.get(way) else {
        return Err(NoAnswer::Unreachable(host, "the account's own proxy cannot be used".to_owned()));
    };
    let sent = client.execute(request);
    let reply = match tokio::time::timeout(limit, sent).await {
        Err(_) => return Err(NoAnswer::Silent(host, limit.as_secs())),
        Ok(Err(error)) => return Err(why(host, &error)),
        Ok(Ok(reply)) => reply,
    };
    let (parts, body) = http::Response::<Body>::from(reply).into_parts();
    Ok(Reply { status: parts.status, headers: parts.headers, body: ReplyBody::new(body) })
}

/// A literal address never reaches the resolver that checks names.
fn refuse_private(way: Way<'_>, url: &Url) -> Result<(), NoAnswer> {
    match literal(url) {
        Some(address) if !way.private_network() && !is_public(address) => {
            Err(AddressError::Private(address.to_string()).into())
        }
        _ => Ok(()),
    }
}

fn request_of(call: Call<'_>) -> Request {
    let mut request = Request::new(Method::POST, call.url);
    let headers = request.headers_mut();
    *headers = call.headers;
    for (name, value) in &call.speaks.defaults {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), value.clone());
        }
    }
    headers.insert(CONTENT_TYPE, call.content_type);
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    call.account.tell(headers);
    for (name, words) in &call.provider.spec.tweak.keep {
        keep(headers, name, words);
    }
    for (name, word) in &call.provider.spec.tweak.join {
        join(headers, name, word);
    }
    if let Some(credential) = call.account.credential(call.speaks.header) {
        headers.insert(HeaderName::from_static(call.speaks.header.name()), credential);
    }
    *request.body_mut() = Some(Body::from(call.body));
    request
}

/// Leaves of a header's list only those of its words that are among these.
fn keep(headers: &mut HeaderMap, name: &str, kept: &[String]) {
    let lists = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let words = lists.flat_map(|list| list.split(',')).map(str::trim);
    let words: Vec<&str> = words.filter(|word| kept.iter().any(|kept| kept == word)).collect();
    let left = HeaderValue::from_str(&words.join(","));
    headers.remove(name);
    // Names were checked when the file was read; the words came in a header.
    if let (Ok(name), Ok(left)) = (HeaderName::from_str(name), left)
        && !left.is_empty()
    {
        headers.insert(name, left);
    }
}

/// Sees that a header's list holds a word.
pub fn join(headers: &mut HeaderMap, name: &str, word: &str) {
    let lists = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let words: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    if words.contains(&word) {
        return;
    }
    let whole = words.into_iter().chain([word]).collect::<Vec<_>>().join(",");
    // Names and words were checked when the file was read.
    if let (Ok(name), Ok(whole)) = (HeaderName::from_str(name), HeaderValue::from_str(&whole)) {
        headers.insert(name, whole);
    }
}

/// The innermost reason: the outer layers repeat the URL, which says nothing new.
fn why(host: String, error: &reqwest::Error) -> NoAnswer {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        if let Some(address) = source.downcast_ref::<AddressError>() {
            return address.clone().into();
        }
        inner = source;
    }
    if error.is_timeout() {
        NoAnswer::TimedOut(host)
    } else if error.is_connect() {
        NoAnswer::Unreachable(host, inner.to_string())
    } else {
        NoAnswer::Cut(host, inner.to_string())
    }
}

/// Asks an address for anything at all, with a credential where one is given: tells whether a provider is reachable,
/// and fetches its list of models.
pub async fn get(
    clients: &Clients,
    way: Way<'_>,
    url: Url,
    credential: Option<(HeaderName, HeaderValue)>,
    limit: Duration,
) -> Result<Reply, NoAnswer> {
    refuse_private(way, &url)?;
    let mut request = Request::new(Method::GET, url);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if let Some((name, value)) = credential {
        request.headers_mut().insert(name, value);
    }
    execute(clients, way, request, limit).await
}

/// Sends a request that is none of a client's, and reads the whole answer: at most a mebibyte, within the limit.
pub async fn ask(
    clients: &Clients,
    way: Way<'_>,
    request: http::Request<Vec<u8>>,
    limit: Duration,
) -> Result<http::Response<Vec<u8>>, NoAnswer> {
    let (mut parts, body) = request.into_parts();
    let host = parts.uri.host().unwrap_or_default().to_owned();
    parts.headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let request = Request::try_from(http::Request::from_parts(parts, body));
    let request = request.map_err(|error| NoAnswer::Unreachable(host.clone(), error.to_string()))?;
    refuse_private(way, request.url())?;
    let answering = async {
        let Reply { status, headers, body } = execute(clients, way, request, limit).await?;
        let body =
            body.whole(SMALL_BODY).await.map_err(|why| NoAnswer::Cut(host.clone(), why.to_string()))?;
        let mut reply = http::Response::new(body.to_vec());
        *reply.status_mut() = status;
        *reply.headers_mut() = headers;
        Ok(reply)
    };
    let silent = NoAnswer::Silent(host.clone(), limit.as_secs());
    tokio::time::timeout(limit, answering).await.unwrap_or(Err(silent))
}
