//! What tools gave is made shorter on its way to a provider, and nothing else of a request is.

use crate::support::{CHAT, House, MESSAGES, PASSWORD, until};
use app::api::saver::SAMPLE_LIMIT;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

/// What cargo prints for many passing tests.
fn green() -> String {
    let tests: String = (1..=60).map(|number| format!("test parser::case_{number} ... ok\n")).collect();
    format!(
        "\nrunning 60 tests\n{tests}\ntest result: ok. 60 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n"
    )
}

/// A turn in which a tool gave this, as Claude Code sends it.
fn body(model: &str, output: &str, failed: bool) -> Value {
    let call =
        json!({"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "cargo test"}});
    let mut result = json!({"type": "tool_result", "tool_use_id": "toolu_1", "content": output});
    if failed {
        result["is_error"] = json!(true);
    }
    json!({"model": model, "max_tokens": 64, "stream": false, "odd": [1.0, "\u{e9}"], "messages": [
        {"role": "user", "content": "Do the tests pass?"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]})
}

fn last(house: &House) -> String {
    String::from_utf8(house.provider.seen().pop().unwrap().body.to_vec()).unwrap()
}

const PASSED: &str = "[ninerouter: 60 passing tests left out]";

#[tokio::test]
async fn only_the_tool_s_output_changes_and_always_to_the_same() {
    let house = House::with_accounts(&["key-one"]).await;
    let sent = body(&format!("{MESSAGES}/ok"), &green(), false).to_string();
    for _ in 0..2 {
        assert_eq!(house.send("/v1/messages", &[], sent.clone()).await.status, 200);
        let got = last(&house);
        assert!(got.contains(PASSED) && got.contains("60 passed; 0 failed"), "{got}");
        assert!(!got.contains("case_7 "), "{got}");
        let (kept, shown): (Value, Value) =
            (serde_json::from_str(&sent).unwrap(), serde_json::from_str(&got).unwrap());
        let text = |body: &Value| body["messages"][2]["content"][0]["content"].clone();
        let long = serde_json::to_string(&text(&kept)).unwrap();
        let short = serde_json::to_string(&text(&shown)).unwrap();
        let model = format!("\"{MESSAGES}/ok\"");
        assert_eq!(
            got,
            sent.replacen(&long, &short, 1).replacen(&model, "\"ok\"", 1),
            "nothing else changed"
        );
    }
}

#[tokio::test]
async fn it_happens_before_a_request_is_translated() {
    let house = House::with_accounts(&["key-one"]).await;
    let sent = body(&format!("{CHAT}/ok"), &green(), false).to_string();
    assert_eq!(house.send("/v1/messages", &[], sent).await.status, 200);
    let got = last(&house);
    assert!(got.contains("\"role\":\"tool\"") && got.contains(PASSED), "{got}");
}

#[tokio::test]
async fn what_failed_is_left_alone_and_a_request_may_refuse() {
    let house = House::with_accounts(&["key-one"]).await;
    let model = format!("{MESSAGES}/ok");
    let whole = |body: &Value| body.to_string().replacen(&format!("\"{model}\""), "\"ok\"", 1);
    let failed = body(&model, &green(), true);
    house.send("/v1/messages", &[], failed.to_string()).await;
    assert_eq!(last(&house), whole(&failed), "the client says that it failed");
    let plain = body(&model, &green(), false);
    for off in ["off", "exact"] {
        house.send("/v1/messages", &[("x-ninerouter-saver", off)], plain.to_string()).await;
        assert_eq!(last(&house), whole(&plain), "{off}: nothing in it is redundant");
    }
    let seen = house.provider.seen().len();
    let wrong = house.send("/v1/messages", &[("x-ninerouter-saver", "max")], plain.to_string()).await;
    assert_eq!(wrong.status, 400);
    assert!(
        wrong.message().contains("x-ninerouter-saver") && wrong.message().contains("strong"),
        "{wrong:?}"
    );
    assert_eq!(house.provider.seen().len(), seen, "nothing was sent");
}

/// The same in another conversation.
fn about(subject: &str, body: &Value) -> String {
    body.to_string().replacen("Do the tests pass?", subject, 1)
}

#[tokio::test]
async fn a_person_says_how_far_it_goes_for_all_for_a_key_and_by_filter() {
    let house = House::with_accounts(&["key-one"]).await;
    let sent = body(&format!("{MESSAGES}/ok"), &green(), false);
    let shortens = async |subject: &str| {
        assert_eq!(house.send("/v1/messages", &[], about(subject, &sent)).await.status, 200);
        last(&house).contains(PASSED)
    };
    let put = async |path: &str, body: Value| house.api(Method::PUT, path, body).await.status;
    assert!(shortens("one").await, "on by default");
    assert_eq!(put("/api/v1/saver/filters/test-output", json!({"on": false})).await, 204);
    assert!(!shortens("one").await, "less comes at once");
    assert_eq!(put("/api/v1/saver/filters/test-output", json!({"on": true})).await, 204);
    assert!(!shortens("one").await, "what a cache holds is not changed again");
    assert!(shortens("two").await, "more comes with the next conversation");
    assert_eq!(put("/api/v1/saver/level", json!({"level": "off"})).await, 204);
    assert!(!shortens("two").await);
    let key = house.read("/api/v1/saver").await["keys"][0]["id"].clone();
    assert_eq!(put(&format!("/api/v1/saver/keys/{key}"), json!({"level": "safe"})).await, 204);
    assert!(shortens("three").await, "the key has a level of its own");
    assert_eq!(put(&format!("/api/v1/saver/keys/{key}"), json!({"level": null})).await, 204);
    assert!(!shortens("three").await);
    assert_eq!(put("/api/v1/saver/level", json!({"level": "most"})).await, 400);
    assert_eq!(put("/api/v1/saver/filters/everything", json!({"on": true})).await, 404);
    assert_eq!(put("/api/v1/saver/keys/4711", json!({"level": "safe"})).await, 404);
    assert_eq!(put(&format!("/api/v1/saver/keys/{key}"), json!({"terse": "very"})).await, 400);
}

#[tokio::test]
async fn a_conversation_goes_on_as_it_began_also_after_a_restart() {
    let house = House::with_accounts(&["key-one"]).await;
    let sent = body(&format!("{MESSAGES}/ok"), &green(), false);
    let put = async |house: &House, path: &str, body: Value| {
        assert_eq!(house.api(Method::PUT, path, body).await.status, 204);
    };
    put(&house, "/api/v1/saver/level", json!({"level": "exact"})).await;
    house.send("/v1/messages", &[], about("old", &sent)).await;
    let began = last(&house);
    assert!(!began.contains(PASSED), "{began}");
    house.records(1).await;
    let told = house.send("/v1/route", &[], about("planned", &sent)).await;
    assert_eq!(told.status, 200, "{told:?}");
    let key = house.read("/api/v1/saver").await["keys"][0]["id"].clone();
    put(&house, "/api/v1/saver/level", json!({"level": "strong"})).await;
    house.send("/v1/messages", &[], about("planned", &sent)).await;
    assert!(last(&house).contains(PASSED), "a plan that was only looked at begins no conversation");
    put(&house, &format!("/api/v1/saver/keys/{key}"), json!({"terse": "ultra"})).await;

    let house = house.restarted().await;
    house.send("/v1/messages", &[], about("old", &sent)).await;
    assert_eq!(last(&house), began);
    house.send("/v1/messages", &[], about("new", &sent)).await;
    let new = last(&house);
    assert!(new.contains(PASSED) && new.contains("like a telegram"), "{new}");
    house.send("/v1/messages", &[("x-ninerouter-saver", "off")], about("new", &sent)).await;
    assert!(!last(&house).contains(PASSED), "one request may say otherwise");
    house.send("/v1/messages", &[], about("new", &sent)).await;
    assert_eq!(last(&house), new, "and only that one");
}

#[tokio::test]
async fn a_combo_asks_for_terse_answers_unless_the_key_says_otherwise() {
    let house = House::with_accounts(&["key-one"]).await;
    let combo = json!({"name": "brief", "targets": [{"model": format!("{MESSAGES}/ok")}], "terse": "lite"});
    assert_eq!(house.made("/api/v1/combos", combo).await["terse"], "lite");
    let sent = json!({"model": "brief[1m]", "max_tokens": 9, "system": [
        {"type": "text", "text": "Be exact.", "cache_control": {"type": "ephemeral"}},
    ], "messages": [{"role": "user", "content": "one"}]});
    house.send("/v1/messages", &[], sent.to_string()).await;
    let got: Value = serde_json::from_str(&last(&house)).unwrap();
    assert_eq!(got["system"][0], sent["system"][0], "the mark of the cache stays where it is");
    assert!(got["system"][1]["text"].as_str().unwrap().starts_with("Answer briefly"), "{got}");
    let row = house.record().await;
    assert_eq!(house.detail(&row).await["terse"], "lite", "nothing is added behind a person's back");

    let key = house.read("/api/v1/saver").await["keys"][0]["id"].clone();
    let path = format!("/api/v1/saver/keys/{key}");
    assert_eq!(house.api(Method::PUT, &path, json!({"terse": "off"})).await.status, 204);
    let other = sent.to_string().replace("one", "two");
    house.send("/v1/messages", &[], other.clone()).await;
    assert_eq!(last(&house), other.replace("brief[1m]", "ok"));
}

#[tokio::test]
async fn what_was_saved_is_on_record_and_the_original_can_be_had() {
    let house = House::with_accounts(&["key-one"]).await;
    let sent = body(&format!("{MESSAGES}/ok"), &green(), false).to_string();
    let answer = house.send("/v1/messages", &[], sent).await;
    let id = answer.header("x-ninerouter-request").to_owned();
    let path = format!("/api/v1/requests/{id}");
    let detail = until("the record", async || {
        let answer = house.api(Method::GET, &path, Value::Null).await;
        (answer.status == 200).then(|| answer.value())
    })
    .await;
    assert_eq!(detail["saver_level"], "safe");
    let row = &detail["savings"][0];
    assert_eq!(
        (&row["filter"], &row["tool"], &row["texts"]),
        (&json!("test-output"), &json!("Bash"), &json!(1))
    );
    let saved = row["tokens_before"].as_i64().unwrap() - row["tokens_after"].as_i64().unwrap();
    assert!(saved > 300 && detail["row"]["saved_tokens"] == json!(saved), "{detail:#}");
    let page = house.read("/api/v1/saver").await;
    assert_eq!(page["by_tool"][0]["of"], "Bash");
    assert_eq!(page["total"]["saving"]["tokens_before"], row["tokens_before"]);
    let usage = house.read("/api/v1/usage?measure=saved&split=client").await;
    assert_eq!((&usage["measure"], &usage["notes"]), (&json!("saved"), &json!([])));
    assert_eq!(
        (&usage["whole"]["saved_tokens"], usage["shares"].as_array().unwrap().len()),
        (&json!(saved), 1)
    );
    let other = house.read("/api/v1/usage?measure=saved&combo=other").await;
    assert_eq!(other["whole"]["saved_tokens"], 0, "it is known whose they were");

    let path = format!("/v1/saver/original/{}", answer.header("x-ninerouter-originals"));
    let key = house.key.clone();
    let text = house.client.send(Method::GET, &path, &[("x-api-key", &key)], Bytes::new()).await;
    assert_eq!((text.status, text.text()), (200, green()));
    let stranger = house.made("/api/v1/keys", json!({"name": "stranger"})).await;
    let stranger = stranger["secret"].as_str().unwrap().to_owned();
    let refused = house.client.send(Method::GET, &path, &[("x-api-key", &stranger)], Bytes::new()).await;
    assert_eq!(refused.status, 404, "another key's text");
}

#[tokio::test]
async fn a_preview_is_made_and_nothing_of_it_is_kept() {
    let house = House::open().await;
    let fields = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &fields).await.cookie().unwrap();
    let post = async |text: &str, tool: &str, level: &str| {
        let fields = [("text", text), ("tool", tool), ("level", level)];
        let answer = house.client.form("/saver", &cookie, &fields).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.text()
    };
    let page = post(&green().replace('\n', "\r\n"), "cargo test", "safe").await;
    assert!(page.contains(PASSED) && page.contains("of its tokens saved"), "{page}");
    assert!(page.contains("<code>test-output</code>"), "{page}");
    let page = post("ok", "", "safe").await;
    assert!(page.contains("It has 2 bytes."), "{page}");
    let page = post(&green(), "cargo test", "exact").await;
    assert!(page.contains("At the level safe it would be shorter."), "{page}");
    let page = post(&"x".repeat(SAMPLE_LIMIT + 1), "", "safe").await;
    assert!(page.contains("at most 512 KB"), "of {} bytes", page.len());
    let page = post(&"%".repeat(2 * SAMPLE_LIMIT), "", "safe").await;
    assert!(page.contains("This text is too long; at most 512 KB"), "of {} bytes", page.len());
    let page = post("ok", "", "most").await;
    assert!(page.contains("This form cannot be read"), "{page}");

    assert_eq!(house.api(Method::PUT, "/api/v1/saver/level", json!({"level": "off"})).await.status, 204);
    let off = json!({"on": false});
    assert_eq!(house.api(Method::PUT, "/api/v1/saver/filters/test-output", off).await.status, 204);
    let page = post(&green(), "cargo test", "safe").await;
    assert!(page.contains("which is off, it would be shorter"), "{page}");
    let saver = house.read("/api/v1/saver").await;
    assert_eq!(saver["total"]["saving"]["texts"], 0, "nothing is counted");
    assert!(house.provider.seen().is_empty(), "nothing is sent anywhere");
}
