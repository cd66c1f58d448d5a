//! A client that leaves while another is being found, and one that waits and is told that the line is still there.

use super::{all, ask, asked_for, assert_whole, combo, house, model};
use crate::scripted::long::TEXT;
use crate::support::tools::{self, Wish};
use http::Method;
use serde_json::json;
use wire::Dialect;

#[tokio::test]
async fn a_client_that_leaves_during_a_rescue_ends_it() {
    let house = house().await;
    all(Dialect::ALL, async |client| {
        let targets = [
            model(Dialect::Chat, "long-cut", client.as_str()),
            model(Dialect::Messages, "silent", client.as_str()),
        ];
        let name = combo(&house, &targets, json!({})).await;
        let (path, body) = tools::request(client, &name, true, &Wish::default());
        let key = format!("Bearer {}", house.key);
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        let mut response = house.client.begin(Method::POST, &path, &headers, body.into()).await;
        assert!(response.chunk().await.unwrap().is_some(), "it begins");
        let asked = async || {
            house.provider.until(|_| !asked_for(&house, &targets[1]).is_empty()).await;
        };
        tokio::select! {
            () = asked() => {}
            // Whatever comes meanwhile is read.
            () = async { while response.chunk().await.unwrap().is_some() {} } => panic!("{name}: it waits"),
        }
        drop(response);
        house.provider.until(|_| asked_for(&house, &targets[1]).iter().all(|seen| seen.left)).await;
    })
    .await;
    for row in house.records(Dialect::ALL.len()).await {
        assert_eq!(row["outcome"], "cancelled", "{row:#}");
        assert_eq!(row["attempts"], 2, "{row:#}");
        let page = house.detail(&row).await;
        assert_eq!(page["attempts"][1]["cause"], "rescue", "{page:#}");
    }
    for row in house.read("/api/v1/accounts").await.as_array().unwrap() {
        assert_eq!(row["health"], "ready", "nobody is to blame: {row:#}");
    }
}

#[tokio::test]
async fn signs_of_life_during_a_long_silence_disturb_no_client() {
    let house = house().await;
    all(Dialect::ALL, async |client| {
        // The pause is before the second token, and what was said before it is repeated by nobody.
        let targets = [model(client, "long-pause", "quiet"), model(Dialect::Gemini, "long", client.as_str())];
        let name = combo(&house, &targets, json!({ "stall_ms": 60_000 })).await;
        let answer = ask(&house, client, &name, &Wish::default()).await;
        let ping = String::from_utf8_lossy(client.ping()).into_owned();
        assert!(answer.text().contains(&ping), "{name}: it was told: {answer:?}");
        assert_whole(&name, client, &tools::heard(client, &answer, true));
        assert!(TEXT.starts_with("The "), "so that the first token alone is begun with");
    })
    .await;
}
