//! What a coding tool sends is what the provider gets, and what the provider answers is what the tool gets.

use crate::scripted::bodies::{WORDS, frames};
use crate::scripted::script::Asked;
use crate::support::{CHAT, House, MESSAGES, Provider, chat_body, messages_body};
use bytes::Bytes;
use http::Method;
use std::sync::Arc;
use tempfile::TempDir;

/// A body that any decoding and encoding would change: key order, spaces, number formats, escapes, unknown members.
const FUSSY: &str = "{\n  \"zeta\" : 1.0, \"stream\" :false ,\"temperature\":1e2,\"top_p\":0.10,\t\"seed\":9007199254740993,\n  \
    \"messages\": [ {\"role\":\"user\",\"content\":\"\\u00e9\\ud83d\\ude80\\/ é \\n\", \"Model\":\"x\"} ],\n  \
    \"model\" : \"PREFIX/ok\" , \"metadata\":{\"model\":\"PREFIX/ok\",\"b\":-0,\"a\":1E+2},\"max_tokens\":64,\"unknown\":[null,{}]\n}\n";

#[tokio::test]
async fn a_body_reaches_the_provider_byte_for_byte_but_for_the_model() {
    for (path, prefix) in [("/v1/chat/completions", CHAT), ("/v1/messages", MESSAGES)] {
        let house = House::with_accounts(&["key-one"]).await;
        let body = FUSSY.replace("PREFIX", prefix);
        assert_eq!(house.send(path, &[], body.clone()).await.status, 200);
        let expected = body.replacen(&format!("\"model\" : \"{prefix}/ok\""), "\"model\" : \"ok\"", 1);
        assert_eq!(String::from_utf8_lossy(&house.provider.only().body), expected, "{path}");
    }
}

#[tokio::test]
async fn only_usage_is_added_to_a_chat_stream_and_nothing_to_a_messages_stream() {
    let house = House::with_accounts(&["key-one"]).await;
    let body = format!(r#"{{"stream": true, "model":"{CHAT}/ok","messages":[7],"n":1.0}}"#);
    house.send("/v1/chat/completions", &[], body).await;
    let body = format!(r#"{{"stream": true, "model":"{MESSAGES}/ok","messages":[7],"n":1.0}}"#);
    house.send("/v1/messages", &[], body).await;
    let bodies: Vec<String> =
        house.provider.seen().iter().map(|seen| String::from_utf8_lossy(&seen.body).into_owned()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"stream": true,"stream_options":{"include_usage":true}, "model":"ok","messages":[7],"n":1.0}"#,
            r#"{"stream": true, "model":"ok","messages":[7],"n":1.0}"#,
        ]
    );
}

/// The frames as the provider sends them to `seen`, whatever the router does.
fn sent(house: &House, name: &str) -> Vec<String> {
    let seen = house.provider.seen().pop().unwrap();
    let body = serde_json::from_slice(&seen.body).unwrap();
    let path = seen.line.split(' ').nth(1).unwrap().split('?').next().unwrap().to_owned();
    frames(name, &Asked::of(&Method::POST, &path, &body).unwrap())
}

#[tokio::test]
async fn frames_reach_the_client_byte_for_byte() {
    for script in ["ok", "tool-call", "reasoning", "no-done", "split-bytes"] {
        let house = House::with_accounts(&["key-one"]).await;
        let messages = house.messages(script, true).await;
        assert_eq!(messages.text(), sent(&house, script).concat(), "messages, {script}");
        assert!(messages.header("content-type").starts_with("text/event-stream"), "{messages:?}");

        let body = format!(
            r#"{{"model":"{CHAT}/{script}","messages":[{{"role":"user","content":"Hello"}}],"stream":true,"stream_options":{{"include_usage":true}}}}"#
        );
        let chat = house.send("/v1/chat/completions", &[], body).await;
        let frames = sent(&house, script);
        assert_eq!(chat.text(), frames.concat(), "chat, {script}");
        assert!(chat.text().contains("\"prompt_tokens\""), "the usage asked for is there, {script}");
        assert!(frames.len() > 5, "a stream worth its name");
    }
}

