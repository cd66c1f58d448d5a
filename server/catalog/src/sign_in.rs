//! How an account is signed in to where a key is not pasted: which grant, where, as which client, and what becomes known
//! of the account by it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Auth, HeaderForKey, duration::Millis, filled};

/// Ahead of its end a token is renewed, where a file does not say by how much.
const LEAD: Millis = Millis(5 * 60_000);
/// The path of a vendor's way back to us, where a file does not say.
const PATH: &str = "/callback";

/// How an account is signed in to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Whether a person has to turn it on, having read `terms`: its vendor did not make it for everyone.
    #[serde(default)]
    pub opt_in: bool,
    /// What the vendor says of signing in from here, in plain words; empty when there is nothing to say.
    #[serde(default)]
    pub terms: String,
    /// The grants, the usual one first; empty for service accounts, and where a key is exchanged.
    #[serde(default)]
    pub flows: Vec<Flow>,
    /// As whom we come: an id that the vendor gave out. Absent: whoever signs in has one of their own.
    pub client_id: Option<String>,
    /// Code: whether the vendor issues an id of its own for each installation, and names it on the way back.
    #[serde(default)]
    pub issues_client: bool,
    /// Where an id and its secret are asked for anew at each sign-in: the vendor takes whoever comes.
    pub registration: Option<Registration>,
    /// Where a person makes a client id; empty where the file has one.
    #[serde(default)]
    pub clients_at: String,
    /// The secret that goes with it, for what vendors call installed programs; it is no secret there.
    pub client_secret: Option<String>,
    /// Code: the page where a person agrees.
    pub authorize_url: Option<String>,
    /// Device: where a code for the person is asked for.
    pub device_url: Option<String>,
    /// Where tokens are given and renewed; empty where a key is exchanged.
    #[serde(default)]
    pub token_url: String,
    /// What is asked for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether it is asked for again when tokens are renewed.
    #[serde(default)]
    pub scopes_at_renewal: bool,
    /// How the token endpoint wants to be asked.
    #[serde(default)]
    pub body: TokenBody,
    /// Code: whether the token endpoint wants the state too.
    #[serde(default)]
    pub state_in_body: bool,
    /// Device: whether the code is bound to us by a challenge (code: it always is).
    #[serde(default)]
    pub pkce: bool,
    /// What the page, or the device endpoint, is told beside. `{installation}` stands for an id of this installation,
    /// `{random}` for a new one.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// What the token endpoint is told beside.
    #[serde(default)]
    pub token_params: BTreeMap<String, String>,
    /// Code: the way back.
    #[serde(default)]
    pub callback: Callback,
    /// Code: an address of the vendor's that shows the code to whoever cannot be led back to us.
    pub shown_at: Option<String>,
    /// How long before its end a token is renewed.
    #[serde(default = "lead")]
    pub lead: Millis,
    /// How old a token may become, whatever its end; absent: as old as it says.
    pub longest: Option<Millis>,
    /// What the token is exchanged for before use; absent: it is used itself.
    pub exchange: Option<Exchange>,
    /// What becomes known of the account: a name, and where the answer of the token endpoint says it, as a JSON pointer.
    /// `/id_token/...` leads into what the identity token claims. `account` names the account for people.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// Headers that go with every request, `{name}` standing for a fact.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Whether an account has said the host it goes to, which then has to be a public one.
    #[serde(skip)]
    pub foreign: bool,
}

/// A grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// A person agrees on the vendor's page, which leads back with a code.
    Code,
    /// A person types a code on the vendor's page, from whatever device.
    Device,
}

/// How a token endpoint wants to be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenBody {
    /// As OAuth has it.
    #[default]
    Form,
    /// The same members as JSON.
    Json,
    /// The same members as JSON, their names joined by capitals as Amazon has them (`grantType`); so are the answers'.
    CamelJson,
}

/// How an id and its secret are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Asked with POST, in JSON; the answer holds `clientId` and `clientSecret`.
    pub url: String,
    /// What is said of us, beside `scopes`.
    pub members: BTreeMap<String, String>,
}

/// The way from a vendor's page back to us: an address of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// `localhost` or `127.0.0.1`, whichever the vendor knows.
    #[serde(default = "localhost")]
    pub host: String,
    /// The only port the vendor leads back to; absent: any.
    pub port: Option<u16>,
    /// The path.
    #[serde(default = "path")]
    pub path: String,
}

impl Default for Callback {
    fn default() -> Self {
        Self { host: localhost(), port: None, path: path() }
    }
}

/// What a token, or a key, is exchanged for: another, shorter-lived token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Answers with JSON that holds `token`, may hold `expires_at` (Unix seconds) and `headers` (by name).
    pub url: String,
    /// What stands before the token in the `authorization` header, e.g. `token`.
    pub scheme: String,
    /// JSON that is posted there; absent: it is asked with GET.
    pub body: Option<String>,
    /// Beginnings of the names (lower case) of those `headers` that go with every request; no others do.
    #[serde(default)]
    pub headers: Vec<String>,
    /// How long the other token lasts where the answer does not say; absent: no end is known.
    pub lasts: Option<Millis>,
}

