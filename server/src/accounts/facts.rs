//! What becomes known of an account when it is signed in to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::SignIn;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the answer of a token endpoint says of the account.
pub(super) fn facts(spec: &SignIn, members: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut said = Value::Object(members.clone());
    let claims = said.get("id_token").and_then(Value::as_str).and_then(claims);
    if let (Value::Object(members), Some(claims)) = (&mut said, claims) {
        members.insert("id_token".to_owned(), claims);
    }
    let text = |pointer: &str| match said.pointer(pointer)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    spec.facts.iter().filter_map(|(name, pointer)| Some((name.clone(), text(pointer)?))).collect()
}

/// What an identity token claims. It came from the vendor over TLS, which is what its signature would prove.
fn claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}
