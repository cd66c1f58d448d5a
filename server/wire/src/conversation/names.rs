//! Names that a dialect does not take are replaced, and put back in the answer.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

/// What tools are called on the way to a provider, and which of them the client calls with free text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Name sent -> the client's own.
    own: BTreeMap<String, String>,
    /// The client's names of tools that are called with free text.
    custom: BTreeSet<String>,
}

impl Names {
    /// The name to send for one of the client's: itself where `valid` says so; otherwise its allowed characters and a
    /// short hash, the same every time.
    pub fn send<'n>(
        &mut self,
        name: &'n str,
        longest: usize,
        allowed: impl Fn(char) -> bool,
    ) -> Cow<'n, str> {
        let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if starts_well && name.len() <= longest && name.chars().all(&allowed) {
            return Cow::Borrowed(name);
        }
        let hash = format!("_{:08x}", fnv(name.as_bytes()) as u32);
        let mut sent: String = if starts_well { String::new() } else { "_".to_owned() };
        sent.extend(name.chars().map(|char| if char.is_ascii() && allowed(char) { char } else { '_' }));
        sent.truncate(longest - hash.len());
        sent.push_str(&hash);
        self.own.insert(sent.clone(), name.to_owned());
        Cow::Owned(sent)
    }

    /// The client's own name for one that a provider called.
    pub fn own<'n>(&'n self, sent: &'n str) -> &'n str {
        self.own.get(sent).map_or(sent, String::as_str)
    }

    /// Notes a tool that the client calls with free text.
    pub fn note_custom(&mut self, name: &str) {
        self.custom.insert(name.to_owned());
    }

    /// Whether the client calls this tool of its own with free text.
    pub fn is_custom(&self, own: &str) -> bool {
        self.custom.contains(own)
    }
}

/// An id for a call in a dialect that gives none: the same for the same place in the same conversation, since a
/// prompt cache is lost when it changes.
pub fn call_id(turn: usize, call: usize, name: &str) -> String {
    let mut seed = Vec::with_capacity(name.len() + 16);
    seed.extend(turn.to_le_bytes());
    seed.extend(call.to_le_bytes());
    seed.extend(name.as_bytes());
    format!("call_{:016x}", fnv(&seed))
}

/// FNV-1a, 64 bits: stable across versions and replicas, which the standard library's hash is not.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    struct Fnv(u64);
    impl Hasher for Fnv {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_name_comes_back() {
        let mut names = Names::default();
        let allowed = |char: char| char.is_ascii_alphanumeric() || "_-".contains(char);
        assert_eq!(names.send("read_file", 64, allowed), "read_file");
        for own in ["mcp.fs/read", "mcp_fs/read", "9lives", "é", &"long".repeat(40)] {
            let sent = names.send(own, 64, allowed).into_owned();
            assert!(sent.len() <= 64 && sent.chars().all(allowed), "{sent}");
            assert!(!sent.starts_with(|first: char| first.is_ascii_digit()));
            assert_eq!(names.own(&sent), own);
            assert_eq!(names.send(own, 64, allowed), sent, "the same every time");
        }
        assert_eq!(names.own("unknown"), "unknown");
    }

    #[test]
    fn made_up_ids_differ_by_place() {
        assert_eq!(call_id(1, 0, "ls"), call_id(1, 0, "ls"));
        assert_ne!(call_id(1, 0, "ls"), call_id(1, 1, "ls"));
    }
}
