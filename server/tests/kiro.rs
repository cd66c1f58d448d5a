//! Kiro: a provider whose protocol is neither JSON over server-sent events nor any client's.

use crate::support::client::Client;
use crate::support::{CHAT, House, Provider, chat_body, messages_body, until};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// A house that finds Kiro at the scripted provider, and chat endpoints beside it.
async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir_all(&files).unwrap();
    let at = provider.address;
    let file = format!(
        "id = \"kiro\"\nmodels_url = \"http://{at}/oauth/models\"\n\n[sign_in]\nopt_in = true\nterms = \"Read this.\"\n\
         flows = [\"device\"]\ndevice_url = \"http://{at}/oauth/device\"\n\
         token_url = \"http://{at}/oauth/token\"\nbody = \"camel-json\"\nscopes = [\"codewhisperer:conversations\"]\n\
         params = {{ startUrl = \"https://view.awsapps.com/start\" }}\n\n\
         [sign_in.registration]\nurl = \"http://{at}/oauth/register\"\n\
         members = {{ clientName = \"Ninerouter\", clientType = \"public\" }}\n\n\
         [[speaks]]\ndialect = \"messages\"\ndriver = \"kiro\"\nurl = \"http://{at}/generateAssistantResponse\"\n\
         header = \"authorization\"\nheaders = {{ x-amzn-codewhisperer-optout = \"true\" }}\n\n\
         [[model]]\nid = \"tool\"\n"
    );
    std::fs::write(files.join("kiro.toml"), file).unwrap();
    House::furnished(House::on(folder, &[], provider).await).await
}

async fn with_key(key: &str) -> House {
    let house = house().await;
    let account = json!({ "provider": "kiro", "name": key, "key": key, "fields": { "region": "us-east-1" } });
    house.made("/api/v1/accounts", account).await;
    house
}

fn text_of(stream: &str) -> String {
    let events = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    let events = events.filter_map(|event| serde_json::from_str::<Value>(event).ok());
    events
        .filter_map(|event| {
            let text = event["delta"]["text"].as_str().or(event["choices"][0]["delta"]["content"].as_str());
            text.map(str::to_owned)
        })
        .collect()
}

#[tokio::test]
async fn it_is_asked_in_its_own_way_and_answers_in_the_clients() {
    let house = with_key("ksk_one").await;
    let stream = house.send("/v1/messages", &[], messages_body("kr/claude-sonnet-4.5", true)).await;
    assert_eq!((stream.status, stream.header("content-type")), (200, "text/event-stream"), "{stream:?}");
    assert!(
        text_of(&stream.text()) == "Good morning." && stream.text().contains("message_stop"),
        "{stream:?}"
    );
    let whole = house.send("/v1/messages", &[], messages_body("kr/claude-sonnet-4.5", false)).await.value();
    assert_eq!(
        (&whole["content"][0]["text"], &whole["stop_reason"]),
        (&json!("Good morning."), &json!("end_turn"))
    );
    let chat =
        house.send("/v1/chat/completions", &[], chat_body("kr/claude-sonnet-4.5", false)).await.value();
    assert_eq!(chat["choices"][0]["message"]["content"], "Good morning.", "{chat}");
    let chat = house.send("/v1/chat/completions", &[], chat_body("kr/claude-sonnet-4.5", true)).await;
    assert!(text_of(&chat.text()) == "Good morning." && chat.text().contains("[DONE]"), "{chat:?}");

    let seen = house.provider.seen();
    assert_eq!(seen.len(), 4);
    for seen in &seen {
        assert_eq!(seen.line, "POST /generateAssistantResponse");
        assert_eq!(seen.header("authorization"), Some("Bearer ksk_one"));
        assert_eq!((seen.header("tokentype"), seen.header("anthropic-version")), (Some("API_KEY"), None));
        assert_eq!(seen.header("x-amzn-codewhisperer-optout"), Some("true"));
        assert!(seen.header("user-agent").unwrap().starts_with("Ninerouter/"), "{seen:?}");
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        let message = &body["conversationState"]["currentMessage"]["userInputMessage"];
        assert_eq!(
            (&message["content"], &message["modelId"]),
            (&json!("Hello"), &json!("claude-sonnet-4.5"))
        );
        assert!(body.get("profileArn").is_none(), "{body}");
    }
    let row = house.records(4).await.remove(0);
    assert_eq!(
        (&row["target"], &row["tokens"], &row["cost"], &row["covered"]),
        (&json!("kiro/claude-sonnet-4.5"), &Value::Null, &json!(0), &json!(true)),
        "it states no tokens, and the plan covers them all the same"
    );
    // What there was no place for is told, though the client's format and that of the answer are the same.
    let detail = house.detail(&house.records(4).await[3]).await;
    assert_eq!(
        (&detail["row"]["dialect"], &detail["upstream_dialect"]),
        (&json!("messages"), &json!("kiro"))
    );
    assert!(detail["dropped"].to_string().contains("max_tokens"), "{detail}");
    let tested = house.read("/api/v1/accounts").await[0]["id"].as_i64().unwrap();
    let tested =
        house.api(Method::POST, &format!("/api/v1/accounts/{tested}/test"), Value::Null).await.value();
    assert_eq!(tested["ok"], true, "{tested}");
}