impl Exchange {
    /// Whether a header of an answer goes with every request: never one that carries a credential.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let key = HeaderForKey::ALL.iter().any(|header| header.name() == name);
        !key && self.headers.iter().any(|start| name.starts_with(start.as_str()))
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        // What begins with x- means nothing to HTTP itself; a word has to follow, or it would be all of them.
        let own = |start: &&String| start.strip_prefix("x-").is_some_and(|word| word.len() > 2);
        let plain = |start: &String| start.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if let Some(start) = self.headers.iter().find(|start| !own(start) || !plain(start)) {
            return Err(("exchange.headers", format!("`{start}` is not a beginning such as `x-vendor-`")));
        }
        Ok(())
    }
}

fn lead() -> Millis {
    LEAD
}

fn localhost() -> String {
    "localhost".to_owned()
}

fn path() -> String {
    PATH.to_owned()
}

impl SignIn {
    /// Every address it goes to, with the name of its key.
    pub fn urls(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let optional = [
            ("authorize_url", self.authorize_url.as_deref()),
            ("device_url", self.device_url.as_deref()),
            ("token_url", Some(self.token_url.as_str()).filter(|url| !url.is_empty())),
            ("registration.url", self.registration.as_ref().map(|registration| registration.url.as_str())),
            ("shown_at", self.shown_at.as_deref()),
            ("exchange.url", self.exchange.as_ref().map(|exchange| exchange.url.as_str())),
        ];
        optional.into_iter().filter_map(|(key, url)| Some((key, url?)))
    }

    /// It for an account: with what the account says in its addresses.
    #[must_use]
    pub fn of(&self, values: &BTreeMap<String, String>) -> Cow<'_, Self> {
        if self.urls().all(|(_, url)| !url.contains('{')) {
            return Cow::Borrowed(self);
        }
        let host = |url: &str| url.split('/').nth(2).unwrap_or_default().contains('{');
        let foreign = self.urls().any(|(_, url)| host(url));
        let mut own = Self { foreign, ..self.clone() };
        let optional = [&mut own.authorize_url, &mut own.device_url];
        let exchange = own.exchange.as_mut().map(|exchange| &mut exchange.url);
        for url in optional.into_iter().flatten().chain([&mut own.token_url]).chain(exchange) {
            *url = filled(url, values);
        }
        Cow::Owned(own)
    }

    /// What is wrong with it: the key and the problem.
    pub(crate) fn check(&self, auth: Auth) -> Result<(), (&'static str, String)> {
        if let Some(exchange) = &self.exchange {
            exchange.check()?;
        }
        let exchanged = auth == Auth::Key && self.flows.is_empty() && self.exchange.is_some();
        if exchanged && self.opt_in {
            return Err(("opt_in", "only goes with a sign-in that a person begins".to_owned()));
        }
        if !exchanged && self.token_url.is_empty() {
            return Err(("token_url", "is missing, and tokens are given there".to_owned()));
        }
        if exchanged || auth == Auth::ServiceAccount {
            return Ok(());
        }
        if self.flows.is_empty() {
            return Err(("flows", "name at least one of code and device".to_owned()));
        }
        for flow in &self.flows {
            let (key, url) = match flow {
                Flow::Code => ("authorize_url", &self.authorize_url),
                Flow::Device => ("device_url", &self.device_url),
            };
            if url.is_none() {
                return Err((key, "is missing, and its flow needs it".to_owned()));
            }
        }
        if self.client_id.is_none() && self.clients_at.is_empty() && self.registration.is_none() {
            return Err((
                "client_id",
                "is missing, and neither `clients_at` nor `registration` says where to get one".to_owned(),
            ));
        }
        if self.opt_in && self.terms.is_empty() {
            return Err(("terms", "are missing, and whoever opts in has to read them".to_owned()));
        }
        if !self.callback.path.starts_with('/') {
            return Err(("callback.path", format!("`{}` does not begin with /", self.callback.path)));
        }
        if !matches!(self.callback.host.as_str(), "localhost" | "127.0.0.1") {
            return Err(("callback.host", format!("`{}` is not this machine", self.callback.host)));
        }
        if let Some((name, pointer)) = self.facts.iter().find(|(_, pointer)| !pointer.starts_with('/')) {
            return Err(("facts", format!("`{name}`: `{pointer}` is not a JSON pointer such as `/email`")));
        }
        let known = |name: &&str| self.facts.contains_key(*name);
        for template in self.headers.values() {
            if let Some(name) = crate::field::names(template).into_iter().find(|name| !known(name)) {
                return Err(("headers", format!("there is no fact `{name}`")));
            }
        }
        Ok(())
    }
}
