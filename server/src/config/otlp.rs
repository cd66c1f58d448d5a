//! Where traces are sent to, by the variables that OpenTelemetry has for it.

use super::{ConfigError, Secret, bad};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use std::str::FromStr;
use url::Url;

/// The service's name where nobody gives it another.
const SERVICE: &str = "ninerouter";
/// What stands in place of a value that may hold a secret.
const HIDDEN: &str = "(not shown)";

/// Where traces are sent to.
#[derive(Clone, Debug)]
pub struct Otlp {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, with `/v1/traces` behind it. Its path may say who sends.
    traces: Secret,
    /// The same without a path, for showing.
    pub origin: String,
    /// `OTEL_EXPORTER_OTLP_HEADERS`. Sent along; marked as sensitive.
    pub headers: HeaderMap,
    /// `OTEL_SERVICE_NAME`. Who the traces are of.
    pub service: String,
}

impl Otlp {
    /// Reads the three settings; `None` where no endpoint is set.
    pub(super) fn read(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let Some(endpoint) = get("otel_exporter_otlp_endpoint") else { return Ok(None) };
        let endpoint = endpoint.trim().trim_end_matches('/');
        let refused = || {
            let wanted = "an http or https URL without a user, a query or a fragment";
            bad("OTEL_EXPORTER_OTLP_ENDPOINT", HIDDEN, wanted)
        };
        let url = Url::parse(&format!("{endpoint}/v1/traces")).map_err(|_| refused())?;
        let plain = url.username().is_empty() && url.password().is_none();
        let whole = url.query().is_none() && url.fragment().is_none();
        if !plain || !whole || !url.has_host() || !matches!(url.scheme(), "http" | "https") {
            return Err(refused());
        }
        Ok(Some(Self {
            origin: url.origin().ascii_serialization(),
            traces: Secret::from(url.to_string()),
            headers: headers(&get("otel_exporter_otlp_headers").unwrap_or_default())?,
            service: get("otel_service_name").unwrap_or_else(|| SERVICE.to_owned()),
        }))
    }

    /// Where traces are posted to.
    pub fn traces(&self) -> &str {
        self.traces.reveal()
    }
}

/// `name=value,name=value`, values encoded as in a URL.
fn headers(list: &str) -> Result<HeaderMap, ConfigError> {
    let refused = || {
        let wanted = "a list such as name=value,name=value, with values encoded as in a URL";
        bad("OTEL_EXPORTER_OTLP_HEADERS", HIDDEN, wanted)
    };
    let pairs = list.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let header = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some((HeaderName::from_str(name.trim()).ok()?, value))
    };
    pairs.map(|pair| header(pair).ok_or_else(refused)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(endpoint: &str, headers: &str) -> Result<Option<Otlp>, ConfigError> {
        Otlp::read(&|name: &str| match name {
            "otel_exporter_otlp_endpoint" => Some(endpoint.to_owned()),
            "otel_exporter_otlp_headers" => Some(headers.to_owned()),
            _ => None,
        })
    }

    #[test]
    fn an_endpoint_gets_the_path_of_traces_and_headers_are_decoded() {
        let otlp =
            read("https://tel.example/otlp/", "authorization=Basic%20eDp5, x-team = a+b").unwrap().unwrap();
        assert_eq!(otlp.traces(), "https://tel.example/otlp/v1/traces");
        assert_eq!((otlp.origin.as_str(), otlp.service.as_str()), ("https://tel.example", "ninerouter"));
        assert_eq!(otlp.headers["authorization"], "Basic eDp5");
        assert_eq!(otlp.headers["x-team"], "a+b");
        assert!(Otlp::read(&|_: &str| None).unwrap().is_none());
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_not_repeated() {
        for (endpoint, headers) in [
            ("collector-secret:4318", ""),
            ("ftp://collector-secret", ""),
            ("http://ada:secret@collector", ""),
            ("http://collector/?token=secret", ""),
            ("http://collector", "secret"),
            ("http://collector", "a b=secret"),
            ("http://collector", "a=secret%0A"),
        ] {
            let error = read(endpoint, headers).unwrap_err().to_string();
            assert!(error.contains("OTEL_EXPORTER_OTLP_") && !error.contains("secret"), "{error}");
        }
        let kept = read("http://collector/path-secret", "x-key=secret").unwrap();
        assert!(!format!("{kept:?}").contains("secret"), "{kept:?}");
    }
}
