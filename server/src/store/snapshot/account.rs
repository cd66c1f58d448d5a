//! An account as requests find it: what it shows to its provider, where, and by which way.

use super::{Keepers, Provider};
use crate::accounts::health::Health;
use crate::accounts::quota::Quota;
use crate::accounts::tokens::{Token, credentials};
use crate::config::Secret;
use crate::store::StoredAccount;
use crate::upstream::client::Way;
use app::api::combos::Budget;
use catalog::{Driver, HeaderForKey, Paths};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use url::Url;
use wire::Dialect;

/// An account, ready to be used.
#[derive(Debug)]
pub struct Account {
    /// Stays the same for life.
    pub id: i64,
    /// For showing.
    pub name: String,
    /// Off means never used.
    pub enabled: bool,
    /// What it may be used for within a period.
    pub budget: Option<Budget>,
    credential: Credential,
    /// Sent with every request: what is known of it by its sign-in, in the headers its provider wants it in.
    headers: HeaderMap,
    /// Its provider's endpoints at addresses of its own, in the same order; empty where all accounts have the same.
    speaks: Vec<Speaks>,
    /// How it is doing.
    pub health: Arc<Health>,
    /// How much of what it may use is left.
    pub quota: Arc<Quota>,
    /// How much of its limits is kept back, in hundredths.
    pub reserve: u32,
    /// A proxy of its own that its requests go through.
    pub proxy: Option<Secret>,
    /// What stands in addresses for the names of fields and facts.
    pub values: BTreeMap<String, String>,
}

/// What an account shows to its provider.
#[derive(Debug)]
enum Credential {
    /// A key, as the headers that providers want; empty where none is needed.
    Key(Vec<(HeaderForKey, HeaderValue)>),
    /// A token that is renewed from time to time.
    Token(Arc<Token>),
}

impl Account {
    /// Its endpoint at a place among its provider's.
    pub fn speaks<'a>(&'a self, provider: &'a Provider, place: usize) -> Option<&'a Speaks> {
        self.speaks.get(place).or_else(|| provider.speaks.get(place))
    }

    /// The header that carries the key or token; `None` where none is needed.
    pub fn credential(&self, header: HeaderForKey) -> Option<HeaderValue> {
        match &self.credential {
            Credential::Key(values) => {
                values.iter().find(|(wanted, _)| *wanted == header).map(|(_, value)| value.clone())
            }
            Credential::Token(token) => token.held().credential(header),
        }
    }

    /// Puts what goes with every request of its own among the headers of one.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let held = self.token().map(|token| token.held());
        let came = held.as_ref().map(|held| held.headers.iter());
        for (name, value) in self.headers.iter().chain(came.into_iter().flatten()) {
            headers.insert(name.clone(), value.clone());
        }
    }

    /// How its requests get out.
    pub fn way<'a>(&'a self, provider: &Provider) -> Way<'a> {
        let private_network = provider.private_network;
        self.proxy.as_ref().map_or(provider.way(), |proxy| Way::Through { proxy, private_network })
    }

    /// Its token, where it was signed in to.
    pub fn token(&self) -> Option<&Arc<Token>> {
        match &self.credential {
            Credential::Key(_) => None,
            Credential::Token(token) => Some(token),
        }
    }
}

/// One wire format at one address.
#[derive(Debug)]
pub struct Speaks {
    /// The wire format: what a driver turns answers into, where there is one.
    pub dialect: Dialect,
    /// What is spoken there in place of it.
    pub driver: Option<Driver>,
    /// The whole address.
    pub url: Url,
    /// What follows it, where the path names the model.
    pub paths: Option<Paths>,
    /// Whether it counts a prompt's tokens beside it.
    pub counts: bool,
    /// How the key travels.
    pub header: HeaderForKey,
    /// Sent when the client sent none of that name.
    pub defaults: HeaderMap,
}

