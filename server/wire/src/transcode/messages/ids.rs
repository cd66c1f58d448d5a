//! Ids of tool calls.

use crate::conversation::fnv;
use std::borrow::Cow;

/// The longest id that is left as it is, the same as for calls in OpenAI's Responses.
const LONGEST: usize = 64;

/// An id as Anthropic takes it (`^[a-zA-Z0-9_-]+$`): itself, or its allowed characters and a hash of the whole. Kimi's
/// `functions.bash:0` needs it.
pub(super) fn valid(id: &str) -> Cow<'_, str> {
    let allowed = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if !id.is_empty() && id.len() <= LONGEST && id.chars().all(allowed) {
        return Cow::Borrowed(id);
    }
    let kept = id.chars().map(|char| if allowed(char) { char } else { '_' }).take(LONGEST - 17);
    let mut valid: String = kept.collect();
    valid.push('_');
    valid.push_str(&format!("{:016x}", fnv(id.as_bytes())));
    Cow::Owned(valid)
}

#[cfg(test)]
mod tests {
    use super::*;

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
