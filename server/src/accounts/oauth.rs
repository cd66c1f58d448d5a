//! The grants of OAuth 2 as vendors have them. The `oauth2` crate says what is asked and reads what is answered; what
//! vendors do otherwise is in `vendor.rs`.

use super::exchange::exchanged_first;
use super::facts::facts;
use super::seal::fill;
use super::vendor::{Unanswered, Vendor, out, sent};
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::{Grant, Registered, Tokens};
use catalog::SignIn;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Request};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    DeviceAuthorizationUrl, DeviceCodeErrorResponse, EndpointNotSet, EndpointSet, ErrorResponse,
    ErrorResponseType, ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, StandardDeviceAuthorizationResponse, StandardErrorResponse, StandardRevocableToken,
    StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// Why there are no tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTokens {
    /// The vendor refuses: asking again changes nothing.
    #[error("{0}")]
    Refused(String),
    /// What was given to sign in with is none: nobody was asked.
    #[error("{0}")]
    Unfit(String),
    /// Something is in the way for now.
    #[error("{0}")]
    Later(String),
}

/// What else a token endpoint says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Beside {
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl ExtraTokenFields for Beside {}

pub(super) type Answer = StandardTokenResponse<Beside, BasicTokenType>;
pub(super) type Oauth<Device> = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    Device,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
/// What a device endpoint says.
pub type Device = StandardDeviceAuthorizationResponse;

/// Tokens, and what became known of whose they are.
#[derive(Debug)]
pub struct Granted {
    /// The tokens.
    pub tokens: Tokens,
    /// By the names in the provider's file.
    pub facts: BTreeMap<String, String>,
}

/// A page to be opened, and what is needed afterwards.
#[derive(Debug)]
pub struct Page {
    /// Where the person agrees.
    pub url: Url,
    /// Comes back with the code.
    pub state: String,
    /// Proves that the code was asked for by us.
    pub verifier: String,
}

/// How we come to a vendor. `who`: as whom, where that is not the file's word. An address that no endpoint needs stands in
/// where a file has none.
pub(super) fn client(spec: &SignIn, who: Option<&Registered>) -> Result<Oauth<EndpointNotSet>, NoTokens> {
    let id = who.map(|who| who.id.as_str()).or(spec.client_id.as_deref()).unwrap_or_default().to_owned();
    let bad = |_| NoTokens::Refused("The provider's file holds an address that is none.".to_owned());
    let authorize = spec.authorize_url.clone().unwrap_or_else(|| spec.token_url.clone());
    let mut client = Client::new(ClientId::new(id))
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::new(authorize).map_err(bad)?)
        .set_token_uri(TokenUrl::new(spec.token_url.clone()).map_err(bad)?);
    let own = who.and_then(|who| Some(who.secret.as_ref()?.reveal()));
    if let Some(secret) = own.or(spec.client_secret.as_deref()) {
        client = client.set_client_secret(ClientSecret::new(secret.to_owned()));
    }
    Ok(client)
}

pub(super) fn scopes(spec: &SignIn) -> impl Iterator<Item = Scope> + '_ {
    spec.scopes.iter().map(|scope| Scope::new(scope.clone()))
}

/// What the page, or the device endpoint, is told beside.
fn params(app: &App, spec: &SignIn) -> impl Iterator<Item = (String, String)> {
    let installation = Uuid::new_v8(truncated(app.store.seal().derive("installation"))).to_string();
    let mut random = [0_u8; 32];
    fill(&mut random);
    let random = Uuid::new_v8(truncated(random)).simple().to_string();
    let value =
        move |value: &String| value.replace("{installation}", &installation).replace("{random}", &random);
    spec.params.iter().map(move |(name, text)| (name.clone(), value(text)))
}

fn truncated(bytes: [u8; 32]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&bytes[..16]);
    short
}

/// The page where a person agrees, leading back to `redirect`. `state` says which sign-in it is.
pub fn page(
    app: &App,
    spec: &SignIn,
    who: Option<&Registered>,
    redirect: &str,
    state: String,
) -> Result<Page, NoTokens> {
    let client = client(spec, who)?;
    let redirect = redirect_url(redirect)?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut asked = client
        .authorize_url(|| CsrfToken::new(state))
        .add_scopes(scopes(spec))
        .set_pkce_challenge(challenge)
        .set_redirect_uri(std::borrow::Cow::Owned(redirect));
    for (name, value) in params(app, spec) {
        asked = asked.add_extra_param(name, value);
    }
    let (url, state) = asked.url();
    Ok(Page { url, state: state.into_secret(), verifier: verifier.into_secret() })
}

