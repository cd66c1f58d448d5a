//! Proofs that reasoning is a vendor's own: Anthropic's `signature`, OpenAI's `encrypted_content`, Gemini's
//! `thoughtSignature`. Vendors refuse one another's (and often their own after any change), so each carries who
//! issued it and is given back to nobody else.
//!
//! A client keeps a seal in the opaque field its own dialect has, whichever vendor issued it. A foreign one is
//! packed there behind a mark, so that we know it again on the next turn, in any replica, without remembering
//! anything.

use super::Bundle;
use crate::Dialect;
use std::borrow::Cow;

/// What a packed seal begins with. Letters and digits only, with a length that is a multiple of four: it stays valid
/// base64 at its start, which clients of Gemini decode.
const MARK: &str = "NinerouterSeal01";

/// What everything that we pack begins with.
const ANY_MARK: &str = "NinerouterSeal";

/// A vendor's seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal<'a> {
    /// The dialect it was issued in.
    pub dialect: Dialect,
    /// The provider that issued it; empty when the client brought it as that dialect's own.
    pub issuer: Cow<'a, str>,
    /// Opaque.
    pub data: Cow<'a, str>,
}

impl<'a> Seal<'a> {
    /// A seal found in a field of `dialect`: one we packed, or that dialect's own.
    pub fn unpack(dialect: Dialect, text: Cow<'a, str>) -> Self {
        match packed(&text) {
            Some((dialect, issuer, data)) => {
                Seal { dialect, issuer: Cow::Owned(issuer), data: Cow::Owned(data) }
            }
            None => Seal { dialect, issuer: Cow::Borrowed(""), data: text },
        }
    }

    /// The seal as a text for an opaque field of any dialect: standard base64, so that it passes for Gemini's too.
    pub fn pack(&self) -> String {
        wrapped(MARK, &format!("{}\n{}\n{}", self.dialect, self.issuer, self.data))
    }

    /// Whether `issuer`, asked in `dialect`, takes it back.
    pub fn opens(&self, dialect: Dialect, issuer: &str) -> bool {
        self.dialect == dialect && (self.issuer.is_empty() || self.issuer == issuer)
    }

    /// The same, owning its text.
    pub fn into_owned(self) -> Seal<'static> {
        Seal {
            dialect: self.dialect,
            issuer: Cow::Owned(self.issuer.into_owned()),
            data: Cow::Owned(self.data.into_owned()),
        }
    }
}

fn packed(text: &str) -> Option<(Dialect, String, String)> {
    let inner = unwrapped(MARK, text)?;
    let mut parts = inner.splitn(3, '\n');
    let (dialect, issuer, data) = (parts.next()?, parts.next()?, parts.next()?);
    Some((dialect.parse().ok()?, issuer.to_owned(), data.to_owned()))
}

/// A text of ours behind a mark, in standard base64.
pub(super) fn wrapped(mark: &str, inner: &str) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    format!("{mark}{}", BASE64_STANDARD.encode(inner))
}

/// The text behind a mark. Google's SDK for Python gives it back in the other alphabet (googleapis/python-genai#2105,
/// 2026-02-26).
pub(super) fn unwrapped(mark: &str, text: &str) -> Option<String> {
    use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE};
    let inner = text.strip_prefix(mark)?;
    let inner = BASE64_STANDARD.decode(inner).or_else(|_| BASE64_URL_SAFE.decode(inner)).ok()?;
    String::from_utf8(inner).ok()
}

/// What stands for a seal where there is none: of a thought, in a dialect that looks a thought up elsewhere without one,
/// and of a call for clients of Gemini, which refuses one without.
pub(crate) fn mark() -> String {
    Seal { dialect: Dialect::Chat, issuer: "".into(), data: "".into() }.pack()
}

/// Whether a text from an opaque field is that.
pub(crate) fn is_mark(text: &str) -> bool {
    packed(text).is_some_and(|(_, _, data)| data.is_empty())
}

/// Whether a body holds a packed seal at all, without parsing it.
pub(crate) fn may_hold_packed(body: &[u8]) -> bool {
    memchr::memmem::find(body, ANY_MARK.as_bytes()).is_some()
}

/// Whether a text from an opaque field is a packed seal.
pub(crate) fn is_packed(text: &str) -> bool {
    packed(text).is_some() || Bundle::unpack(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, prelude::BASE64_STANDARD};

    #[test]
    fn a_packed_seal_is_known_again() {
        let seal =
            Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "Eq+/=\n\"é".into() };
        let text = seal.pack();
        assert!(BASE64_STANDARD.decode(&text).is_ok(), "clients of Gemini decode it");
        assert!(may_hold_packed(text.as_bytes()));
        let found = Seal::unpack(Dialect::Chat, text.into());
        assert_eq!(found, seal);
        assert!(found.opens(Dialect::Messages, "anthropic"));
        assert!(!found.opens(Dialect::Messages, "kimi"));
        assert!(!found.opens(Dialect::Gemini, "anthropic"));
    }

    #[test]
    fn a_mark_is_packed_and_no_seal() {
        assert!(is_mark(&mark()) && is_packed(&mark()) && may_hold_packed(mark().as_bytes()));
        let seal = Seal { dialect: Dialect::Chat, issuer: "".into(), data: "x".into() };
        assert!(!is_mark(&seal.pack()) && !is_mark(""));
    }

    #[test]
    fn any_other_text_is_the_dialects_own() {
        let own = Seal::unpack(Dialect::Gemini, "CiQB".into());
        assert_eq!(own.data, "CiQB");
        assert!(own.opens(Dialect::Gemini, "gemini"));
        assert!(!is_packed("NinerouterSeal01!!"));
    }

    #[test]
    fn the_other_alphabet_is_read_too() {
        let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "é?>~ÿ".into() };
        let text = seal.pack().replace('+', "-").replace('/', "_");
        assert_ne!(text, seal.pack(), "otherwise this shows nothing");
        assert_eq!(Seal::unpack(Dialect::Gemini, text.into()), seal);
    }
}
