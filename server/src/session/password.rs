//! Passwords, hashed with argon2id.

use app::api::Problem;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Shortest password accepted.
pub const SHORTEST: usize = 8;
/// Longest password hashed: more would only cost time.
const LONGEST: usize = 1024;

/// One of the settings that OWASP's password storage sheet holds equal (2026-11): more passes over less memory than the
/// crate's own default, because the system's allocator keeps what one hash took.
const MEMORY_KIB: u32 = 12 * 1024;
const PASSES: u32 = 3;

fn hasher() -> Argon2<'static> {
    match Params::new(MEMORY_KIB, PASSES, 1, None) {
        Ok(params) => Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
        Err(_) => Argon2::default(),
    }
}

/// Refuses a password that is too weak to keep anyone out.
pub fn check(password: &str) -> Result<(), Problem> {
    if password.chars().count() < SHORTEST {
        return Err(Problem::invalid(
            "password",
            format!("Choose a password of at least {SHORTEST} characters."),
        ));
    }
    if password.len() > LONGEST {
        return Err(Problem::invalid("password", format!("Choose a password of at most {LONGEST} bytes.")));
    }
    Ok(())
}

/// A hash in PHC form. Slow on purpose: runs on a thread for blocking work.
pub async fn hash(password: String) -> Option<String> {
    tokio::task::spawn_blocking(move || {
        hasher().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
    })
    .await
    .ok()
    .flatten()
}

/// Whether a password fits a hash. Without a hash it takes as long and says no, so that a stranger cannot tell
/// which names exist.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    if password.len() > LONGEST {
        return false;
    }
    tokio::task::spawn_blocking(move || match hash {
        Some(hash) => PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()),
        None => {
            let _ = hasher().hash_password(password.as_bytes());
            false
        }
    })
    .await
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let stored = hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=12288,t=3,p=1$"), "{stored}");
        let older = Argon2::default().hash_password(b"correct horse").unwrap().to_string();
        assert!(verify("correct horse".to_owned(), Some(older)).await);
        assert!(verify("correct horse".to_owned(), Some(stored.clone())).await);
        assert!(!verify("correct horsf".to_owned(), Some(stored)).await);
        assert!(!verify("correct horse".to_owned(), None).await);
    }
}