#[tokio::test]
async fn a_call_comes_back_under_the_clients_own_name() {
    let house = with_key("ksk_one").await;
    let tool = json!({ "name": "fs.read", "description": "Reads a file", "input_schema": { "type": "object", "properties": { "path": { "type": "string" } } } });
    let asked = json!({ "model": "kr/tool", "max_tokens": 64, "tools": [tool], "messages": [{ "role": "user", "content": "Read /tmp" }] });
    let answer = house.send("/v1/messages", &[], asked.to_string()).await.value();
    let call = &answer["content"][1];
    assert_eq!((&call["name"], &call["input"]), (&json!("fs.read"), &json!({ "path": "/tmp" })), "{answer}");
    assert_eq!(answer["stop_reason"], "tool_use");

    let mut asked = asked;
    asked["model"] = json!("kr/claude-sonnet-4.5");
    let result = json!({ "type": "tool_result", "tool_use_id": call["id"], "content": "a.txt" });
    for turn in [
        json!({ "role": "assistant", "content": answer["content"] }),
        json!({ "role": "user", "content": [result] }),
    ] {
        asked["messages"].as_array_mut().unwrap().push(turn);
    }
    assert_eq!(house.send("/v1/messages", &[], asked.to_string()).await.status, 200);
    let body: Value = serde_json::from_slice(&house.provider.seen().pop().unwrap().body).unwrap();
    let state = &body["conversationState"];
    let told = &state["currentMessage"]["userInputMessage"]["userInputMessageContext"]["toolResults"][0];
    let called = &state["history"][1]["assistantResponseMessage"]["toolUses"][0];
    assert_eq!(
        (&told["toolUseId"], &told["content"][0]["text"]),
        (&called["toolUseId"], &json!("a.txt")),
        "{body}"
    );
}

