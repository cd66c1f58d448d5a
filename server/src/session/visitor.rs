//! Who is behind a request to the dashboard or the management API.

use super::bearer::Bearers;
use crate::clock;
use crate::state::App;
use crate::store::{PERSON, Person, StoreError};
use http::HeaderMap;
use http::header::{AUTHORIZATION, USER_AGENT};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use tower_sessions::Session;

/// What a session keeps of its person.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Login {
    /// The person's id.
    pub id: i64,
    /// The person's epoch when it began.
    pub epoch: i64,
}

/// Who is asking, and how.
#[derive(Clone)]
pub struct Visitor {
    /// The person signed in; `None` for a stranger.
    pub person: Option<Person>,
    /// The browser's session; `None` for a program.
    pub session: Option<Session>,
    /// Where the request comes from, for showing and for rate limits only.
    pub address: IpAddr,
    /// The browser's own description of itself.
    pub agent: String,
}

impl Visitor {
    /// Whoever comes with a session cookie.
    pub async fn by_session(
        app: &App,
        session: Session,
        headers: &HeaderMap,
        peer: SocketAddr,
    ) -> Result<Self, StoreError> {
        let login: Option<Login> = session.get(PERSON).await.ok().flatten();
        let person = match login {
            Some(login) => app.store.person(login.id).await?.filter(|person| person.epoch == login.epoch),
            None => None,
        };
        Ok(Self {
            person,
            session: Some(session),
            address: address(app, headers, peer),
            agent: text(headers, &USER_AGENT).to_owned(),
        })
    }

    /// Whoever comes with a bearer.
    pub async fn by_bearer(app: &App, headers: &HeaderMap, peer: SocketAddr) -> Result<Self, StoreError> {
        let now = clock::now().unix_ms / 1000;
        let token = text(headers, &AUTHORIZATION)
            .split_once(' ')
            .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()));
        let bearers = Bearers::new(&app.config, app.store.seal());
        let person = match token.and_then(|token| bearers.check(token, now)) {
            Some((id, epoch)) => app.store.person(id).await?.filter(|person| person.epoch == epoch),
            None => None,
        };
        Ok(Self { person, session: None, address: address(app, headers, peer), agent: String::new() })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The address behind trusted proxies: the last one in `X-Forwarded-For` that is not itself trusted.
fn address(app: &App, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
    let trusted =
        |address: &IpAddr| app.config.trusted_proxies.iter().any(|network| network.contains(address));
    let peer = peer.ip().to_canonical();
    if !trusted(&peer) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !trusted(hop)).unwrap_or(peer)
}
