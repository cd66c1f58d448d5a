//! A client that leaves ends the call to the provider, whichever way the answer would have been taken.

use super::{Pair, house, pairs};
use crate::scripted::bodies::WORDS;
use crate::scripted::says::counts;
use crate::support::House;
use crate::support::tools::{self, Wish};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use wire::Dialect;

async fn begun(house: &House, pair: Pair, model: &str) -> reqwest::Response {
    let model = format!("{}/{model}", super::provider_of(pair.provider));
    let (path, body) = tools::request(pair.client, &model, pair.stream, &Wish::default());
    let key = format!("Bearer {}", house.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    house.client.begin(Method::POST, &path, &headers, Bytes::from(body)).await
}

#[tokio::test]
async fn words_come_as_they_are_said_and_a_client_that_leaves_ends_the_call() {
    let house = house().await;
    let streams: Vec<Pair> = pairs().filter(|pair| pair.stream).collect();
    for (at, pair) in streams.iter().copied().enumerate() {
        let mut response = begun(&house, pair, "stall-mid-stream").await;
        let mut heard = String::new();
        // The provider says nothing more after its second word: it must not be kept back.
        while !heard.contains(WORDS[1]) {
            let chunk =
                response.chunk().await.unwrap().unwrap_or_else(|| panic!("{pair:?}: it goes on: {heard}"));
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
        assert!(!house.provider.seen()[at].left, "nobody has left yet");
        drop(response);
        house.provider.until(|seen| seen[at].left).await;
    }
    for row in house.records(streams.len()).await {
        assert_eq!(row["outcome"], "cancelled", "{row:#}");
        let provider: Dialect =
            row["provider_id"].as_str().unwrap().strip_prefix("to-").unwrap().parse().unwrap();
        if [Dialect::Messages, Dialect::Gemini].contains(&provider) {
            assert_eq!(
                row["tokens"]["input"],
                counts(provider).input,
                "what was stated until then is counted: {row:#}"
            );
        }
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_ends_the_call_too() {
    let house = house().await;
    let all: Vec<Pair> = pairs().collect();
    for (at, pair) in all.iter().copied().enumerate() {
        tokio::select! {
            response = begun(&house, pair, "silent") => panic!("it does not answer: {response:?}"),
            _ = house.provider.until(|seen| seen.len() == at + 1) => {}
        }
        let seen = house.provider.until(|seen| seen[at].left).await;
        assert_eq!(seen.len(), at + 1, "{pair:?}: nobody else is asked for a client that has left");
    }
    for row in house.records(all.len()).await {
        assert_eq!((&row["outcome"], &row["status"]), (&json!("cancelled"), &json!(499)), "{row:#}");
        assert_eq!(row["tokens"], Value::Null, "{row:#}");
    }
}
