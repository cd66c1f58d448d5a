//! The HTTP clients: one for addresses that an operator vouches for, one that refuses private networks.

use super::address::resolve_public;
use crate::config::Proxy;
use arc_swap::ArcSwap;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy};
use std::sync::Arc;
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
}

/// The clients, with their connection pools.
#[derive(Debug)]
pub struct Clients {
    proxy: Proxy,
    pair: ArcSwap<Pair>,
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
        Ok(Self { proxy: proxy.clone(), pair })
    }

    /// Takes over a new connect limit; the old connections end by themselves.
    pub fn set_connect_limit(&self, connect_ms: i64) -> Result<(), ClientError> {
        if self.pair.load().connect_ms != connect_ms {
            self.pair.store(Arc::new(make(&self.proxy, connect_ms)?));
        }
        Ok(())
    }

    /// The client for an endpoint that may, or may not, be on a private network.
    pub(super) fn get(&self, private_network: bool) -> Client {
        let pair = self.pair.load();
        if private_network { pair.open.clone() } else { pair.guarded.clone() }
    }
}

fn make(proxy: &Proxy, connect_ms: i64) -> Result<Pair, ClientError> {
    let open = builder(proxy, connect_ms)?.build().map_err(ClientError::Build)?;
    let guarded =
        builder(proxy, connect_ms)?.dns_resolver(Arc::new(PublicOnly)).build().map_err(ClientError::Build)?;
    Ok(Pair { connect_ms, open, guarded })
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
