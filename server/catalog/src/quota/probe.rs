//! What a provider answers when it is asked what is left.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;
use serde_json::Value;

use super::{
    Quota, Window,
    condition::{Conditions, Look, Places},
    reading::Reading,
    window::{self, shown},
};
use crate::{HeaderForKey, duration::Millis};

/// How often is asked where a file does not say.
const EVERY: Millis = Millis(5 * 60_000);
/// Longest of a vendor's sentences that is shown, in characters.
const LONGEST: usize = 200;
/// Where vendors say in words what is wrong.
const WORDS: [&str; 7] =
    ["/error/message", "/message", "/msg", "/base_resp/status_msg", "/detail/message", "/detail", "/error"];

/// One address that can be asked (GET) what an account has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Where; may hold `{name}` of the provider's fields, see [`crate::filled`].
    pub url: String,
    /// The header in which the key travels.
    pub header: HeaderForKey,
    /// What stands before the key in the `authorization` header; empty where the key stands there alone.
    pub scheme: String,
    /// Headers sent beside (lower-case names), after those that go with every request of an account.
    pub headers: BTreeMap<String, String>,
    /// How long to wait between two questions, at least.
    pub every: Millis,
    /// Whether it is asked even where one before it gave something.
    pub also: bool,
    pub(crate) refused_status: Vec<u16>,
    pub(crate) refused: Conditions,
    pub(crate) windows: Vec<Reading>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProbeFile {
    url: Places,
    header: Option<HeaderForKey>,
    scheme: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    every: Option<Millis>,
    #[serde(default)]
    also: bool,
    refused_status: Option<Vec<u16>>,
    #[serde(default)]
    refused: Conditions,
    #[serde(default, rename = "window")]
    windows: Vec<Reading>,
}

impl ProbeFile {
    /// Several addresses that give the same answer are several probes.
    pub(super) fn one_for_each_address(self) -> Vec<Probe> {
        let lower = |(name, value): (&String, &String)| (name.to_ascii_lowercase(), value.clone());
        let probe = |url| Probe {
            url,
            header: self.header.unwrap_or(HeaderForKey::Authorization),
            scheme: self.scheme.clone().unwrap_or_else(|| "Bearer".to_owned()),
            headers: self.headers.iter().map(lower).collect(),
            every: self.every.unwrap_or(EVERY),
            also: self.also,
            refused_status: self.refused_status.clone().unwrap_or_else(|| vec![401, 403]),
            refused: self.refused.clone(),
            windows: self.windows.clone(),
        };
        self.url.0.iter().cloned().map(probe).collect()
    }
}

impl Probe {
    /// The header (name in lower case, value) that shows a key.
    #[must_use]
    pub fn credential(&self, key: &str) -> (&'static str, String) {
        let value = match self.header {
            HeaderForKey::Authorization if self.scheme.is_empty() => key.to_owned(),
            HeaderForKey::Authorization => format!("{} {key}", self.scheme),
            other => other.value(key),
        };
        (self.header.name(), value)
    }
}

/// What an answer to a probe means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probed {
    /// What is left; at least one. It never outvotes what the provider said of a request a moment ago: probes lag
    /// behind.
    Windows(Vec<Window>),
    /// It says nothing of what is left (too many questions, no plan, another shape), in a sentence for people. The key
    /// may be good, and the account is neither empty nor full: nothing is known.
    NoData(String),
    /// The key is refused, in a sentence for people; asking again is of no use until it is another.
    Refused(String),
}

impl Quota {
    /// Which probe comes at this place or after: the first is asked, each further one where none gave anything so far
    /// (`given`), or where it has more to say. Whoever is refused ([`Probed::Refused`]) or told to come less often (429)
    /// stops asking.
    #[must_use]
    pub fn next_probe(&self, from: usize, given: bool) -> Option<usize> {
        let rest = self.probes.iter().enumerate().skip(from);
        rest.into_iter().find(|(_, probe)| probe.also || !given).map(|(at, _)| at)
    }

    /// Reads the answer to a probe, by its place among [`Quota::probes`]. Vendors that answer 200 with an error in the
    /// body are understood, see `refused` in the provider file.
    #[must_use]
    pub fn read_probe(&self, probe: usize, status: u16, body: &[u8], now_ms: i64) -> Probed {
        let Some(probe) = self.probes.get(probe) else {
            return Probed::NoData("There is no such probe".to_owned());
        };
        let json: Option<Value> = serde_json::from_slice(body).ok();
        let why = why(status, json.as_ref());
        // A page in place of an answer comes from a guard before the provider, which does not know the key.
        let page = json.is_none() && body.trim_ascii_start().starts_with(b"<");
        if probe.refused_status.contains(&status) && !(page && status != 401) {
            return Probed::Refused(why);
        }
        let Some(json) = json else { return Probed::NoData(why) };
        if probe.refused.any(&|place: &str| said(&json, place)) {
            return Probed::Refused(why);
        }
        if !(200..300).contains(&status) {
            return Probed::NoData(why);
        }
        let found = probe.read(&json, now_ms);
        if found.is_empty() { Probed::NoData(why) } else { Probed::Windows(found) }
    }
}

impl Probe {
    fn read(&self, json: &Value, now_ms: i64) -> Vec<Window> {
        let mut found: Vec<Window> = Vec::new();
        for reading in &self.windows {
            let known = found.len();
            let mut read = |root: &Value| {
                let look: Look<'_, '_> = &|place: &str| said(root, place);
                if let Some(window) = reading.read(look, None, now_ms)
                    && !(reading.fallback && found.iter().take(known).any(|old| old.name == window.name))
                {
                    window::add(&mut found, window);
                }
            };
            let Some(each) = &reading.each else {
                read(json);
                continue;
            };
            match each.0.iter().find_map(|place| json.pointer(place)) {
                Some(Value::Array(elements)) => elements.iter().for_each(read),
                Some(Value::Object(members)) => members.values().for_each(read),
                _ => {}
            }
        }
        found
    }
}

/// The text, number or switch at a place.
fn said<'a>(json: &'a Value, place: &str) -> Option<Cow<'a, str>> {
    match json.pointer(place)? {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(switch) => Some(Cow::Owned(switch.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The vendor's own words, and the status where it says anything.
fn why(status: u16, json: Option<&Value>) -> String {
    let words = json.and_then(|json| match json {
        Value::String(text) => Some(text.as_str()),
        json => WORDS.iter().find_map(|place| json.pointer(place)?.as_str()),
    });
    let words = words.map(|words| shown(words, LONGEST)).filter(|words| !words.is_empty());
    match (words, (200..300).contains(&status)) {
        (Some(words), true) => words,
        (Some(words), false) => format!("{words} ({status})"),
        (None, true) => "The answer says nothing of what is left".to_owned(),
        (None, false) => format!("The provider answered {status}"),
    }
}
