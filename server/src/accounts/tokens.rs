//! Tokens that are in use: in memory, shared by every snapshot, read by requests without a lock.

use crate::config::Secret;
use crate::store::{StoredAccount, StoredTokens, Tokens};
use arc_swap::ArcSwap;
use catalog::{HeaderForKey, SignIn};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A token that ends within this time is as good as ended: a request takes a moment to arrive.
const MARGIN: i64 = 10_000;
/// How long after a failed renewal requests that need it are told so without another try.
const REST: i64 = 3_000;
/// A token as young as this was not refused for its age, in ms.
const FRESH: i64 = 5_000;

/// A key or token as the headers that providers want, marked as sensitive.
pub fn credentials(secret: &str) -> Vec<(HeaderForKey, HeaderValue)> {
    let header = |header: HeaderForKey| {
        // What is no header value was refused when it was saved.
        let mut value = HeaderValue::from_str(&header.value(secret)).ok()?;
        value.set_sensitive(true);
        Some((header, value))
    };
    HeaderForKey::ALL.into_iter().filter_map(header).collect()
}

/// The headers that came with tokens, marked as sensitive.
fn headers(tokens: &Tokens) -> HeaderMap {
    let header = |(name, value): (&String, &Secret)| {
        // What is no header was left out when it came.
        let (name, mut value) =
            (HeaderName::from_str(name).ok()?, HeaderValue::from_str(value.reveal()).ok()?);
        value.set_sensitive(true);
        Some((name, value))
    };
    tokens.headers.iter().filter_map(header).collect()
}

/// What an account shows to its provider now.
#[derive(Debug)]
pub struct Held {
    credentials: Vec<(HeaderForKey, HeaderValue)>,
    /// What came with it and goes with every request.
    pub headers: HeaderMap,
    /// Which of the account's tokens this is, counting up.
    pub generation: i64,
    /// When it ends, Unix ms.
    pub expires_at: Option<i64>,
    /// When it was given, Unix ms.
    pub renewed_at: i64,
    /// When it is to be renewed, Unix ms.
    pub renew_at: Option<i64>,
    /// Whether anything renews it.
    renews: bool,
    /// The vendor renews it from then on only, Unix ms.
    renewable_at: Option<i64>,
    /// A person has to sign in again.
    pub ended: bool,
    /// Why it could not be renewed; empty when nothing is wrong.
    pub why: String,
}

/// The token of one account.
#[derive(Debug)]
pub struct Token {
    held: ArcSwap<Held>,
    /// The newest generation that the provider did not take.
    refused: AtomicI64,
    /// Whoever renews it holds this.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// When renewing failed last, Unix ms, and why.
    failed: Mutex<(i64, String)>,
    /// Tokens that are in use and that the database would not have yet.
    unkept: Mutex<Option<StoredTokens>>,
}

impl Held {
    fn new(stored: &StoredTokens, spec: Option<&SignIn>) -> Self {
        let (given, tokens) = (stored.renewed_at, &stored.tokens);
        let ahead = tokens.expires_at.zip(spec).map(|(end, spec)| {
            // A token that lasts no longer than the lead would be renewed without end.
            end - spec.lead.0.min((end - given) / 2).max(0)
        });
        let longest = spec.and_then(|spec| spec.longest).map(|longest| given.saturating_add(longest.0));
        Self {
            credentials: credentials(tokens.access.reveal()),
            headers: headers(tokens),
            generation: stored.generation,
            expires_at: tokens.expires_at,
            renewed_at: given,
            renew_at: ahead.into_iter().chain(longest).min().max(tokens.renewable_at),
            renews: tokens.renewal.is_some(),
            renewable_at: tokens.renewable_at,
            ended: stored.ended,
            why: stored.why.clone(),
        }
    }

    /// The header that carries it.
    pub fn credential(&self, header: HeaderForKey) -> Option<HeaderValue> {
        self.credentials.iter().find(|(wanted, _)| *wanted == header).map(|(_, value)| value.clone())
    }
}

impl Token {
    fn new(stored: &StoredTokens, spec: Option<&SignIn>) -> Self {
        Self {
            held: ArcSwap::from_pointee(Held::new(stored, spec)),
            refused: AtomicI64::new(0),
            turn: tokio::sync::Mutex::default(),
            failed: Mutex::default(),
            unkept: Mutex::default(),
        }
    }

    /// What is shown now.
    pub fn held(&self) -> Arc<Held> {
        self.held.load_full()
    }

    /// Takes over what was written down, unless something newer is known.
    pub fn take(&self, stored: &StoredTokens, spec: Option<&SignIn>) {
        let fresh = Arc::new(Held::new(stored, spec));
        self.held.rcu(
            |held| {
                if held.generation > fresh.generation { Arc::clone(held) } else { Arc::clone(&fresh) }
            },
        );
    }

    /// Whether a request may go with it.
    pub fn usable(&self, held: &Held, now: i64) -> bool {
        let fresh = held.expires_at.is_none_or(|end| end > now + MARGIN);
        fresh && !held.ended && held.generation > self.refused.load(Ordering::Relaxed)
    }

