//! Ids of tool calls, which must match `^[a-zA-Z0-9_-]+$` here. Kimi's `functions.bash:0` do not, and Kimi ends its turn
//! without a word where its own ids come back in another form (getkimchi/kimchi#1063, 2026-08-19;
//! MoonshotAI/kimi-code#2503, 2026-08-01): what a client is shown in their place can be turned back.

use crate::conversation::fnv;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What an id begins with that stands for another one.
const MARK: &str = "ninerouter_id_";

fn allowed(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_' || char == '-'
}

/// An id as a client takes it: itself, or what [`own`] knows again.
pub(super) fn shown(id: &str) -> Cow<'_, str> {
    if !id.is_empty() && id.chars().all(allowed) {
        return Cow::Borrowed(id);
    }
    Cow::Owned(format!("{MARK}{}", BASE64_URL_SAFE_NO_PAD.encode(id)))
}

/// The id that a client was shown.
pub(super) fn own(id: Cow<'_, str>) -> Cow<'_, str> {
    let inner = id.strip_prefix(MARK).and_then(|inner| BASE64_URL_SAFE_NO_PAD.decode(inner).ok());
    match inner.map(String::from_utf8) {
        // Nothing that is valid as it is was ever packed.
        Some(Ok(own)) if !own.is_empty() && !own.chars().all(allowed) => Cow::Owned(own),
        _ => id,
    }
}

/// The longest id that is left as it is, the same as for calls in OpenAI's Responses.
const LONGEST: usize = 64;

/// An id as every provider takes it: itself, or its allowed characters and a hash of the whole.
pub(crate) fn valid(id: &str) -> Cow<'_, str> {
    if !id.is_empty() && id.len() <= LONGEST && id.chars().all(allowed) {
        return Cow::Borrowed(id);
    }
    let kept = id.chars().map(|char| if allowed(char) { char } else { '_' }).take(LONGEST - 17);
    let mut valid: String = kept.collect();
    valid.push('_');
    valid.push_str(&format!("{:016x}", fnv(id.as_bytes())));
    Cow::Owned(valid)
}

/// An id as it is sent: no two calls have the same (`tool_use ids must be unique`), which models that number their
/// calls anew in each turn would break.
pub(crate) fn unused(id: &str, used: &mut BTreeSet<String>) -> String {
    let mut sent = valid(id).into_owned();
    let mut count = 2;
    while !used.insert(sent.clone()) {
        sent = valid(&format!("{id}_{count}")).into_owned();
        count += 1;
    }
    sent
}

/// What is said in place of a result that never came. An empty result would look like success, and to leave out the
/// call would make the model forget what it began.
pub(crate) const NO_RESULT: &str = "The call was interrupted: there is no result.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_is_shown_can_be_turned_back() {
        let long = "call_".to_owned() + &"x".repeat(300);
        for id in ["toolu_01-a", &long, "ninerouter_id_", "ninerouter_id_dG9vbHU"] {
            assert_eq!(shown(id), id, "a valid id stays, however long");
            assert_eq!(own(id.into()), id);
        }
        for id in ["functions.bash:0", "call_1|fc_2", "é é"] {
            let shown = shown(id);
            assert!(shown.chars().all(allowed), "{shown}");
            assert_eq!(own(shown), id);
        }
    }

    #[test]
    fn ids_become_valid_and_stay_apart() {
        assert_eq!(valid("toolu_01-a"), "toolu_01-a");
        let long = "x".repeat(65);
        for id in ["functions.bash:0", "functions_bash_0 ", "é", "", &long] {
            let sent = valid(id);
            assert!(sent.len() <= LONGEST && !sent.is_empty(), "{sent}");
            assert!(sent.chars().all(|char| char.is_ascii_alphanumeric() || "_-".contains(char)), "{sent}");
            assert_eq!(sent, valid(id));
        }
        assert_ne!(valid("a.b"), valid("a:b"));
    }
}