fn redirect_url(redirect: &str) -> Result<RedirectUrl, NoTokens> {
    let bad = |_| NoTokens::Refused("The way back is no address.".to_owned());
    RedirectUrl::new(redirect.to_owned()).map_err(bad)
}

/// What a person came back with, and what goes with it.
#[derive(Debug)]
pub struct Return<'a> {
    /// The code.
    pub code: &'a str,
    /// The way back, as the page was told.
    pub redirect: &'a str,
    /// As the page was told.
    pub state: &'a str,
    /// Proves that the code was asked for by us.
    pub verifier: &'a str,
    /// As whom we come, where that is not the file's word.
    pub client: Option<&'a Registered>,
    /// The account's own proxy.
    pub proxy: Option<&'a Secret>,
}

/// Exchanges the code that a person came back with.
pub async fn exchange_code(app: &App, spec: &SignIn, back: &Return<'_>) -> Result<Granted, NoTokens> {
    let Return { code, redirect, state, verifier, client: who, proxy } = *back;
    let client = client(spec, who)?;
    let mut asked = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
        .set_redirect_uri(std::borrow::Cow::Owned(redirect_url(redirect)?));
    if spec.state_in_body {
        asked = asked.add_extra_param("state", state.to_owned());
    }
    for (name, value) in &spec.token_params {
        asked = asked.add_extra_param(name.clone(), value.clone());
    }
    let answer = asked.request_async(&Vendor::new(app, spec, proxy)).await;
    granted(app, spec, answer.map_err(why)?, who, None, proxy).await
}

/// Asks for a code that a person types on the vendor's page. Gives the proof that goes with it, where there is one.
pub async fn device(
    app: &App,
    spec: &SignIn,
    who: Option<&Registered>,
    proxy: Option<&Secret>,
) -> Result<(Device, Option<String>), NoTokens> {
    let bad = |_| NoTokens::Refused("The provider's file holds an address that is none.".to_owned());
    let url = spec.device_url.clone().unwrap_or_default();
    let client: Oauth<EndpointSet> =
        client(spec, who)?.set_device_authorization_url(DeviceAuthorizationUrl::new(url).map_err(bad)?);
    let mut asked = client.exchange_device_code().add_scopes(scopes(spec));
    for (name, value) in params(app, spec) {
        asked = asked.add_extra_param(name, value);
    }
    let mut proof = None;
    if spec.pkce {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        asked = asked
            .add_extra_param("code_challenge", challenge.as_str().to_owned())
            .add_extra_param("code_challenge_method", "S256");
        proof = Some(verifier.into_secret());
    }
    let device: Device = asked.request_async(&Vendor::new(app, spec, proxy)).await.map_err(why)?;
    Ok((device, proof))
}

/// Asks again and again, as often as the vendor allows, until the person has agreed, refused or let the time go by that
/// is left for it.
pub(super) async fn agreed(
    app: &App,
    spec: &SignIn,
    who: Option<&Registered>,
    (device, left): (&Device, Duration),
    proof: Option<String>,
    proxy: Option<&Secret>,
) -> Result<Answer, NoTokens> {
    let client = client(spec, who)?;
    let mut asked = client.exchange_device_access_token(device);
    if let Some(proof) = proof {
        asked = asked.add_extra_param("code_verifier", proof);
    }
    let answer = asked.request_async(&Vendor::new(app, spec, proxy), tokio::time::sleep, Some(left)).await;
    answer.map_err(|error: RequestTokenError<_, DeviceCodeErrorResponse>| why(error))
}

/// The grant of an answer, where it can be renewed.
pub(super) fn grant_of(answer: &Answer) -> Option<Grant> {
    let refresh = Secret::from(answer.refresh_token()?.secret().clone());
    Some(Grant { refresh, ends: ends(answer) })
}

/// When the token of an answer ends, Unix ms.
pub(super) fn ends(answer: &Answer) -> Option<i64> {
    let lasts = i64::try_from(answer.expires_in()?.as_millis()).ok()?;
    Some(clock::now().unix_ms.saturating_add(lasts))
}

