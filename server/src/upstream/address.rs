//! Which addresses a custom endpoint may have: the public internet, unless a person says that the endpoint is
//! on their own network. Checked when it is saved and again whenever a connection is made, because a name can
//! point elsewhere by then.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Why an address may not be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It leads to this machine or a private network.
    #[error(
        "{0} is an address on this machine or a private network. If the endpoint is your own, mark it as being on \
         your own network."
    )]
    Private(String),
    /// The name is unknown.
    #[error("{0} could not be found: {1}. Check the host name.")]
    Unknown(String, String),
}

/// Whether an address is reachable from anywhere on the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        // Carrier-grade NAT, protocol assignments, benchmarks (RFC 6598, 6890, 2544).
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let special = address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        // Documentation, and the two ways of writing an IPv4 address that translators honour.
        || segments.starts_with(&[0x2001, 0x0db8])
        || segments.starts_with(&[0x0064, 0xff9b])
        || segments.first() == Some(&0x2002);
    !special
}

/// Checks every address that a URL leads to now.
pub async fn check(url: &Url) -> Result<(), AddressError> {
    let host = url.host_str().unwrap_or_default().to_owned();
    if let Some(literal) = literal(url) {
        return if is_public(literal) { Ok(()) } else { Err(AddressError::Private(host)) };
    }
    resolve_public(&host, url.port_or_known_default().unwrap_or(0)).await.map(|_| ())
}

/// The address a URL states itself, without any name.
pub fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(_) => None,
    }
}

/// The addresses of a name; an error when any of them is not public, so that a name cannot hide one behind
/// another.
pub(super) async fn resolve_public(host: &str, port: u16) -> Result<Vec<SocketAddr>, AddressError> {
    let unknown = |error: String| AddressError::Unknown(host.to_owned(), error);
    let found: Vec<SocketAddr> =
        tokio::net::lookup_host((host, port)).await.map_err(|error| unknown(error.to_string()))?.collect();
    if found.is_empty() {
        return Err(unknown("it has no address".to_owned()));
    }
    match found.iter().find(|address| !is_public(address.ip())) {
        Some(_) => Err(AddressError::Private(host.to_owned())),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_ranges_are_known_in_every_spelling() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "104.18.6.192", "2606:4700::6812:6c0", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn a_url_is_checked_by_what_it_leads_to() {
        for url in ["http://127.0.0.1:80/v1", "http://[::1]/v1", "http://localhost/v1", "http://0x7f.1/v1"] {
            let refused = check(&Url::parse(url).unwrap()).await;
            assert!(matches!(refused, Err(AddressError::Private(_))), "{url}: {refused:?}");
        }
        assert_eq!(check(&Url::parse("https://1.1.1.1/v1").unwrap()).await, Ok(()));
    }
}
