//! A provider that dies with many streams under way.

use super::{asked_for, assert_whole};
use crate::formats::file;
use crate::scripted::says::counts;
use crate::support::tools::{self, Wish};
use crate::support::{House, Provider};
use futures_util::future::join_all;
use serde_json::json;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::Notify;
use wire::Dialect;

/// Streams under way.
const MANY: usize = 50;

/// A house with a provider of Anthropic's dialect that is about to die, and the house's own beside it.
async fn house_of(dying: &Provider) -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    for (id, dialect, at) in [("dying", Dialect::Messages, dying), ("living", Dialect::Gemini, &*provider)] {
        let base = format!("http://{}", at.address);
        std::fs::write(files.join(format!("{id}.toml")), file(id, dialect, &base, "")).unwrap();
    }
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    for id in ["dying", "living"] {
        house.account(id, &format!("secret-of-{id}")).await;
    }
    house
}

#[tokio::test]
async fn fifty_streams_go_on_when_their_provider_dies() {
    let dying = Provider::start().await;
    let house = house_of(&dying).await;
    let combo =
        json!({ "name": "both", "targets": [{ "model": "dying/long-stall" }, { "model": "living/long" }] });
    house.made("/api/v1/combos", combo).await;
    let (wish, begun) = (Wish::default(), Notify::new());
    let streams = (0..MANY).map(async |number| {
        let client = Dialect::ALL[number % Dialect::ALL.len()];
        let (path, body) = tools::request(client, "both", true, &wish);
        let key = format!("Bearer {}", house.key);
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        let mut response = house.client.begin(http::Method::POST, &path, &headers, body.into()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            bytes.extend_from_slice(&chunk);
            if bytes.len() == chunk.len() {
                begun.notify_one();
            }
        }
        let answer = crate::support::client::Answer { status, headers, bytes: bytes.into() };
        assert_whole("fifty at once", client, &tools::heard(client, &answer, true));
    });
    let death = async {
        dying.until(|seen| seen.len() == MANY).await;
        begun.notified().await;
        drop(dying);
    };
    tokio::join!(join_all(streams), death);
    assert_eq!(asked_for(&house, "living/long").len(), MANY);
    let rows = house.records(MANY).await;
    for row in &rows {
        assert_eq!((&row["outcome"], &row["target"]), (&json!("answered"), &json!("living/long")), "{row:#}");
        assert_eq!(row["tokens"]["output"], counts(Dialect::Gemini).output, "{row:#}");
    }
    // It is well afterwards.
    let next = super::ask(&house, Dialect::Messages, "both", &wish).await;
    assert_whole("the next", Dialect::Messages, &tools::heard(Dialect::Messages, &next, true));
}
