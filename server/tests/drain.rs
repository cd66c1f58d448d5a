//! What becomes of requests that are still open when Ninerouter is told to stop: see also `program.rs`.

use crate::support::running::Running;
use crate::support::{CHAT, MESSAGES, Provider, config, messages_body};
use app::api::requests::{Outcome, RequestFilter};
use http::Method;
use serde_json::{Value, json};
use server::store::Store;
use tempfile::TempDir;

#[tokio::test]
async fn requests_that_outlast_the_drain_are_told_so_in_their_dialect_and_written_down() {
    let (folder, provider) = (TempDir::new().unwrap(), Provider::start().await);
    let (running, bearer, key) =
        Running::furnished(folder.path(), &[("DRAIN_SECONDS", "1")], &provider).await;
    let endpoint = json!({
        "name": "Scripted messages", "prefix": MESSAGES, "dialect": "messages", "base_url": provider.base(),
        "private_network": true, "models": ["ok"],
    });
    running.api(&bearer, "/api/v1/endpoints", endpoint).await;
    running.api(&bearer, "/api/v1/accounts", json!({ "provider": MESSAGES, "key": "key-one" })).await;

    let headers = [("x-api-key", key.as_str()), ("content-type", "application/json")];
    let body = messages_body(&format!("{MESSAGES}/stall-mid-stream"), true).into();
    let (chat, whole) = (format!("{CHAT}/stall-mid-stream"), format!("{CHAT}/silent"));
    let stopping = async {
        provider.until(|seen| seen.len() == 3).await;
        running.terminate().await;
    };
    let (chat, messages, whole, ()) = tokio::join!(
        running.chat(&key, &chat, true),
        running.client.send(Method::POST, "/v1/messages", &headers, body),
        running.chat(&key, &whole, false),
        stopping
    );
    let last = |text: String| -> (String, Value) {
        let data = text.trim_end().rsplit_once("data: ").unwrap();
        (data.0.to_owned(), serde_json::from_str(data.1).unwrap())
    };
    let (before, error) = last(chat.text());
    assert!(before.contains("\"content\":\"") && !chat.text().contains("[DONE]"), "{chat:?}");
    assert!(error["error"]["message"].as_str().unwrap().contains("Ninerouter is stopping"), "{chat:?}");
    let (before, error) = last(messages.text());
    assert!(before.ends_with("event: error\n") && !messages.text().contains("message_stop"), "{messages:?}");
    assert_eq!(error["type"], "error");
    assert!(error["error"]["message"].as_str().unwrap().contains("Ninerouter is stopping"), "{messages:?}");
    assert_eq!(whole.status, 503, "{whole:?}");
    assert!(whole.message().contains("Ninerouter is stopping"), "{whole:?}");
    assert!(running.log().contains("open requests have 1 s to end"), "{}", running.log());
    assert_eq!(running.ended().await, 0);

    let store = Store::open(&config(folder.path(), &[])).await.unwrap();
    let records = store.requests(&RequestFilter::default(), 100).await.unwrap().records;
    let outcome = |model: &str, dialect: &str| {
        let found = records.iter().find(|one| one.model == model && one.dialect == dialect).unwrap();
        (found.outcome, found.status, found.error.contains("stopping"))
    };
    assert_eq!(records.len(), 3, "{records:#?}");
    assert_eq!(outcome("stall-mid-stream", "chat"), (Outcome::Broken, 200, true));
    assert_eq!(outcome("stall-mid-stream", "messages"), (Outcome::Broken, 200, true));
    assert_eq!(outcome("silent", "chat"), (Outcome::Failed, 503, true), "it was not the client who left");
    // And nobody goes on at the provider.
    provider.until(|seen| seen.iter().all(|one| one.left)).await;
}

#[tokio::test]
async fn while_it_drains_nothing_new_is_let_in() {
    let (folder, provider) = (TempDir::new().unwrap(), Provider::start().await);
    let (running, _, key) = Running::furnished(folder.path(), &[], &provider).await;
    let model = format!("{CHAT}/slow-tokens");
    let meanwhile = async {
        provider.until(|seen| seen.len() == 1).await;
        running.terminate().await;
        let refused =
            async || tokio::net::TcpStream::connect(running.client.address).await.is_err().then_some(());
        crate::support::until("the closed door", refused).await;
    };
    let (streamed, ()) = tokio::join!(running.chat(&key, &model, true), meanwhile);
    assert!(streamed.text().ends_with("data: [DONE]\n\n"), "the open one goes on to its end: {streamed:?}");
    assert_eq!(running.ended().await, 0);
}
