//! Step 1: who calls, with which tool, and whether they may.

use crate::store::snapshot::{CallerKey, Snapshot};
use http::header::{AUTHORIZATION, HOST, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use wire::{Fault, FaultKind};

/// Who calls.
#[derive(Debug)]
pub struct Caller {
    /// The key shown, if it is one of ours.
    pub key: Option<Arc<CallerKey>>,
    /// The tool, for showing.
    pub tool: Tool,
}

/// A coding tool or SDK, as recognised from its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// For showing, e.g. "Claude Code".
    pub name: String,
    /// The provider whose own tool it is, empty when none: its user agent goes on to that provider as it is.
    pub vendor: &'static str,
}

/// What user agents begin with or contain (lower case), the tool's name, and the vendor whose own it is.
const TOOLS: [(&str, &str, &str); 17] = [
    ("claude-cli", "Claude Code", "anthropic"),
    ("claude-code", "Claude Code", "anthropic"),
    ("codex", "Codex", "openai"),
    ("geminicli", "Gemini CLI", "gemini"),
    ("cursor", "Cursor", ""),
    ("cline", "Cline", ""),
    ("roocode", "Roo Code", ""),
    ("roo-code", "Roo Code", ""),
    ("kilo", "Kilo Code", ""),
    ("opencode", "OpenCode", ""),
    ("continue", "Continue", ""),
    ("aider", "Aider", ""),
    ("anthropic/", "Anthropic SDK", "anthropic"),
    ("asyncanthropic/", "Anthropic SDK", "anthropic"),
    ("openai/", "OpenAI SDK", "openai"),
    ("asyncopenai/", "OpenAI SDK", "openai"),
    ("curl/", "curl", ""),
];

/// Lets a caller in, or says why not.
///
/// A key is needed unless the policy waives it for this machine. What counts is the socket's address; headers can
/// only take trust away: a request that some proxy forwarded, or that names a foreign host (a web page that
/// re-bound its name to this machine), is not from this machine.
pub fn identify(
    parts: &Parts,
    peer: SocketAddr,
    snapshot: &Snapshot,
    always_require_key: bool,
) -> Result<Caller, Fault> {
    let tool = tool(&parts.headers);
    let shown = shown_keys(parts);
    // A client may show a stale key in one header and ours in another.
    let key = shown.iter().find_map(|key| snapshot.key(&hash(key)).cloned());
    if key.is_some() {
        return Ok(Caller { key, tool });
    }
    let waived = !always_require_key && !snapshot.policy.require_key && is_local(parts, peer);
    if waived {
        return Ok(Caller { key: None, tool });
    }
    let message = if shown.is_empty() {
        "No API key was sent. Make one on the Connect page of the Ninerouter dashboard and send it as \
         \"Authorization: Bearer <key>\" or \"x-api-key: <key>\"."
    } else {
        "This API key is not known to Ninerouter: it was mistyped or revoked. Keys are on the Connect page of its \
         dashboard."
    };
    Err(Fault::new(FaultKind::BadKey, message))
}

/// SHA-256 of a key, as it is stored.
pub fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The keys a request shows, wherever its dialect puts them.
fn shown_keys(parts: &Parts) -> Vec<Cow<'_, str>> {
    const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
    const GOOGLE_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(&AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    let headers = [bearer, text(&API_KEY), text(&GOOGLE_KEY)].into_iter().flatten().map(Cow::Borrowed);
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let query = query.filter(|(name, _)| name == "key").map(|(_, value)| value);
    headers.chain(query).filter(|key| !key.is_empty()).collect()
}

/// Whether a request comes from this machine itself.
fn is_local(parts: &Parts, peer: SocketAddr) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    let host = parts
        .uri
        .host()
        .or_else(|| parts.headers.get(HOST).and_then(|host| host.to_str().ok()))
        .unwrap_or_default();
    peer.ip().to_canonical().is_loopback() && !forwarded && is_loopback_name(host)
}

/// Whether a Host header names this machine.
fn is_loopback_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The tool behind a request.
fn tool(headers: &HeaderMap) -> Tool {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let lower = agent.to_ascii_lowercase();
    if let Some((_, name, vendor)) = TOOLS.iter().find(|(mark, _, _)| lower.contains(mark)) {
        return Tool { name: (*name).to_owned(), vendor };
    }
    let product: String = agent.split(['/', ' ']).next().unwrap_or_default().chars().take(40).collect();
    let name = if product.is_empty() { "unknown".to_owned() } else { product };
    Tool { name, vendor: "" }
}

/// The name of a tool that is recognised, and is not merely what a client calls itself.
pub(crate) fn tool_named(name: &str) -> Option<&'static str> {
    TOOLS.iter().map(|(_, known, _)| *known).find(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn parts(headers: &[(&str, &str)], uri: &str) -> Parts {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn open() -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.policy.require_key = false;
        snapshot
    }

    fn lets_in(peer: &str, headers: &[(&str, &str)], snapshot: &Snapshot, always: bool) -> bool {
        identify(&parts(headers, "/v1/models"), peer.parse().unwrap(), snapshot, always).is_ok()
    }

    #[test]
    fn only_the_socket_makes_a_caller_local_and_headers_only_take_trust_away() {
        let here = [("host", "127.0.0.1:20128")];
        assert!(lets_in("127.0.0.1:5000", &here, &open(), false));
        assert!(lets_in("[::1]:5000", &[("host", "[::1]:20128")], &open(), false));
        assert!(lets_in("[::ffff:127.0.0.1]:5000", &[("host", "localhost")], &open(), false));

        assert!(!lets_in("192.168.1.9:5000", &here, &open(), false));
        assert!(!lets_in(
            "192.168.1.9:5000",
            &[("host", "localhost"), ("x-forwarded-for", "127.0.0.1")],
            &open(),
            false
        ));
        assert!(!lets_in(
            "127.0.0.1:5000",
            &[("host", "localhost"), ("x-forwarded-for", "9.9.9.9")],
            &open(),
            false
        ));
        assert!(!lets_in("127.0.0.1:5000", &[("host", "evil.example")], &open(), false));
        assert!(!lets_in("127.0.0.1:5000", &here, &open(), true));
        assert!(!lets_in("127.0.0.1:5000", &here, &Snapshot::default(), false));
    }

    #[test]
    fn a_key_is_found_wherever_a_dialect_puts_it() {
        for (headers, uri) in [
            (vec![("authorization", "Bearer nr-abc")], "/v1/models"),
            (vec![("authorization", "bearer  nr-abc")], "/v1/models"),
            (vec![("x-api-key", "nr-abc")], "/v1/models"),
            (vec![("x-goog-api-key", "nr-abc")], "/v1/models"),
            (vec![], "/v1beta/models?alt=sse&key=nr-abc"),
        ] {
            assert_eq!(shown_keys(&parts(&headers, uri)), ["nr-abc"], "{headers:?} {uri}");
        }
        assert!(shown_keys(&parts(&[("authorization", "Basic eDp5")], "/")).is_empty());
    }

    #[test]
    fn tools_are_told_by_their_user_agents() {
        let named = |agent: &str| tool(&parts(&[("user-agent", agent)], "/").headers).name;
        assert_eq!(named("claude-cli/2.0.14 (external, cli)"), "Claude Code");
        assert_eq!(named("codex_cli_rs/0.55.0 (Debian 12; x86_64)"), "Codex");
        assert_eq!(named("OpenAI/Python 2.8.0"), "OpenAI SDK");
        assert_eq!(named("my-script/1.0 (x)"), "my-script");
        assert_eq!(named(""), "unknown");
    }
}