#[tokio::test]
async fn its_refusals_are_understood() {
    // The last: whether the account's other models go on.
    for (model, status, health, words, others) in [
        ("used-up", 503, "parked", "Credits of the plan used up", false),
        ("busy", 429, "parked", "The model is busy", true),
        ("throttled", 503, "parked", "Too many requests for this account", false),
        ("foreign", 503, "refused", "is the region the right one", false),
    ] {
        let house = with_key("ksk_one").await;
        let answer = house.send("/v1/messages", &[], messages_body(&format!("kr/{model}"), true)).await;
        assert_eq!(answer.status, status, "{model}: {answer:?}");
        assert!(answer.text().contains(words), "{model}: {answer:?}");
        let row = house.read("/api/v1/accounts").await[0].clone();
        assert_eq!(row["health"], health, "{model}: {row}");
        assert_eq!(ask(&house).await == 200, others, "{model}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_whole_goes_on_elsewhere_and_is_never_told_as_whole() {
    for model in ["breaks", "cut", "torn"] {
        let house = with_key("ksk_one").await;
        let alone = house.send("/v1/messages", &[], messages_body(&format!("kr/{model}"), true)).await;
        let (text, events) = (text_of(&alone.text()), alone.text());
        assert!(text.starts_with("Good ") && events.contains("event: error"), "{model}: {alone:?}");
        assert!(!events.contains("message_stop"), "{model}: {alone:?}");

        let house = with_key("ksk_one").await;
        house.endpoints(&house.provider.base()).await;
        house.account(CHAT, "key-one").await;
        let targets = json!([{ "model": format!("kr/{model}") }, { "model": format!("{CHAT}/ok") }]);
        house.made("/api/v1/combos", json!({ "name": "best", "targets": targets })).await;
        let rescued = house.send("/v1/messages", &[], messages_body("best", true)).await;
        let events = rescued.text();
        assert!(events.contains("message_stop") && !events.contains("event: error"), "{model}: {rescued:?}");
        assert_eq!(house.record().await["attempts"], 2, "{model}");
    }
}

#[tokio::test]
async fn it_goes_on_with_what_another_began() {
    let house = with_key("ksk_one").await;
    house.endpoints(&house.provider.base()).await;
    house.account(CHAT, "key-one").await;
    let targets = json!([{ "model": format!("{CHAT}/cut-mid-stream") }, { "model": "kr/claude-sonnet-4.5" }]);
    house.made("/api/v1/combos", json!({ "name": "best", "targets": targets })).await;
    let answer = house.send("/v1/messages", &[], messages_body("best", true)).await;
    assert!(text_of(&answer.text()).ends_with("Good morning."), "{answer:?}");
    let body: Value = serde_json::from_slice(&house.provider.seen().pop().unwrap().body).unwrap();
    let history = body["conversationState"]["history"].to_string();
    assert!(history.contains("assistantResponseMessage"), "it is shown what was said: {body}");
}

async fn ask(house: &House) -> u16 {
    house.send("/v1/messages", &[], messages_body("kr/auto", false)).await.status
}

/// A house with a Builder ID, whose token ends after a second.
async fn signed_in() -> House {
    let house = house().await;
    let refused = house.api(Method::POST, "/api/v1/sign-ins", json!({ "provider": "kiro" })).await;
    assert!(refused.message().contains("Turn the sign-in of Kiro on first"), "{refused:?}");
    assert_eq!(
        house.api(Method::PUT, "/api/v1/providers/kiro/opt-in", json!({ "on": true })).await.status,
        204
    );
    let begun = house.made("/api/v1/sign-ins", json!({ "provider": "kiro" })).await;
    assert_eq!((&begun["flow"], &begun["code"]), (&json!("device"), &json!("WDJB-MJHT")));
    Client::new(house.provider.address).page("/oauth/agree?user_code=WDJB-MJHT", "").await;
    let path = format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    let done = until("the end of the sign-in", async || {
        Some(house.read(&path).await).filter(|now| now["stage"] != "waiting")
    });
    assert_eq!(done.await["stage"], "done");
    house
}

#[tokio::test]
async fn a_builder_id_is_signed_in_to_by_a_client_registered_for_it() {
    let house = signed_in().await;
    let seen = house.provider.seen();
    let said = |line: &str| -> Value {
        serde_json::from_slice(&seen.iter().find(|seen| seen.line == line).unwrap().body).unwrap()
    };
    assert_eq!(said("POST /oauth/register")["clientName"], "Ninerouter");
    assert_eq!(said("POST /oauth/register")["scopes"], json!(["codewhisperer:conversations"]));
    assert_eq!(said("POST /oauth/device")["startUrl"], "https://view.awsapps.com/start");
    assert_eq!(ask(&house).await, 200);
    let shown = house.provider.seen().pop().unwrap();
    assert!(shown.header("authorization").unwrap().starts_with("Bearer token-"), "{shown:?}");
    assert_eq!(shown.header("tokentype"), None);

    // What renews it, and what proves who we are, are there after a restart.
    let house = house.restarted().await;
    let renewed = async || (house.provider.vendor(|vendor| vendor.renewed) == 1).then_some(());
    until("the renewal", async || {
        assert_eq!(ask(&house).await, 200);
        renewed().await
    })
    .await;
}

#[tokio::test]
async fn a_registration_that_has_ended_needs_a_person() {
    let house = signed_in().await;
    house.provider.vendor(|vendor| vendor.forget_clients());
    until("the end of the token", async || {
        ask(&house).await;
        let row = house.read("/api/v1/accounts").await[0].clone();
        (row["token"]["state"] == "needs_sign_in").then_some(())
    })
    .await;
    assert_ne!(ask(&house).await, 200);
}
