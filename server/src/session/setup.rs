//! The one-time link of the first run: printed on the console, so that whoever starts Ninerouter, and nobody else,
//! chooses the first password.
//!
//! It is made from the secret key and the database, so that a link that one replica printed opens at all of them.

use crate::accounts::seal::Seal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::CtOutput;
use sha2::{Digest, Sha256};

/// A token that nobody can guess who has not the secret key.
pub struct SetupLink(String);

impl std::fmt::Debug for SetupLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupLink")
    }
}

impl SetupLink {
    /// The link of a database. `unique` is what no other database has.
    pub fn new(seal: &Seal, unique: &[u8]) -> Self {
        let unique = URL_SAFE_NO_PAD.encode(unique);
        Self(URL_SAFE_NO_PAD.encode(seal.derive(&format!("setup link {unique}"))))
    }

    /// The link to print.
    pub fn url(&self, base: &str) -> String {
        format!("{base}/setup?token={}", self.0)
    }

    /// Whether a token is the printed one. Takes the same time whatever is wrong.
    pub fn fits(&self, token: &str) -> bool {
        same(&self.0, token)
    }
}

/// Whether two texts are equal, in a time that does not depend on where they differ.
pub fn same(one: &str, other: &str) -> bool {
    let digest = |text: &str| CtOutput::<Sha256>::new(Sha256::digest(text.as_bytes()));
    digest(one) == digest(other)
}
