//! What a person says once for each account because the provider's addresses hold it: a resource, a region.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Longest value of a field, in bytes: a label of a host name has no more.
const LONGEST: usize = 63;
/// Longest host name, in bytes.
const LONGEST_HOST: usize = 253;

/// One such thing. Where an address has `{name}`, its value is put.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name in addresses.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Where a person finds it; empty when there is nothing to say.
    #[serde(default)]
    pub help: String,
    /// What it is where nobody says; empty where it has to be said.
    #[serde(default)]
    pub default: String,
    /// Whether it is a whole host name, such as `gitlab.example.com`. Only public hosts are called by it.
    #[serde(default)]
    pub host: bool,
    /// What it may be; empty where it is free.
    #[serde(default, rename = "choice")]
    pub choices: Vec<Choice>,
}

/// One value that a field may have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is put into addresses.
    pub value: String,
    /// Its name for people.
    pub label: String,
    /// What stands in addresses for other names where this is chosen.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
}

impl Field {
    /// Whether a value can be put into an address without changing what is around it.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let label = |value: &str| !value.is_empty() && value.len() <= LONGEST && value.bytes().all(plain);
        // A name of one word, or one that ends in a number, would be a machine nearby or an address.
        let named = |end: &str| end.starts_with(|first: char| first.is_ascii_alphabetic());
        let fits = if self.host {
            let end = value.rsplit_once('.').map(|(_, end)| end);
            value.len() <= LONGEST_HOST && value.split('.').all(label) && end.is_some_and(named)
        } else {
            label(value)
        };
        fits && (self.choices.is_empty() || self.choices.iter().any(|choice| choice.value == value))
    }
}

/// An address with the values of its fields; a field without a value is left as it stands.
#[must_use]
pub fn filled(url: &str, values: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, name, after)) = split(rest) {
        filled.push_str(before);
        match values.get(name) {
            Some(value) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled + rest
}

/// What stands in addresses for the names of fields and facts, as an account says them. What it does not say is the first
/// of the values that it may have, or `unset`.
#[must_use]
pub fn values(fields: &[Field], said: &BTreeMap<String, String>, unset: &str) -> BTreeMap<String, String> {
    let mut values = said.clone();
    for field in fields {
        let usual = match field.choices.first() {
            _ if !field.default.is_empty() => &field.default,
            Some(choice) => &choice.value,
            None => unset,
        };
        let value = values.entry(field.name.clone()).or_insert_with(|| usual.to_owned());
        if let Some(choice) = field.choices.iter().find(|choice| choice.value == *value) {
            values.extend(choice.sets.clone());
        }
    }
    values
}

/// The names of the fields that an address holds.
pub(crate) fn names(url: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = url;
    while let Some((_, name, after)) = split(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// What stands before the first `{name}`, the name, and what stands behind it.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = url.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(choices: &[&str]) -> Field {
        let choice =
            |value: &&str| Choice { value: (*value).to_owned(), label: String::new(), sets: BTreeMap::new() };
        let choices = choices.iter().map(choice).collect();
        Field {
            name: "region".to_owned(),
            label: "Region".to_owned(),
            help: String::new(),
            default: String::new(),
            host: false,
            choices,
        }
    }

    #[test]
    fn a_host_is_a_name_with_dots_and_nothing_around_it() {
        let host = Field { host: true, ..field(&[]) };
        for good in ["gitlab.com", "git.my-company.example", "xn--bcher-kva.example"] {
            assert!(host.accepts(good), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "127.0.0.1",
            "10.1",
            "a..b",
            ".a.b",
            "a.b.",
            "a.b/c",
            "a.b:80",
            "x@a.b",
            "a.b?c",
            "a.b#c",
            "[::1]",
            "0x7f.0x1",
            "{x}.b",
        ] {
            assert!(!host.accepts(bad), "{bad}");
        }
        assert_eq!(
            values(&[Field { default: "a.b".to_owned(), ..host }], &BTreeMap::new(), "unset")["region"],
            "a.b"
        );
    }

    #[test]
    fn a_value_changes_nothing_around_it() {
        for good in ["sgp", "my-resource_2", "0"] {
            assert!(field(&[]).accepts(good), "{good}");
        }
        for bad in ["", "a/b", "a.b", "a@b", "a?b", "a#b", "a:b", "a b", "{x}", "\u{e9}", &"a".repeat(64)] {
            assert!(!field(&[]).accepts(bad), "{bad}");
        }
        assert!(field(&["sgp", "cn"]).accepts("cn") && !field(&["sgp", "cn"]).accepts("ams"));
    }

    #[test]
    fn values_stand_where_their_names_stood() {
        let values = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
        let url = "https://{a}.example.com/{b}/{a}/{c}";
        assert_eq!(filled(url, &values), "https://1.example.com/2/1/{c}");
        assert_eq!(names(url), ["a", "b", "a", "c"]);
        assert_eq!(filled("https://x.example.com", &values), "https://x.example.com");
    }
}
