//! Signing in to an account at a provider.

use super::{Millis, Problem};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a person signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// On the vendor's page, which leads back here with a code.
    #[default]
    Code,
    /// With a code that is entered on the vendor's page, on whatever device.
    Device,
}

/// How far a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The person has not agreed yet.
    Waiting,
    /// The account is there.
    Done,
    /// It came to nothing.
    Failed,
}

/// What a provider's sign-in is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInRow {
    /// The ways there are, the usual one first.
    pub flows: Vec<Flow>,
    /// What the vendor says of it; empty when there is nothing to say.
    pub terms: String,
    /// Whether it may be used: a person may have to turn it on first, having read `terms`.
    pub on: bool,
    /// Whether a person has to turn it on at all.
    pub opt_in: bool,
    /// Where a person makes a client id of their own, which is needed then; empty where it is not.
    pub clients_at: String,
    /// The only tool that is answered; empty when all are.
    pub only: String,
}

/// How an account that was signed in to is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It is renewed by itself.
    Active,
    /// It is about to end, because renewing it fails.
    Expiring,
    /// A person has to sign in again.
    NeedsSignIn,
    /// The provider refuses the account.
    Refused,
}

/// The sign-in of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// How it is doing.
    pub state: TokenState,
    /// Whether a key or a file was pasted for it, and nobody has signed in.
    pub keyed: bool,
    /// When the token that is used now ends; `None` when no end is known.
    pub expires_at: Option<Millis>,
    /// When it was renewed last, or signed in to.
    pub renewed_at: Millis,
}

/// A sign-in that begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSignIn {
    /// The provider's id.
    pub provider: String,
    /// The account that is signed in to again; absent: another one.
    #[serde(default)]
    pub account: Option<i64>,
    /// How; absent: the usual way.
    #[serde(default)]
    pub flow: Option<Flow>,
    /// A client id of the person's own, where the provider's file has none.
    #[serde(default)]
    pub client_id: String,
    /// The port at which the person's browser reaches Ninerouter on this machine; absent: it is on another, so what the
    /// vendor's page shows is to be pasted.
    #[serde(default)]
    pub port: Option<u16>,
    /// What the account says beside, for the provider's addresses; absent: as before, else what is usual.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// A sign-in under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Names it in addresses.
    pub id: String,
    /// The provider's id.
    pub provider_id: String,
    /// The provider's name.
    pub provider: String,
    /// How.
    pub flow: Flow,
    /// The vendor's page.
    pub url: String,
    /// The code to be entered there; empty where there is none.
    pub code: String,
    /// Whether the vendor's page cannot lead back here, so that what it shows is to be pasted.
    pub pasted: bool,
    /// When it is too late.
    pub expires_at: Millis,
    /// How far it is.
    pub stage: Stage,
    /// What came of it, in words.
    pub sentence: String,
    /// The account, once it is there.
    pub account: Option<i64>,
}

/// What a vendor's page sends back with the person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// Which sign-in it was.
    pub state: String,
    /// The code.
    pub code: String,
    /// The id that the vendor has issued for this installation; empty when it did not.
    pub client_id: String,
    /// Why it does not want to; empty when it does.
    pub error: String,
}

/// Signing in to accounts.
#[async_trait]
pub trait SignIns: Send + Sync {
    /// Turns a provider's sign-in on, or off, for those whose vendors' terms call for that.
    async fn opt_in(&self, provider: String, on: bool) -> Result<(), Problem>;
    /// Begins.
    async fn begin_sign_in(&self, new: NewSignIn) -> Result<SignIn, Problem>;
    /// How far it is.
    async fn sign_in(&self, id: String) -> Result<SignIn, Problem>;
    /// Finishes with what the person pasted.
    async fn paste_sign_in(&self, id: String, text: String) -> Result<SignIn, Problem>;
    /// Gives up.
    async fn cancel_sign_in(&self, id: String) -> Result<(), Problem>;
    /// Finishes with what the vendor's page sent. Whoever comes shows by the state alone that they began it.
    async fn came_back(&self, back: Back) -> Result<SignIn, Problem>;
}

/// Turns a provider's sign-in on or off.
#[server(prefix = "/console", endpoint = "opt_in")]
pub async fn opt_in(provider: String, on: bool) -> Result<(), Problem> {
    super::told(super::console()?.opt_in(provider, on).await)
}

/// Begins to sign in and opens the page that shows how.
#[server(prefix = "/console", endpoint = "begin_sign_in")]
pub async fn begin_sign_in(
    provider: String,
    #[server(default)] account: Option<i64>,
    #[server(default)] flow: Option<Flow>,
    #[server(default)] client_id: String,
    #[server(default)] fields: BTreeMap<String, String>,
) -> Result<SignIn, Problem> {
    let new = NewSignIn { provider, account, flow, client_id, port: port_here(), fields };
    let begun = super::told(super::console()?.begin_sign_in(new).await)?;
    leptos_axum::redirect(&format!("/sign-in/{}", begun.id));
    Ok(begun)
}

/// The port at which the browser reaches us, where that is on this machine.
#[cfg(feature = "ssr")]
fn port_here() -> Option<u16> {
    let parts = use_context::<http::request::Parts>()?;
    let host = parts.headers.get(http::header::HOST)?.to_str().ok()?;
    let authority: http::uri::Authority = host.parse().ok()?;
    let here = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
    here.then(|| authority.port_u16().unwrap_or(80))
}

/// How far a sign-in is.
#[server(prefix = "/console", endpoint = "sign_in")]
pub async fn load_sign_in(id: String) -> Result<SignIn, Problem> {
    super::console()?.sign_in(id).await
}

/// Finishes with what the person pasted and opens the provider's page.
#[server(prefix = "/console", endpoint = "paste_sign_in")]
pub async fn paste_sign_in(id: String, text: String) -> Result<SignIn, Problem> {
    let done = super::told(super::console()?.paste_sign_in(id, text).await)?;
    leptos_axum::redirect(&format!("/providers/{}", done.provider_id));
    Ok(done)
}

/// Gives up and opens the provider's page.
#[server(prefix = "/console", endpoint = "cancel_sign_in")]
pub async fn cancel_sign_in(id: String, provider: String) -> Result<(), Problem> {
    super::told(super::console()?.cancel_sign_in(id).await)?;
    leptos_axum::redirect(&format!("/providers/{provider}"));
    Ok(())
}

/// Finishes with what the vendor's page sent. It has no address but that of the page that calls it.
#[cfg(feature = "ssr")]
pub async fn came_back(back: Back) -> Result<SignIn, Problem> {
    super::console()?.came_back(back).await
}

/// The browser half never asks.
#[cfg(not(feature = "ssr"))]
pub async fn came_back(_back: Back) -> Result<SignIn, Problem> {
    Err(Problem::new(super::ProblemKind::Internal, "This page is made by the server."))
}
