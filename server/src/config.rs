//! Boot configuration: environment over an optional TOML file, strict, printable without secrets.
//!
//! Only what must be known before the database is open lives here; everything a person changes later is in
//! the database.

mod otlp;

pub use otlp::Otlp;

use ipnet::IpNet;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("The configuration file {0} could not be read: {1}. Mend it or unset NINEROUTER_CONFIG.")]
    Unreadable(PathBuf, String),
    /// A value makes no sense.
    #[error("{name} is set to {value:?}, which is not {wanted}. Change it or unset it.")]
    Bad {
        /// The variable or key.
        name: String,
        /// What it holds.
        value: String,
        /// What it should hold.
        wanted: &'static str,
    },
    /// No home folder.
    #[error(
        "No data folder: neither DATA_DIR nor HOME is set. Set DATA_DIR to a folder that can be written."
    )]
    NoDataDir,
    /// Listening beyond this machine without a password.
    #[error(
        "HOST={0} would let other machines in before anyone has chosen a password. Set INITIAL_PASSWORD, or \
         start once on 127.0.0.1 and set a password in the browser."
    )]
    OpenWithoutPassword(IpAddr),
}

/// A text that is never printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(set)")
    }
}

/// Boot configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `HOST`. The address to listen on.
    pub host: IpAddr,
    /// `PORT`. 0 lets the system choose.
    pub port: u16,
    /// `DATA_DIR`. Database, secret key, user catalogue files.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`. PostgreSQL instead of the SQLite file in the data folder.
    pub database_url: Option<Secret>,
    /// `NINEROUTER_SECRET_KEY`. 64 hexadecimal digits, instead of the file in the data folder.
    pub secret_key: Option<Secret>,
    /// `INITIAL_PASSWORD`. The first person's password, used only while there is no person.
    pub initial_password: Option<Secret>,
    /// `JWT_SECRET`. Signs bearers of the management API; made from the secret key when absent.
    pub jwt_secret: Option<Secret>,
    /// `BASE_URL`. Where clients reach us, when that is not `http://HOST:PORT`.
    pub base_url: Option<String>,
    /// `AUTH_COOKIE_SECURE`. Session cookies only over https; true by itself when `BASE_URL` is https.
    pub cookie_secure: bool,
    /// `REQUIRE_API_KEY`. Keys are required on this machine too, whatever the settings say.
    pub require_key: bool,
    /// `ENABLE_REQUEST_LOGS`. One line a request in the log (never bodies).
    pub log_requests: bool,
    /// `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`: outbound proxies, as the environment names them.
    pub proxy: Proxy,
    /// `TRUSTED_PROXIES`. Networks whose X-Forwarded-For is believed for showing and rate limits.
    pub trusted_proxies: Vec<IpNet>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` and its like. Where traces are sent to, if anywhere.
    pub otlp: Option<Otlp>,
    /// `DRAIN_SECONDS`. How long open requests may go on once shutdown was asked for.
    pub drain_seconds: u32,
    /// `NINEROUTER_LOG`. A tracing filter, e.g. `info,server::gateway=debug`.
    pub log: String,
}

/// Outbound proxies. Their URLs can hold passwords.
#[derive(Clone, Debug, Default)]
pub struct Proxy {
    /// For http URLs.
    pub http: Option<Secret>,
    /// For https URLs.
    pub https: Option<Secret>,
    /// For both.
    pub all: Option<Secret>,
    /// Hosts reached without a proxy, separated by commas.
    pub none: Option<String>,
}

/// The log without a filter of one's own: libraries say what they do at every start and call.
const LOG: &str =
    "info,sea_orm_migration=warn,sqlx::postgres::notice=warn,server_fn=warn,leptos=warn,leptos_axum=warn";

/// Names as in the file; each is the environment variable in lower case.
const NAMES: [&str; 21] = [
    "host",
    "port",
    "data_dir",
    "database_url",
    "ninerouter_secret_key",
    "initial_password",
    "jwt_secret",
    "base_url",
    "auth_cookie_secure",
    "require_api_key",
    "enable_request_logs",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "trusted_proxies",
    "otel_exporter_otlp_endpoint",
    "otel_exporter_otlp_headers",
    "otel_service_name",
    "drain_seconds",
    "ninerouter_log",
];

impl Config {
    /// Reads `NINEROUTER_CONFIG` (a TOML file, optional) and the environment, which wins.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// The same from any source of variables.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let file = match variable("NINEROUTER_CONFIG") {
            Some(path) => read_file(&PathBuf::from(path))?,
            None => toml::Table::new(),
        };
        let get = |name: &str| -> Option<String> {
            let upper = name.to_ascii_uppercase();
            variable(&upper)
                // Proxies are customarily in lower case.
                .or_else(|| name.ends_with("_proxy").then(|| variable(name)).flatten())
                .or_else(|| file.get(name).map(text_of))
        };
        let host = parse(&get, "host", "an IP address")?.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let data_dir = match get("data_dir") {
            Some(dir) => PathBuf::from(dir),
            None => PathBuf::from(variable("HOME").ok_or(ConfigError::NoDataDir)?).join(".ninerouter"),
        };
        let base_url = get("base_url").map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &base_url
            && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        {
            return Err(bad("BASE_URL", url, "an http or https URL"));
        }
        let https = base_url.as_deref().is_some_and(|url| url.starts_with("https://"));
        let secret = |name: &str| get(name).map(Secret::from);
        Ok(Self {
            host,
            port: parse(&get, "port", "a port number")?.unwrap_or(20128),
            data_dir,
            database_url: secret("database_url"),
            secret_key: secret("ninerouter_secret_key"),
            initial_password: secret("initial_password"),
            jwt_secret: secret("jwt_secret"),
            base_url,
            cookie_secure: flag(&get, "auth_cookie_secure")?.unwrap_or(https),
            require_key: flag(&get, "require_api_key")?.unwrap_or(false),
            log_requests: flag(&get, "enable_request_logs")?.unwrap_or(false),
            proxy: Proxy {
                http: secret("http_proxy"),
                https: secret("https_proxy"),
                all: secret("all_proxy"),
                none: get("no_proxy"),
            },
            trusted_proxies: networks(get("trusted_proxies"))?,
            otlp: Otlp::read(&get)?,
            drain_seconds: parse(&get, "drain_seconds", "a whole number of seconds")?.unwrap_or(30),
            log: get("ninerouter_log").unwrap_or_else(|| LOG.to_owned()),
        })
    }

    /// The address to listen on.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Whether only this machine can connect.
    pub fn loopback_only(&self) -> bool {
        self.host.is_loopback()
    }

    /// Where clients reach us, without a trailing slash. `port` is the one really listened on.
    pub fn public_url(&self, port: u16) -> String {
        let host = if self.host.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { self.host };
        self.base_url.clone().unwrap_or_else(|| format!("http://{}", SocketAddr::new(host, port)))
    }

    /// Every setting, a line each, secrets only as "(set)".
    pub fn redacted(&self) -> String {
        let set = |secret: &Option<Secret>| if secret.is_some() { "(set)" } else { "(not set)" };
        let otlp = self.otlp.as_ref();
        let known = |text: Option<&str>| text.unwrap_or("(not set)").to_owned();
        let proxies: Vec<String> = self.trusted_proxies.iter().map(ToString::to_string).collect();
        [
            ("HOST", self.host.to_string()),
            ("PORT", self.port.to_string()),
            ("DATA_DIR", self.data_dir.display().to_string()),
            ("DATABASE_URL", set(&self.database_url).to_owned()),
            ("NINEROUTER_SECRET_KEY", set(&self.secret_key).to_owned()),
            ("INITIAL_PASSWORD", set(&self.initial_password).to_owned()),
            ("JWT_SECRET", set(&self.jwt_secret).to_owned()),
            ("BASE_URL", self.base_url.clone().unwrap_or_else(|| "(not set)".to_owned())),
            ("AUTH_COOKIE_SECURE", self.cookie_secure.to_string()),
            ("REQUIRE_API_KEY", self.require_key.to_string()),
            ("ENABLE_REQUEST_LOGS", self.log_requests.to_string()),
            ("HTTP_PROXY", set(&self.proxy.http).to_owned()),
            ("HTTPS_PROXY", set(&self.proxy.https).to_owned()),
            ("ALL_PROXY", set(&self.proxy.all).to_owned()),
            ("NO_PROXY", self.proxy.none.clone().unwrap_or_else(|| "(not set)".to_owned())),
            ("TRUSTED_PROXIES", proxies.join(",")),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", known(otlp.map(|otlp| otlp.origin.as_str()))),
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                known(otlp.filter(|otlp| !otlp.headers.is_empty()).map(|_| "(set)")),
            ),
            ("OTEL_SERVICE_NAME", known(otlp.map(|otlp| otlp.service.as_str()))),
            ("DRAIN_SECONDS", self.drain_seconds.to_string()),
            ("NINEROUTER_LOG", self.log.clone()),
        ]
        .into_iter()
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect()
    }
}

fn read_file(path: &PathBuf) -> Result<toml::Table, ConfigError> {
    let unreadable = |error: String| ConfigError::Unreadable(path.clone(), error);
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    // Only the message: a parse error quotes the line, which may hold a secret.
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        unreadable(format!("it is not TOML: {}", error.message().trim_end_matches('.')))
    })?;
    match table.keys().find(|key| !NAMES.contains(&key.as_str())) {
        Some(key) => Err(unreadable(format!("{key:?} is no setting; the settings are {}", NAMES.join(", ")))),
        None => Ok(table),
    }
}

fn text_of(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn bad(name: &str, value: &str, wanted: &'static str) -> ConfigError {
    ConfigError::Bad { name: name.to_owned(), value: value.to_owned(), wanted }
}

fn parse<T: std::str::FromStr>(
    get: &impl Fn(&str) -> Option<String>,
    name: &str,
    wanted: &'static str,
) -> Result<Option<T>, ConfigError> {
    get(name)
        .map(|value| value.trim().parse().map_err(|_| bad(&name.to_ascii_uppercase(), &value, wanted)))
        .transpose()
}

fn flag(get: &impl Fn(&str) -> Option<String>, name: &str) -> Result<Option<bool>, ConfigError> {
    let Some(value) = get(name) else { return Ok(None) };
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(Some(true)),
        "0" | "false" | "no" | "off" => Ok(Some(false)),
        _ => Err(bad(&name.to_ascii_uppercase(), &value, "true or false")),
    }
}

fn networks(list: Option<String>) -> Result<Vec<IpNet>, ConfigError> {
    list.iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.parse::<IpNet>()
                .or_else(|_| part.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| bad("TRUSTED_PROXIES", part, "a network such as 10.0.0.0/8"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let map: HashMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::read(|name| map.get(name).cloned())
    }

    #[test]
    fn defaults_listen_on_this_machine_only() {
        let config = read(&[("HOME", "/home/ada")]).unwrap();
        assert_eq!(config.address().to_string(), "127.0.0.1:20128");
        assert_eq!(config.data_dir, PathBuf::from("/home/ada/.ninerouter"));
        assert!(!config.cookie_secure);
    }

    #[test]
    fn a_bad_value_is_refused_by_name() {
        let error = read(&[("HOME", "/"), ("PORT", "many")]).unwrap_err().to_string();
        assert_eq!(error, r#"PORT is set to "many", which is not a port number. Change it or unset it."#);
    }

    #[test]
    fn the_environment_wins_over_the_file_and_unknown_keys_are_refused() {
        let dir = std::env::temp_dir().join(format!("ninerouter-config-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("ninerouter.toml");
        std::fs::write(&path, "port = 1234\ntrusted_proxies = [\"10.0.0.0/8\"]\n").unwrap();
        let file = path.to_str().unwrap();
        let config = read(&[("HOME", "/"), ("NINEROUTER_CONFIG", file)]).unwrap();
        assert_eq!((config.port, config.trusted_proxies.len()), (1234, 1));
        let config = read(&[("HOME", "/"), ("NINEROUTER_CONFIG", file), ("PORT", "99")]).unwrap();
        assert_eq!(config.port, 99);
        std::fs::write(&path, "prot = 1234\n").unwrap();
        let error = read(&[("HOME", "/"), ("NINEROUTER_CONFIG", file)]).unwrap_err().to_string();
        assert!(error.contains("\"prot\" is no setting"), "{error}");
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = read(&[
            ("HOME", "/"),
            ("DATABASE_URL", "postgres://app:hunter2@db/app"),
            ("INITIAL_PASSWORD", "correct horse"),
            ("JWT_SECRET", "jwt-secret-text"),
            ("HTTPS_PROXY", "http://user:hunter3@proxy:3128"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector/hunter4"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hunter5"),
        ])
        .unwrap();
        for printed in [config.redacted(), format!("{config:?}")] {
            for secret in ["hunter2", "correct horse", "jwt-secret-text", "hunter3", "hunter4", "hunter5"] {
                assert!(!printed.contains(secret), "{secret} in {printed}");
            }
        }
    }
}