/// Asks the token endpoint for tokens with a grant that the crate does not know.
pub(super) async fn ask_token(
    app: &App,
    spec: &SignIn,
    members: &[(&str, &str)],
    proxy: Option<&Secret>,
) -> Result<Tokens, NoTokens> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let request = Request::post(spec.token_url.as_str())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json")
        .body(body.into_bytes())
        .map_err(|_| NoTokens::Refused("The provider's file holds an address that is none.".to_owned()))?;
    let reply = sent(app, spec.body, out(proxy, spec.foreign), request).await;
    let reply = reply.map_err(|why| NoTokens::Later(why.to_string()))?;
    if !reply.status().is_success() {
        let said: Result<BasicErrorResponse, _> = serde_json::from_slice(reply.body());
        let odd = format!("it answered with {}", reply.status().as_u16());
        let said = said.map(RequestTokenError::ServerResponse);
        return Err(said.map_or(NoTokens::Later(odd), why_not_renewed));
    }
    let answer: Answer = serde_json::from_slice(reply.body())
        .map_err(|_| NoTokens::Later("its answer makes no sense".to_owned()))?;
    Ok(granted(app, spec, answer, None, None, proxy).await?.tokens)
}

/// What a token endpoint gave, made ready for use. `renewal`: what was used, for vendors that do not repeat it.
pub(super) async fn granted(
    app: &App,
    spec: &SignIn,
    answer: Answer,
    who: Option<&Registered>,
    renewal: Option<&Secret>,
    proxy: Option<&Secret>,
) -> Result<Granted, NoTokens> {
    let client = who.cloned();
    let facts = facts(spec, &answer.extra_fields().members);
    let given = secret(answer.access_token());
    let tokens = match &spec.exchange {
        Some(_) => exchanged_first(app, spec, &given, grant_of(&answer), client, proxy).await?,
        None => {
            let fresh = answer.refresh_token().map(|token| Secret::from(token.secret().clone()));
            sendable(Tokens {
                access: given,
                renewal: fresh.or_else(|| renewal.cloned()),
                expires_at: ends(&answer),
                renewable_at: renewable_at(&answer),
                client,
                headers: BTreeMap::new(),
                grant: None,
            })?
        }
    };
    Ok(Granted { tokens, facts })
}

/// Tokens that can be sent.
pub(super) fn sendable(tokens: Tokens) -> Result<Tokens, NoTokens> {
    let fits = HeaderValue::from_str(tokens.access.reveal()).is_ok();
    fits.then_some(tokens)
        .ok_or_else(|| NoTokens::Later("the token that was given cannot be sent".to_owned()))
}

/// From when on the vendor renews it: OpenAI spends what renews it on whoever comes earlier (September 2026). Unix
/// seconds, as a number or in digits.
fn renewable_at(answer: &Answer) -> Option<i64> {
    let said = answer.extra_fields().members.get("earliest_refresh_at")?;
    let seconds = said.as_i64().or_else(|| said.as_str()?.parse().ok())?;
    Some(seconds.saturating_mul(1000))
}

pub(super) fn secret(token: &AccessToken) -> Secret {
    Secret::from(token.secret().clone())
}

/// Errors that end a sign-in for good. Everything else may be a matter of the place, the hour or the way.
const LASTING: [&str; 8] = [
    "invalid_grant",
    "invalid_client",
    "unauthorized_client",
    "invalid_refresh_token",
    "token_expired",
    "refresh_token_expired",
    "refresh_token_invalidated",
    "refresh_token_reused",
];

/// Why tokens were not renewed.
pub(super) fn why_not_renewed(error: RequestTokenError<Unanswered, BasicErrorResponse>) -> NoTokens {
    let code = match &error {
        RequestTokenError::ServerResponse(said) => said.error().to_string(),
        _ => String::new(),
    };
    match why(error) {
        NoTokens::Refused(words) if !LASTING.contains(&code.as_str()) => NoTokens::Later(words),
        why => why,
    }
}

/// Why a grant came to nothing.
fn why<T>(error: RequestTokenError<Unanswered, StandardErrorResponse<T>>) -> NoTokens
where
    StandardErrorResponse<T>: ErrorResponse,
    T: ErrorResponseType + std::fmt::Display + 'static,
{
    match error {
        RequestTokenError::ServerResponse(said) => {
            let code = said.error().to_string();
            let words = match (code.as_str(), said.error_description()) {
                ("access_denied", _) => "it was refused on the vendor's page".to_owned(),
                ("expired_token", _) => "the code was not entered in time".to_owned(),
                (_, Some(words)) if !words.is_empty() => format!("{words} ({code})"),
                _ => code,
            };
            NoTokens::Refused(words)
        }
        RequestTokenError::Request(why) => NoTokens::Later(why.to_string()),
        // The body may hold a token: nothing of it is repeated.
        RequestTokenError::Parse(..) => NoTokens::Later("its answer makes no sense".to_owned()),
        // An empty answer, or a page: from something between the vendor and us.
        RequestTokenError::Other(_) => NoTokens::Later("its answer makes no sense".to_owned()),
    }
}
