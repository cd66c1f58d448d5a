//! Secrets at rest: XChaCha20-Poly1305 under one key, made once and kept beside the data folder's database.

use crate::config::{Config, Secret};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const NONCE: usize = 24;
/// Sealed into the database when it is made, to tell a wrong key from damaged data.
pub const CHECK: &str = "ninerouter seal check";

/// Why secrets cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key file is there but cannot be used.
    #[error("The secret key {0} cannot be used: {1}. Put the right file back; nothing was changed.")]
    Unusable(PathBuf, String),
    /// The environment's key cannot be used.
    #[error("NINEROUTER_SECRET_KEY must be 64 hexadecimal digits. Nothing was changed.")]
    BadVariable,
    /// The database was written with a key that is gone.
    #[error(
        "The database holds secrets, but their key {0} is missing. Put the file back from a backup, or copy it from \
         another replica on this database (or set NINEROUTER_SECRET_KEY as there). Nothing was changed. Without the \
         key, only a new database helps."
    )]
    Lost(PathBuf),
    /// The key is not the one the database was written with.
    #[error(
        "The secret key does not fit this database: it was made for another one. Put the right secret.key (or \
         NINEROUTER_SECRET_KEY) back: replicas on one database all need the same. Nothing was changed."
    )]
    Wrong,
    /// A sealed value does not open.
    #[error("A sealed value could not be opened: it was damaged or moved between rows.")]
    Damaged,
}

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Seal {
    cipher: XChaCha20Poly1305,
    key: [u8; 32],
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// From 32 bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(key)), key }
    }

    /// The key of this installation. A new one is made only when `may_make` says that nothing was sealed yet.
    pub fn open(config: &Config, may_make: bool) -> Result<Self, SealError> {
        if let Some(secret) = &config.secret_key {
            return unhex(secret.reveal()).map(Self::new).ok_or(SealError::BadVariable);
        }
        let path = config.data_dir.join("secret.key");
        match fs::read_to_string(&path) {
            Ok(text) => unhex(text.trim())
                .map(Self::new)
                .ok_or_else(|| SealError::Unusable(path, "it does not hold 64 hexadecimal digits".into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && may_make => make(&path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(SealError::Lost(path)),
            Err(error) => Err(SealError::Unusable(path, error.to_string())),
        }
    }

    /// Seals `text` for the place named `place`: it opens nowhere else.
    pub fn seal(&self, place: &str, text: &str) -> Vec<u8> {
        self.seal_bytes(place, text.as_bytes())
    }

    /// The same for bytes that are no text.
    pub fn seal_bytes(&self, place: &str, bytes: &[u8]) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE];
        fill(&mut nonce);
        let payload = Payload { msg: bytes, aad: place.as_bytes() };
        let mut sealed = nonce.to_vec();
        // Encryption fails only past 256 GiB; an empty value then opens as damaged rather than as a secret.
        sealed.extend(self.cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default());
        sealed
    }

    /// Opens what [`Self::seal`] made for the same place.
    pub fn unseal(&self, place: &str, sealed: &[u8]) -> Result<Secret, SealError> {
        String::from_utf8(self.unseal_bytes(place, sealed)?).map(Secret::from).map_err(|_| SealError::Damaged)
    }

    /// Opens what [`Self::seal_bytes`] made for the same place.
    pub fn unseal_bytes(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, data) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Damaged)?;
        let payload = Payload { msg: data, aad: place.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Damaged)
    }

    /// A key for another purpose, made from this one.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.key) else {
            return self.key;
        };
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Fills `bytes` from the operating system's random source.
pub fn fill(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        // Going on without randomness would make keys that can be guessed.
        tracing::error!(%error, "the operating system gives no random numbers; stopping");
        std::process::abort();
    }
}

fn make(path: &Path) -> Result<Seal, SealError> {
    let unusable = |error: std::io::Error| SealError::Unusable(path.to_owned(), error.to_string());
    let mut key = [0_u8; 32];
    fill(&mut key);
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    // create_new: two processes that start at once must not each make a key.
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(unusable)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unusable)?;
    file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(unusable)?;
    Ok(Seal::new(key))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut key = [0_u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_with_its_key() {
        let seal = Seal::new([7; 32]);
        let sealed = seal.seal("accounts/1", "sk-secret");
        assert!(!sealed.windows(9).any(|part| part == b"sk-secret"));
        assert_eq!(seal.unseal("accounts/1", &sealed).unwrap().reveal(), "sk-secret");
        assert!(matches!(seal.unseal("accounts/2", &sealed), Err(SealError::Damaged)));
        assert!(matches!(Seal::new([8; 32]).unseal("accounts/1", &sealed), Err(SealError::Damaged)));
    }
}