    /// The provider did not take it: it is renewed before the next request. `false`: renewing it can change nothing,
    /// because the vendor would not, or did so just now.
    pub fn refuse(&self, generation: i64, now: i64) -> bool {
        let held = self.held();
        if held.generation > generation {
            return true;
        }
        let may =
            held.renews && held.renewable_at.is_none_or(|at| at <= now) && held.renewed_at + FRESH < now;
        if may {
            self.refused.fetch_max(generation, Ordering::Relaxed);
        }
        may
    }

    /// Tokens that are in use and that the database would not have yet.
    pub(super) fn unkept(&self) -> Option<StoredTokens> {
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note_unkept(&self, tokens: Option<StoredTokens>) {
        *self.unkept.lock().unwrap_or_else(PoisonError::into_inner) = tokens;
    }

    /// Why it could not be renewed a moment ago.
    pub(super) fn just_failed(&self, now: i64) -> Option<String> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        (failed.0 + REST > now).then(|| failed.1.clone())
    }

    pub(super) fn note_failure(&self, now: i64, why: &str) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = (now, why.to_owned());
    }
}

/// The tokens of all accounts that are signed in to, by id: they outlive the snapshots that point at them.
#[derive(Debug)]
pub struct Wallet {
    tokens: Mutex<HashMap<i64, Arc<Token>>>,
    /// Renewals at the same time, each of which may hold a connection to the database while a vendor thinks.
    pub(super) renewals: tokio::sync::Semaphore,
}

/// Renewals at the same time at most.
const RENEWALS: usize = 4;

impl Default for Wallet {
    fn default() -> Self {
        Self { tokens: Mutex::default(), renewals: tokio::sync::Semaphore::new(RENEWALS) }
    }
}

impl Wallet {
    /// The token of an account, as new as it is known; `None` where it was not signed in to.
    pub fn of(&self, account: &StoredAccount, spec: Option<&SignIn>) -> Option<Arc<Token>> {
        let stored = account.tokens.as_ref()?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let token = tokens.entry(account.id).or_insert_with(|| Arc::new(Token::new(stored, spec)));
        token.take(stored, spec);
        Some(Arc::clone(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn stored(generation: i64, expires_at: i64) -> StoredTokens {
        StoredTokens {
            tokens: Tokens {
                access: Secret::from(format!("token-{generation}")),
                renewal: Some(Secret::from("renewal".to_owned())),
                expires_at: Some(expires_at),
                renewable_at: None,
                client: None,
                headers: BTreeMap::new(),
                grant: None,
            },
            renewed_at: 0,
            generation,
            ended: false,
            why: String::new(),
        }
    }

    #[test]
    fn an_older_reading_does_not_replace_a_newer_token() {
        let token = Token::new(&stored(2, 100_000), None);
        token.take(&stored(1, 900_000), None);
        assert_eq!(token.held().generation, 2);
        token.take(&StoredTokens { ended: true, ..stored(2, 100_000) }, None);
        assert!(token.held().ended, "the same one may have ended meanwhile");
        token.take(&stored(3, 200_000), None);
        assert!(!token.held().ended);
        assert_eq!(token.held().credential(HeaderForKey::Authorization).unwrap(), "Bearer token-3");
    }

    #[test]
    fn what_was_refused_or_ends_in_a_moment_is_not_used() {
        let token = Token::new(&stored(1, 100_000), None);
        assert!(token.usable(&token.held(), 80_000));
        assert!(!token.usable(&token.held(), 95_000));
        assert!(token.refuse(1, 80_000));
        assert!(!token.usable(&token.held(), 80_000));
        token.take(&StoredTokens { renewed_at: 80_000, ..stored(2, 200_000) }, None);
        assert!(token.usable(&token.held(), 80_000));
        assert!(token.refuse(1, 81_000), "an answer to the old one is a reason to ask with the new one");
        assert!(token.usable(&token.held(), 81_000));
        assert!(!token.refuse(2, 81_000), "a new one that is refused was not refused for its age");
        assert!(token.usable(&token.held(), 81_000));
    }

    #[test]
    fn a_vendor_that_renews_only_late_is_not_asked_early() {
        let spec: SignIn = toml::from_str(
            "flows = [\"code\"]\nauthorize_url = \"x\"\ntoken_url = \"x\"\nlead = \"10m\"\nclient_id = \"x\"",
        )
        .unwrap();
        let mut late = stored(1, 3_600_000);
        late.tokens.renewable_at = Some(3_300_000);
        let token = Token::new(&late, Some(&spec));
        assert_eq!(token.held().renew_at, Some(3_300_000));
        assert!(!token.refuse(1, 600_000));
        assert!(token.refuse(1, 3_300_000));
        assert_eq!(Token::new(&stored(1, 3_600_000), Some(&spec)).held().renew_at, Some(3_000_000));
        let short = Token::new(&stored(1, 900_000), Some(&spec));
        assert_eq!(short.held().renew_at, Some(450_000), "a token is not renewed before half of its life");
    }
}
