//! Bearers for programs: JSON web tokens signed with HMAC-SHA-256. One algorithm, one fixed header, so nothing in a
//! token decides how it is checked.

use crate::accounts::seal::Seal;
use crate::config::Config;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// `{"alg":"HS256","typ":"JWT"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
/// How long a bearer lasts, in seconds.
pub const LIFETIME: i64 = 12 * 3600;

/// What a bearer says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The person's id.
    sub: String,
    /// The person's epoch: raised to end every bearer at once.
    epoch: i64,
    /// When it was made, Unix seconds.
    iat: i64,
    /// When it ends, Unix seconds.
    exp: i64,
}

/// Makes and checks bearers.
pub struct Bearers {
    key: [u8; 32],
}

impl Bearers {
    /// Signed with `JWT_SECRET`, or with a key made from the secret key.
    pub fn new(config: &Config, seal: &Seal) -> Self {
        let key = match &config.jwt_secret {
            Some(secret) => Sha256::digest(secret.reveal().as_bytes()).into(),
            None => seal.derive("bearer"),
        };
        Self { key }
    }

    fn mac(&self, signed: &str) -> Option<Hmac<Sha256>> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).ok()?;
        mac.update(signed.as_bytes());
        Some(mac)
    }

    /// A bearer for a person. `now` in Unix seconds.
    pub fn make(&self, person: i64, epoch: i64, now: i64) -> Option<String> {
        let claims = Claims { sub: person.to_string(), epoch, iat: now, exp: now + LIFETIME };
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).ok()?));
        let signature = self.mac(&signed)?.finalize().into_bytes();
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The person and epoch of a bearer that is ours and not over. `now` in Unix seconds.
    pub fn check(&self, token: &str, now: i64) -> Option<(i64, i64)> {
        let (signed, signature) = token.rsplit_once('.')?;
        let payload = signed.strip_prefix(HEADER)?.strip_prefix('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Compares in constant time.
        self.mac(signed)?.verify_slice(&signature).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        (claims.exp > now).then_some((claims.sub.parse().ok()?, claims.epoch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearers() -> Bearers {
        Bearers { key: [3; 32] }
    }

    #[test]
    fn a_bearer_is_good_for_its_person_until_it_ends() {
        let token = bearers().make(7, 2, 1000).unwrap();
        assert_eq!(bearers().check(&token, 1001), Some((7, 2)));
        assert_eq!(bearers().check(&token, 1000 + LIFETIME), None);
        assert_eq!(Bearers { key: [4; 32] }.check(&token, 1001), None);
    }

    #[test]
    fn no_part_of_a_bearer_can_be_changed() {
        let token = bearers().make(7, 2, 1000).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let [_, payload, signature] = parts.as_slice() else { panic!("three parts") };
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for forged in [
            format!("{none}.{payload}."),
            format!("{none}.{payload}.{signature}"),
            format!("{HEADER}.{payload}."),
            format!(
                "{HEADER}.{}.{signature}",
                URL_SAFE_NO_PAD.encode(r#"{"sub":"1","epoch":2,"iat":1,"exp":99999}"#)
            ),
            "a.b.c".to_owned(),
            String::new(),
        ] {
            assert_eq!(bearers().check(&forged, 1001), None, "{forged}");
        }
    }
}
