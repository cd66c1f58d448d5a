//! Claude as Google serves it: the model stands in the path, and the body is the client's but for the members that the
//! vendor wants otherwise.

use crate::scripted::bodies::WORDS;
use crate::sign_in::service_account::{KEY, file};
use crate::support::{House, Provider, messages_body};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// Where the project is.
const MODELS: &str = "/v1/projects/my-project/locations/eu/publishers/anthropic/models";

/// A house with an account at the catalogue's own provider, moved to the scripted one.
async fn house() -> (House, i64) {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let at = provider.address;
    let moved = format!(
        "id = \"vertex-claude\"\n[sign_in]\ntoken_url = \"http://{at}/oauth/token\"\n\
         facts = {{ account = \"/client_email\", project = \"/project_id\" }}\n\n[[speaks]]\ndialect = \"messages\"\n\
         url = \"http://{at}/v1/projects/{{project}}/locations/{{location}}/publishers/anthropic/models\"\n\
         header = \"authorization\"\n\n[speaks.paths]\nwhole = \"/{{model}}:rawPredict\"\n\
         stream = \"/{{model}}:streamRawPredict\"\ncount = \"/count-tokens:rawPredict\"\n"
    );
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    std::fs::write(files.join("vertex-claude.toml"), moved).unwrap();
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    let account = json!({ "provider": "vertex-claude", "key": file(KEY), "fields": { "location": "eu" } });
    let id = house.made("/api/v1/accounts", account).await["id"].as_i64().unwrap();
    (house, id)
}

fn seen(house: &House) -> (String, String) {
    let seen = house.provider.seen().pop().unwrap();
    (seen.line, String::from_utf8_lossy(&seen.body).into_owned())
}

#[tokio::test]
async fn the_body_is_the_clients_but_for_the_model_and_the_version() {
    let (house, _) = house().await;
    let body = "{\"zeta\" : 1.0, \"model\" : \"vxc/claude-opus-5\",\n \"messages\": [{\"role\":\"user\",\"content\":\"\\u00e9\"}] ,\"max_tokens\":6.4e1}";
    let answer = house.send("/v1/messages?beta=true", &[], body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let (line, sent) = seen(&house);
    assert_eq!(line, format!("POST {MODELS}/claude-opus-5:rawPredict"), "the query stays here");
    let expected = body.replacen('{', "{\"anthropic_version\":\"vertex-2023-10-16\",", 1);
    assert_eq!(sent, expected.replace(", \"model\" : \"vxc/claude-opus-5\"", ""));

    let stream = messages_body("vertex-claude/claude-opus-5", true);
    let answer = house.send("/v1/messages", &[], stream).await;
    assert!(answer.status == 200 && answer.text().contains("message_stop"), "{answer:?}");
    assert_eq!(seen(&house).0, format!("POST {MODELS}/claude-opus-5:streamRawPredict"));
    // A client that has been at such an address before says the version itself.
    let own = messages_body("vxc/claude-opus-5", false).replacen('{', "{\"anthropic_version\":\"old\",", 1);
    assert_eq!(house.send("/v1/messages", &[], own).await.status, 200);
}

#[tokio::test]
async fn only_the_betas_that_the_vendor_knows_go_along() {
    let (house, _) = house().await;
    for (sent, left) in [
        ("claude-code-20250219, context-1m-2025-08-07,effort-2025-11-24", Some("context-1m-2025-08-07")),
        ("claude-code-20250219", None),
    ] {
        let body = messages_body("vxc/claude-opus-5", false);
        let answer = house.send("/v1/messages", &[("anthropic-beta", sent)], body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let asked = house.provider.seen().pop().unwrap();
        assert_eq!(asked.header("anthropic-beta"), left);
    }
}

#[tokio::test]
async fn other_clients_are_served_too() {
    let (house, id) = house().await;
    for streams in [false, true] {
        let body = json!({
            "model": "vxc/claude-opus-5", "stream": streams,
            "messages": [{ "role": "user", "content": "Hello" }],
        });
        let answer = house.send("/v1/chat/completions", &[], body.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.text().contains(WORDS[0]), "{answer:?}");
        let (line, sent) = seen(&house);
        assert!(line.ends_with(if streams { ":streamRawPredict" } else { ":rawPredict" }), "{line}");
        let sent: Value = serde_json::from_str(&sent).unwrap();
        assert_eq!((&sent["anthropic_version"], sent.get("model")), (&json!("vertex-2023-10-16"), None));
    }
    let tested = house.api(Method::POST, &format!("/api/v1/accounts/{id}/test"), Value::Null).await.value();
    assert_eq!(tested["ok"], true, "{tested}");
}

#[tokio::test]
async fn a_prompt_is_counted_at_its_own_path_where_the_body_names_the_model() {
    let (house, _) = house().await;
    let body = messages_body("vxc/claude-opus-5", false);
    let counted = house.send("/v1/messages/count_tokens", &[], body).await.value();
    assert_eq!(counted.get("estimate"), None, "{counted}");
    let (line, sent) = seen(&house);
    assert_eq!(line, format!("POST {MODELS}/count-tokens:rawPredict"));
    assert_eq!(serde_json::from_str::<Value>(&sent).unwrap()["model"], "claude-opus-5");
}