impl Speaks {
    /// The word for what is spoken there: the wire format's, or the driver's.
    pub fn word(&self) -> &'static str {
        self.driver.map_or(self.dialect.as_str(), Driver::as_str)
    }

    /// Whether a request in a dialect goes there as it is.
    pub fn takes(&self, dialect: Dialect) -> bool {
        self.driver.is_none() && self.dialect == dialect
    }

    /// Where a request is posted. Gemini names model and verb in the path, and always streams as events: another form
    /// is made here. Who names the model in the path of another dialect refuses a query that its own does not have
    /// (Google).
    pub fn address(&self, model: &str, streams: bool, query: Option<&str>) -> Url {
        if let Some(paths) = &self.paths {
            return self.below(if streams { &paths.stream } else { &paths.whole }, model);
        }
        let mut url = self.url.clone();
        if self.dialect != Dialect::Gemini {
            if query.is_some() {
                url.set_query(query);
            }
            return url;
        }
        let verb = if streams { "streamGenerateContent" } else { "generateContent" };
        url.set_path(&format!("{}/{model}:{verb}", self.url.path().trim_end_matches('/')));
        let kept = query.unwrap_or_default().split('&');
        let kept = kept.filter(|pair| !pair.is_empty() && !pair.starts_with("alt="));
        let pairs: Vec<&str> = kept.chain(streams.then_some("alt=sse")).collect();
        url.set_query(if pairs.is_empty() { None } else { Some(pairs.join("&")) }.as_deref());
        url
    }

    /// Where a prompt's tokens are counted; `None` where they are not.
    pub fn counting(&self, model: &str) -> Option<Url> {
        if let Some(paths) = &self.paths {
            return paths.count.as_ref().map(|path| self.below(path, model));
        }
        let path = match self.dialect {
            Dialect::Messages => "/count_tokens".to_owned(),
            Dialect::Responses => "/input_tokens".to_owned(),
            Dialect::Gemini => format!("/{model}:countTokens"),
            Dialect::Chat | Dialect::Ollama => return None,
        };
        self.counts.then(|| self.beside("", &path, None))
    }

    /// Whether the path names the model, so that the body does not. `counts`: when tokens are counted.
    pub fn names_model_in_path(&self, counts: bool) -> bool {
        self.paths.as_ref().is_some_and(|paths| !(counts && paths.counts_by_body()))
    }

    /// An address that follows this one, for a model.
    fn below(&self, path: &str, model: &str) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(Paths::segments(path, model));
        }
        url
    }

    /// An address beside this one: `end` of its path replaced by `path`.
    pub fn beside(&self, end: &str, path: &str, query: Option<&str>) -> Url {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/');
        let base = base.strip_suffix(end).unwrap_or(base).to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query(query);
        url
    }
}

pub(super) fn account(
    stored: &StoredAccount,
    spec: Option<&catalog::Provider>,
    keepers: &Keepers,
) -> Account {
    let sign_in = spec.and_then(|spec| spec.sign_in.as_ref());
    let own = spec.filter(|spec| spec.speaks.iter().any(|speaks| speaks.url.contains('{')));
    let key = || stored.key.as_ref().map(|key| credentials(key.reveal())).unwrap_or_default();
    Account {
        id: stored.id,
        name: stored.name.clone(),
        enabled: stored.enabled,
        budget: stored.budget,
        credential: keepers
            .wallet
            .of(stored, sign_in)
            .map_or_else(|| Credential::Key(key()), Credential::Token),
        headers: shown(stored, spec),
        speaks: own.map(|spec| spoken(spec, &stored.fields)).unwrap_or_default(),
        health: keepers.registry.of(stored),
        quota: keepers.quotas.of(stored.id),
        reserve: stored.reserve,
        proxy: stored.proxy.clone(),
        values: spec.map(|spec| catalog::values(&spec.fields, &stored.fields, UNSET)).unwrap_or_default(),
    }
}

/// What goes with every request of an account: what is known of it, and what its key is to come with.
fn shown(stored: &StoredAccount, spec: Option<&catalog::Provider>) -> HeaderMap {
    let Some(spec) = spec else { return HeaderMap::new() };
    let mut headers = spec.sign_in.as_ref().map(|sign_in| told(sign_in, &stored.fields)).unwrap_or_default();
    if stored.key.is_some() {
        headers.extend(valid(&spec.tweak.key_headers));
    }
    headers
}

