//! The HTTP clients: one for addresses that an operator vouches for, one that refuses private networks.

use super::address::resolve_public;
use crate::config::{Proxy, Secret};
use arc_swap::ArcSwap;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A proxy's URL makes no sense. The URL itself can hold a password and is not repeated.
    #[error("{0} is not a proxy URL such as http://proxy.example.com:3128. Change it or unset it.")]
    Proxy(&'static str),
    /// TLS or the like could not be set up.
    #[error("The HTTP client could not be made: {0}")]
    Build(reqwest::Error),
}

#[derive(Debug)]
struct Pair {
    connect_ms: i64,
    open: Client,
    guarded: Client,
    /// To this machine, past any proxy.
    here: Client,
}

/// How a request gets out.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    /// As the machine's own settings say, to public addresses only.
    Public,
    /// The same to an address that an operator vouches for.
    Any,
    /// Through a proxy of the account's own, which decides where names lead. `private_network` as above.
    Through {
        /// Its address, which may hold a password.
        proxy: &'a Secret,
        /// Whether a literal address may be a private one.
        private_network: bool,
    },
    /// To this very machine, past any proxy.
    Here,
}

impl Way<'_> {
    /// Whether a literal address may be a private one.
    pub fn private_network(self) -> bool {
        match self {
            Self::Public => false,
            Self::Any | Self::Here => true,
            Self::Through { private_network, .. } => private_network,
        }
    }
}

/// Most proxies of accounts that are remembered: people have a few.
const PROXIES: usize = 64;

/// The clients, with their connection pools.
pub struct Clients {
    proxy: Proxy,
    pair: ArcSwap<Pair>,
    /// One for each proxy of an account's own, by the hash of its address.
    through: Mutex<HashMap<[u8; 32], Client>>,
}

impl std::fmt::Debug for Clients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clients")
    }
}

/// Finds only public addresses.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = resolve_public(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

impl Clients {
    /// Clients that give up connecting after `connect_ms`.
    pub fn new(proxy: &Proxy, connect_ms: i64) -> Result<Self, ClientError> {
        let pair = ArcSwap::from_pointee(make(proxy, connect_ms)?);
        Ok(Self { proxy: proxy.clone(), pair, through: Mutex::default() })
    }

    /// Takes over a new connect limit; the old connections end by themselves.
    pub fn set_connect_limit(&self, connect_ms: i64) -> Result<(), ClientError> {
        if self.pair.load().connect_ms != connect_ms {
            self.pair.store(Arc::new(make(&self.proxy, connect_ms)?));
            self.through().clear();
        }
        Ok(())
    }

    /// The client for a way out; `None` where an account's proxy cannot be used: its requests go out in no other way.
    pub(super) fn get(&self, way: Way<'_>) -> Option<Client> {
        let pair = self.pair.load();
        let (proxy, known) = match way {
            Way::Public => return Some(pair.guarded.clone()),
            Way::Any => return Some(pair.open.clone()),
            Way::Here => return Some(pair.here.clone()),
            Way::Through { proxy, .. } => (proxy, Sha256::digest(proxy.reveal().as_bytes()).into()),
        };
        if let Some(client) = self.through().get(&known) {
            return Some(client.clone());
        }
        let all = Proxy { all: Some(proxy.clone()), ..Proxy::default() };
        // What is no proxy's address was refused when it was saved.
        let client = builder(&all, pair.connect_ms).ok()?.build().ok()?;
        let mut through = self.through();
        if through.len() >= PROXIES
            && let Some(any) = through.keys().next().copied()
        {
            through.remove(&any);
        }
        through.insert(known, client.clone());
        Some(client)
    }

    fn through(&self) -> MutexGuard<'_, HashMap<[u8; 32], Client>> {
        self.through.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make(proxy: &Proxy, connect_ms: i64) -> Result<Pair, ClientError> {
    let open = builder(proxy, connect_ms)?.build().map_err(ClientError::Build)?;
    let guarded =
        builder(proxy, connect_ms)?.dns_resolver(Arc::new(PublicOnly)).build().map_err(ClientError::Build)?;
    let here = builder(&Proxy::default(), connect_ms)?.build().map_err(ClientError::Build)?;
    Ok(Pair { connect_ms, open, guarded, here })
}

#[expect(clippy::disallowed_methods, reason = "this is where clients are made")]
fn builder(proxy: &Proxy, connect_ms: i64) -> Result<reqwest::ClientBuilder, ClientError> {
    let mut builder = Client::builder()
        // A redirect could lead anywhere, with the key on board.
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_millis(connect_ms.unsigned_abs()))
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(60))
        .pool_max_idle_per_host(256)
        .pool_idle_timeout(Duration::from_secs(90))
        .http2_adaptive_window(true)
        .http2_keep_alive_interval(Duration::from_secs(30))
        .http2_keep_alive_while_idle(false)
        .referer(false)
        .no_proxy();
    let list = proxy.none.as_deref().unwrap_or_default();
    if list.split(',').any(|host| host.trim() == "*") {
        // The library takes the star for every name, but for no address.
        return Ok(builder);
    }
    let except = NoProxy::from_string(list);
    type For = fn(String) -> reqwest::Result<reqwest::Proxy>;
    for (name, url, scheme) in [
        ("HTTP_PROXY", &proxy.http, reqwest::Proxy::http::<String> as For),
        ("HTTPS_PROXY", &proxy.https, reqwest::Proxy::https::<String> as For),
        ("ALL_PROXY", &proxy.all, reqwest::Proxy::all::<String> as For),
    ] {
        if let Some(url) = url {
            let through = scheme(url.reveal().to_owned()).map_err(|_| ClientError::Proxy(name))?;
            builder = builder.proxy(through.no_proxy(except.clone()));
        }
    }
    Ok(builder)
}
