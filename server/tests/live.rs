//! The live feed of an open dashboard: requests as they end, and those that are under way.

use crate::support::{CHAT, House, MESSAGES, PASSWORD, chat_body, until};
use http::Method;
use serde_json::{Value, json};

/// A feed that is listened to.
struct Feed {
    reply: reqwest::Response,
    heard: String,
}

impl Feed {
    async fn open(house: &House, path: &str, header: (&str, &str)) -> Self {
        let fields = [("name", "admin"), ("password", PASSWORD)];
        let login = house.client.form("/console/log_in", "", &fields).await;
        let cookie = login.cookie().expect("a session");
        let headers = [("cookie", cookie.as_str()), header];
        let reply = house.client.begin(Method::GET, path, &headers, Default::default()).await;
        assert_eq!(reply.status(), 200);
        Self { reply, heard: String::new() }
    }

    /// The next event of a name: its id, and what it carries.
    async fn next(&mut self, name: &str) -> (String, Value) {
        loop {
            while let Some((event, rest)) = self.heard.split_once("\n\n") {
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
                let found = field("event: ") == name;
                let told = (field("id: ").to_owned(), field("data: ").to_owned());
                self.heard = rest.to_owned();
                if found {
                    return (told.0, serde_json::from_str(&told.1).unwrap());
                }
            }
            self.heard.push_str(std::str::from_utf8(&self.reply.chunk().await.unwrap().unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn an_open_dashboard_hears_of_a_request_as_it_ends() {
    let house = House::with_accounts(&["key-one"]).await;
    let mut feed = Feed::open(&house, "/console/live", ("x-none", "")).await;
    house.messages("ok", true).await;
    let (_, row) = feed.next("request").await;
    assert_eq!(row, house.record().await, "the row as the list shows it");
    assert_eq!(row["target"], format!("{MESSAGES}/ok"));
}

#[tokio::test]
async fn a_dashboard_that_comes_back_hears_what_it_missed() {
    let house = House::with_accounts(&["key-one"]).await;
    for _ in 0..3 {
        house.messages("ok", true).await;
    }
    let rows = house.records(3).await;
    let seen = rows[2]["id"].as_str().unwrap();
    let by_address = format!("/console/live?since={seen}");
    for (path, header) in [(by_address.as_str(), "x-none"), ("/console/live", "last-event-id")] {
        let mut feed = Feed::open(&house, path, (header, seen)).await;
        for row in rows.iter().rev() {
            let (id, told) = feed.next("request").await;
            assert_eq!(&told, row, "the oldest comes first, each as the list shows it");
            assert_eq!(id, row["id"].as_str().unwrap());
        }
    }
}

#[tokio::test]
async fn what_is_under_way_is_seen_until_it_ends() {
    let house = House::with_accounts(&["key-one"]).await;
    let combo = json!({ "name": "best", "enabled": true, "strategy": "priority",
        "targets": [{ "model": "oai/error-429" }, { "model": "oai/stall-mid-stream" }] });
    house.made("/api/v1/combos", combo).await;
    let mut feed = Feed::open(&house, "/console/live?under_way=1", ("x-none", "")).await;
    let nothing = json!({ "count": 0, "rows": [] });
    assert_eq!(feed.next("under-way").await.1, nothing);
    let key = format!("Bearer {}", house.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let path = "/v1/chat/completions";
    let reply = house.client.begin(Method::POST, path, &headers, chat_body("best", true).into()).await;
    let mut now = feed.next("under-way").await.1;
    while !now["rows"][0]["first_token_ms"].is_i64() {
        now = feed.next("under-way").await.1;
    }
    let row = &now["rows"][0];
    assert_eq!((&now["count"], &row["asked"], &row["combo"]), (&json!(1), &json!("best"), &json!("best")));
    assert_eq!((&row["target"], &row["attempts"]), (&json!(format!("{CHAT}/stall-mid-stream")), &json!(2)));
    assert!(
        row["first_token_ms"].is_i64() && row["lasts_ms"].as_i64() >= row["first_token_ms"].as_i64(),
        "{row}"
    );
    let page = house.read("/api/v1/overview").await;
    assert_eq!((&page["under_way"]["count"], &page["recent"]), (&json!(1), &json!([])));
    // The client leaves.
    drop(reply);
    until("it is gone", async || {
        let now = house.read("/api/v1/overview").await["under_way"].clone();
        (now == nothing).then_some(())
    })
    .await;
    let (id, ended) = feed.next("request").await;
    assert_eq!((&ended["outcome"], json!(id)), (&json!("cancelled"), row["id"].clone()));
}
