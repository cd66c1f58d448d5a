//! What the headers of ordinary answers say.

use std::borrow::Cow;

use super::{
    Quota, Window,
    window::{self},
};

impl Quota {
    /// What the headers (name, value) of an answer say is left. `model` is the one that was asked: many limits are of
    /// single models. Answers of any status have them.
    #[must_use]
    pub fn read_headers<'a>(
        &self,
        headers: impl Iterator<Item = (&'a str, &'a str)>,
        model: &str,
        now_ms: i64,
    ) -> Vec<Window> {
        let mut found = Vec::new();
        if self.headers.is_empty() {
            return found;
        }
        let headers: Vec<(&str, &str)> = headers.collect();
        let look = |place: &str| {
            let (wanted, part) =
                place.split_once('/').map_or((place, None), |(name, part)| (name, Some(part)));
            let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            match part {
                None => Some(Cow::Borrowed(*value)),
                Some(part) => part_of(value, part).map(Cow::Owned),
            }
        };
        for reading in &self.headers {
            if let Some(window) = reading.read(&look, Some(model), now_ms)
                && !(reading.fallback && found.iter().any(|known: &Window| known.name == window.name))
            {
                window::add(&mut found, window);
            }
        }
        found
    }
}

/// A part of a list such as `ent=300&rem=97.1&rst=2026-09-01T00%3A00%3A00Z`.
fn part_of(list: &str, wanted: &str) -> Option<String> {
    let pairs = list.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.into_iter().find_map(|(name, value)| (name.trim() == wanted).then_some(value))?;
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let coded = (*first == b'%').then(|| Some(digit(0)? * 16 + digit(1)?)).flatten();
        match coded.and_then(|byte| u8::try_from(byte).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn parts_of_a_list_are_found_and_decoded() {
        let list = "ent=300&rem=97.1&rst=2026-09-01T00%3A00%3A00Z&odd=%zz%4&e=%C3%A9";
        for (part, value) in [
            ("ent", "300"),
            ("rem", "97.1"),
            ("rst", "2026-09-01T00:00:00Z"),
            ("odd", "%zz%4"),
            ("e", "\u{e9}"),
        ] {
            assert_eq!(part_of(list, part).as_deref(), Some(value));
        }
        assert_eq!(part_of(list, "re"), None);
        assert_eq!(part_of("", "ent"), None);
    }
}
