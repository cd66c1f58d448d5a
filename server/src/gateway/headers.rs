//! Which headers travel, in both directions: all of them but those that belong to one connection, name a person
//! or a place, or carry a key.

use super::caller::Tool;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE,
    EXPECT, FORWARDED, HOST, ORIGIN, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, REFERER, SET_COOKIE, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT, VIA,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers of a request that stay here. `accept-encoding` is ours to choose, because we read the reply.
const REQUEST_STAYS: [HeaderName; 18] = [
    ACCEPT_ENCODING,
    AUTHORIZATION,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    COOKIE,
    EXPECT,
    FORWARDED,
    HOST,
    ORIGIN,
    PROXY_AUTHORIZATION,
    REFERER,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    VIA,
];

/// Beginnings of names of request headers that stay here: keys, our own, and what browsers and proxies add.
const REQUEST_STAYS_BY_NAME: [&str; 13] = [
    "api-key",
    "x-api-key",
    "x-goog-api-key",
    "x-ninerouter-",
    "x-forwarded-",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-",
    "sec-",
    "proxy-",
    "keep-alive",
    "access-control-",
];

/// Headers of a reply that stay here. The body was decompressed, so its encoding and length are not the client's.
const REPLY_STAYS: [HeaderName; 9] = [
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    PROXY_AUTHENTICATE,
    SET_COOKIE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    VIA,
];

/// Beginnings of names of reply headers that stay here: what is true only between us and the provider.
const REPLY_STAYS_BY_NAME: [&str; 10] = [
    "keep-alive",
    "alt-svc",
    "strict-transport-security",
    "access-control-",
    "cf-",
    "server",
    "nel",
    "report-to",
    "www-authenticate",
    "content-security-policy",
];

/// The client's headers as they go on to a provider. The client's user agent goes on only where the client is the
/// provider's own tool; everywhere else we name ourselves.
pub(super) fn to_provider(headers: &HeaderMap, tool: &Tool, provider: &catalog::Provider) -> HeaderMap {
    let own = provider.own_tool.as_ref().is_some_and(|own| own.name == tool.name);
    let own_tool = own || (!tool.vendor.is_empty() && tool.vendor == provider.id);
    let named_by_connection = connection_names(headers);
    let mut travelling = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let stays = REQUEST_STAYS.contains(name)
            || (*name == USER_AGENT && !own_tool)
            || REQUEST_STAYS_BY_NAME.iter().any(|start| name.as_str().starts_with(start))
            || named_by_connection.iter().any(|hop| hop.eq_ignore_ascii_case(name.as_str()));
        if !stays {
            travelling.append(name.clone(), value.clone());
        }
    }
    travelling
}

/// A provider's headers as they go back to the client.
pub(super) fn to_client(headers: &HeaderMap) -> HeaderMap {
    let mut travelling = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let stays = REPLY_STAYS.contains(name)
            || REPLY_STAYS_BY_NAME.iter().any(|start| name.as_str().starts_with(start));
        if !stays {
            travelling.append(name.clone(), value.clone());
        }
    }
    travelling
}

/// Headers that a `Connection` header declares to belong to this connection only.
fn connection_names(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value: &HeaderValue| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_owned())
        .collect()
}

/// The query as it goes on: without a key.
pub(super) fn query_to_provider(query: Option<&str>) -> Option<String> {
    let kept: Vec<&str> =
        query?.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("key=")).collect();
    (!kept.is_empty()).then(|| kept.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn what_matters_travels_and_what_belongs_here_stays() {
        let headers = map(&[
            ("anthropic-version", "2023-06-01"),
            ("anthropic-beta", "context-1m-2025-08-07"),
            ("openai-beta", "x"),
            ("idempotency-key", "k1"),
            ("x-stainless-lang", "js"),
            ("user-agent", "claude-cli/2.0"),
            ("authorization", "Bearer nr-secret"),
            ("x-api-key", "nr-secret"),
            ("cookie", "a=b"),
            ("host", "127.0.0.1"),
            ("connection", "keep-alive, x-hop"),
            ("x-hop", "1"),
            ("x-forwarded-for", "10.0.0.9"),
            ("accept-encoding", "gzip"),
            ("content-length", "5"),
        ]);
        let catalog = catalog::Catalog::builtin().unwrap();
        let claude = Tool { name: "Claude Code".to_owned(), vendor: "anthropic" };
        let sent = to_provider(&headers, &claude, catalog.get("anthropic").unwrap());
        let mut names: Vec<&str> = sent.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "anthropic-beta",
                "anthropic-version",
                "idempotency-key",
                "openai-beta",
                "user-agent",
                "x-stainless-lang"
            ]
        );
        assert!(!to_provider(&headers, &claude, catalog.get("glm").unwrap()).contains_key("user-agent"));
    }

    #[test]
    fn a_key_in_the_query_does_not_travel() {
        assert_eq!(query_to_provider(Some("beta=true&key=nr-1")).as_deref(), Some("beta=true"));
        assert_eq!(query_to_provider(Some("key=nr-1")), None);
        assert_eq!(query_to_provider(None), None);
    }
}