/// What is known of an account, in the headers its provider wants it in. A header of which something is not known is
/// left out.
fn told(sign_in: &catalog::SignIn, facts: &BTreeMap<String, String>) -> HeaderMap {
    let header = |(name, value): (&String, &String)| {
        let value = Some(catalog::filled(value, facts)).filter(|value| !value.contains('{'))?;
        Some((HeaderName::from_str(name).ok()?, HeaderValue::from_str(&value).ok()?))
    };
    sign_in.headers.iter().filter_map(header).collect()
}

/// Headers as a file has them.
fn valid<'f>(headers: impl IntoIterator<Item = (&'f String, &'f String)>) -> HeaderMap {
    // Names and values were checked when the file was read.
    let header = |(name, value): (&String, &String)| {
        Some((HeaderName::from_str(name).ok()?, HeaderValue::from_str(value).ok()?))
    };
    headers.into_iter().filter_map(header).collect()
}

/// What stands in an address for a field that nobody has filled in: no such host answers.
const UNSET: &str = "unset";

/// A provider's endpoints for an account with these fields.
pub(super) fn spoken(spec: &catalog::Provider, fields: &BTreeMap<String, String>) -> Vec<Speaks> {
    let fields = catalog::values(&spec.fields, fields, UNSET);
    // What a sign-in tells, an account that was never signed in to does not know.
    let unknown = |url: String| url.replace(['{', '}'], "");
    let speaks = spec.speaks.iter().filter_map(|speaks| {
        let defaults = valid(spec.tweak.headers.iter().chain(&speaks.headers));
        Some(Speaks {
            dialect: Dialect::from_str(speaks.dialect.as_str()).ok()?,
            driver: speaks.driver,
            url: Url::parse(&unknown(catalog::filled(&speaks.url, &fields))).ok()?,
            paths: speaks.paths.clone(),
            counts: speaks.counts,
            header: speaks.header,
            defaults,
        })
    });
    speaks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gemini_names_model_and_verb_in_the_path() {
        let speaks = |dialect, url: &str| Speaks {
            dialect,
            driver: None,
            url: Url::parse(url).unwrap(),
            paths: None,
            counts: false,
            header: HeaderForKey::XGoogApiKey,
            defaults: HeaderMap::new(),
        };
        let gemini = speaks(Dialect::Gemini, "https://g.example/v1beta/models");
        assert_eq!(
            gemini.address("gemini-3-pro", false, None).as_str(),
            "https://g.example/v1beta/models/gemini-3-pro:generateContent"
        );
        assert_eq!(
            gemini.address("gemini-3-pro", true, Some("alt=json&x=1")).as_str(),
            "https://g.example/v1beta/models/gemini-3-pro:streamGenerateContent?x=1&alt=sse"
        );
        let messages = speaks(Dialect::Messages, "https://a.example/v1/messages");
        assert_eq!(
            messages.address("m", true, Some("beta=true")).as_str(),
            "https://a.example/v1/messages?beta=true"
        );
    }

    #[test]
    fn another_dialect_may_name_the_model_in_the_path_too() {
        let paths = Paths {
            whole: "/{model}:rawPredict".to_owned(),
            stream: "/{model}:streamRawPredict".to_owned(),
            count: Some("/count-tokens:rawPredict".to_owned()),
        };
        let mut speaks = Speaks {
            dialect: Dialect::Messages,
            driver: None,
            url: Url::parse("https://g.example/v1/models").unwrap(),
            paths: Some(paths.clone()),
            counts: false,
            header: HeaderForKey::Authorization,
            defaults: HeaderMap::new(),
        };
        let at = |url: Url| url.to_string();
        assert_eq!(
            at(speaks.address("claude-5@20260101", true, Some("beta=true"))),
            "https://g.example/v1/models/claude-5@20260101:streamRawPredict"
        );
        assert_eq!(at(speaks.address("m", false, None)), "https://g.example/v1/models/m:rawPredict");
        assert_eq!(
            at(speaks.address("../../x?y#z", false, None)),
            "https://g.example/v1/models/..%2F..%2Fx%3Fy%23z:rawPredict",
            "a name leads nowhere else"
        );
        assert_eq!(
            speaks.counting("m").map(at).as_deref(),
            Some("https://g.example/v1/models/count-tokens:rawPredict")
        );
        speaks.paths = Some(Paths { count: None, ..paths });
        assert_eq!(speaks.counting("m"), None);
    }
}