#[tokio::test]
async fn usage_that_the_client_did_not_ask_for_is_kept_from_it() {
    for script in ["ok", "no-done", "split-bytes", "tool-call"] {
        let house = House::with_accounts(&["key-one"]).await;
        let answer = house.chat(script, true).await;
        let kept: Vec<String> =
            sent(&house, script).into_iter().filter(|frame| !frame.contains("\"prompt_tokens\"")).collect();
        assert_eq!(kept.len() + 1, sent(&house, script).len(), "the provider did state usage");
        assert_eq!(answer.text(), kept.concat(), "{script}");
    }
}

#[tokio::test]
async fn a_whole_answer_is_handed_on_as_it_came() {
    let house = House::with_accounts(&["key-one"]).await;
    for script in ["ok", "tool-call", "reasoning"] {
        for answer in [house.chat(script, false).await, house.messages(script, false).await] {
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), "application/json");
            let value = answer.value();
            // Providers echo the model they were asked for, and neither reader needs ours there.
            assert_eq!(value["model"], script);
            assert!(value.get("choices").or(value.get("content")).is_some(), "{answer:?}");
        }
    }
    let chat = house.chat("ok", false).await.value();
    assert_eq!(chat["choices"][0]["message"]["content"], WORDS.concat());
}

#[tokio::test]
async fn headers_that_matter_travel_and_all_others_stay() {
    let house = House::with_accounts(&["key-upstream"]).await;
    let key = house.key.clone();
    let travel = [
        ("anthropic-version", "2023-06-01"),
        ("anthropic-beta", "context-1m-2025-08-07,interleaved-thinking-2025-05-14"),
        ("openai-beta", "assistants=v2"),
        ("openai-organization", "org-1"),
        ("idempotency-key", "a1b2"),
        ("x-stainless-lang", "js"),
        ("x-unknown-to-everyone", "kept"),
        ("accept", "text/event-stream"),
    ];
    let stay = [
        ("x-api-key", key.as_str()),
        ("x-goog-api-key", key.as_str()),
        ("cookie", "session=secret"),
        ("connection", "keep-alive, x-only-here"),
        ("x-only-here", "1"),
        ("te", "trailers"),
        ("proxy-authorization", "Basic eA=="),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("via", "1.1 proxy"),
        ("origin", "http://localhost"),
        ("referer", "http://localhost/secret"),
        ("sec-fetch-site", "same-origin"),
        ("expect", "100-continue"),
    ];
    let headers: Vec<(&str, &str)> = travel.iter().chain(&stay).copied().collect();
    for (path, prefix, credential) in [
        ("/v1/chat/completions", CHAT, ("authorization", "Bearer key-upstream")),
        ("/v1/messages", MESSAGES, ("x-api-key", "key-upstream")),
    ] {
        let answer = house.send(path, &headers, messages_body(&format!("{prefix}/ok"), false)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = house.provider.seen().pop().unwrap();
        for (name, value) in travel {
            assert_eq!(seen.header(name), Some(value), "{path}: {name} travels");
        }
        for (name, _) in stay {
            if name != credential.0 && name != "connection" {
                assert_eq!(seen.header(name), None, "{path}: {name} stays");
            }
        }
        assert_eq!(seen.header(credential.0), Some(credential.1));
        assert_eq!(seen.header("host"), Some(house.provider.address.to_string().as_str()));
        let everything = format!("{:?} {}", seen.headers, seen.line);
        assert!(!everything.contains(&key), "the caller's key never reaches the provider: {everything}");
        let back = format!("{:?} {}", answer.headers, answer.text());
        assert!(!back.contains("key-upstream"), "the provider's key never reaches the client: {back}");
    }
}

#[tokio::test]
async fn the_provider_s_own_headers_come_back_but_not_those_of_its_connection() {
    let house = House::with_accounts(&["key-one"]).await;
    for answer in [
        house.chat("ok", false).await,
        house.messages("ok", true).await,
        house.chat("error-400", false).await,
    ] {
        assert_eq!(answer.header("x-request-id"), "req_0a1b2c3d4e5f", "{answer:?}");
        assert_eq!(answer.header("openai-processing-ms"), "42");
        for name in ["set-cookie", "strict-transport-security", "keep-alive", "cf-ray", "connection"] {
            assert_eq!(answer.header(name), "", "{name} stays");
        }
        assert_eq!(answer.header("x-ninerouter-request").len(), 32, "and the request can be found again");
    }
}

#[tokio::test]
async fn the_query_travels_without_the_key() {
    let house = House::with_accounts(&["key-one"]).await;
    let path = format!("/v1/messages?beta=true&key={}", house.key);
    let body = messages_body(&format!("{MESSAGES}/ok"), false);
    let answer =
        house.client.send(Method::POST, &path, &[("content-type", "application/json")], body.into()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(house.provider.only().line, "POST /v1/messages?beta=true");
    house.messages("ok", false).await;
    assert_eq!(house.provider.seen().pop().unwrap().line, "POST /v1/messages");
}

#[tokio::test]
async fn a_key_is_taken_wherever_a_tool_puts_it() {
    let house = House::with_accounts(&["key-one"]).await;
    let key = house.key.clone();
    let bearer = format!("Bearer {key}");
    for (name, value) in [("authorization", &bearer), ("x-api-key", &key), ("x-goog-api-key", &key)] {
        let headers = [(name, value.as_str()), ("content-type", "application/json")];
        let body: Bytes = chat_body(&format!("{CHAT}/ok"), false).into();
        let answer = house.client.send(Method::POST, "/v1/chat/completions", &headers, body).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn a_vendor_s_own_tool_is_known_by_name_there_and_nowhere_else() {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    std::fs::create_dir(folder.path().join("providers")).unwrap();
    let file = format!(
        "id = \"anthropic\"\nname = \"Anthropic\"\ntier = \"cheap\"\n[auth]\nkind = \"key\"\n[[speaks]]\ndialect = \
         \"messages\"\nurl = \"{}/messages\"\n[[model]]\nid = \"claude-test\"\nname = \"Claude Test\"\n",
        provider.base()
    );
    std::fs::write(folder.path().join("providers/anthropic.toml"), file).unwrap();
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    house.endpoints(&house.provider.base()).await;
    house.account("anthropic", "key-one").await;
    house.account(MESSAGES, "key-one").await;

    const CLAUDE: &str = "claude-cli/2.0.14 (external, cli)";
    for (model, agent, expected) in [
        ("anthropic/claude-test", CLAUDE, CLAUDE),
        ("anthropic/claude-test", "curl/8.14.1", "Ninerouter/"),
        ("anthropic/claude-test", "codex_cli_rs/0.55.0", "Ninerouter/"),
        ("ant/claude-test", CLAUDE, "Ninerouter/"),
    ] {
        let answer = house.send("/v1/messages", &[("user-agent", agent)], messages_body(model, false)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = house.provider.seen().pop().unwrap();
        let named = seen.header("user-agent").unwrap();
        assert!(named.starts_with(expected), "{agent} at {model} is called {named}");
    }
    assert_eq!(
        house.records(4).await[0]["client"],
        "Claude Code",
        "the dashboard knows the tool all the same"
    );
}

#[tokio::test]
async fn a_model_is_found_by_every_name_it_goes_by() {
    let house = House::with_accounts(&["key-one"]).await;
    house.made("/api/v1/aliases", serde_json::json!({ "name": "fast", "model": "oai/tool-call" })).await;
    for (asked, sent) in [
        ("oai/ok", "ok"),
        ("fast", "tool-call"),
        ("oai/some/other/model", "some/other/model"),
        ("oai/ok[1m]", "ok"),
        ("ok", "ok"),
    ] {
        let answer = house.send("/v1/chat/completions", &[], chat_body(asked, false)).await;
        assert_eq!(answer.status, 200, "{asked}: {answer:?}");
        assert_eq!(answer.value()["model"], sent, "{asked}");
    }
}
