//! Google's service accounts: a private key in a JSON file signs for tokens that last an hour (JWT bearer grant, RFC 7523;
//! Google's page on service accounts, 2026).

use super::oauth::{Granted, NoTokens, ask_token};
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use catalog::SignIn;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The grant.
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How long a token is asked for, in seconds: the most there is.
const LASTS: i64 = 3600;

/// What is needed of the file.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: String,
    client_email: String,
    #[serde(default)]
    private_key_id: String,
    private_key: String,
}

fn unfit(why: &str) -> NoTokens {
    NoTokens::Unfit(format!("This is not the JSON file of a service account: {why}."))
}

/// Signs for a token with the file's key. What renews it later is the file itself.
/// `proxy`: the account's own.
pub async fn grant(
    app: &App,
    spec: &SignIn,
    text: &Secret,
    proxy: Option<&Secret>,
) -> Result<Granted, NoTokens> {
    let said: Value = serde_json::from_str(text.reveal()).map_err(|_| unfit("it is no JSON"))?;
    let file = File::deserialize(&said).map_err(|error| unfit(&error.to_string()))?;
    if file.kind != "service_account" {
        return Err(unfit("its type is another"));
    }
    let assertion = assertion(&file, spec, clock::now().unix_ms.div_euclid(1000))?;
    // The file names an address for this too; who is asked is not the file's to say.
    let mut tokens = ask_token(app, spec, &[("grant_type", GRANT), ("assertion", &assertion)], proxy).await?;
    tokens.renewal = Some(text.clone());
    let fact = |pointer: &String| said.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let facts: BTreeMap<String, String> =
        spec.facts.iter().filter_map(|(name, pointer)| Some((name.clone(), fact(pointer)?))).collect();
    Ok(Granted { tokens, facts })
}

/// A signed statement of who asks for what. `now`: Unix seconds.
fn assertion(file: &File, spec: &SignIn, now: i64) -> Result<String, NoTokens> {
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": file.private_key_id });
    let claims = json!({
        "iss": file.client_email, "scope": spec.scopes.join(" "), "aud": spec.token_url,
        "iat": now, "exp": now + LASTS,
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    let key = key(&file.private_key)?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| unfit("its private key signs nothing"))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The key of a PEM text.
fn key(pem: &str) -> Result<RsaKeyPair, NoTokens> {
    let lines = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let der = STANDARD.decode(lines.collect::<String>()).map_err(|_| unfit("its private key is no PEM"))?;
    RsaKeyPair::from_pkcs8(&der).map_err(|_| unfit("its private key is no RSA key"))
}
