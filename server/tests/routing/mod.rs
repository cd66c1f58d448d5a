//! What becomes of a request when providers fail, are slow, or are full: seen from the client's side, in three dialects,
//! with providers of other dialects behind them.

mod circuits;
mod hedge;
mod plans;
mod shares;
mod verdicts;

use crate::formats::{file, page};
use crate::scripted::bodies::WORDS;
use crate::scripted::{Seen, says};
use crate::support::client::Answer;
use crate::support::tools::{self, Heard, Wish};
use crate::support::{House, Provider};
use futures_util::FutureExt;
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tempfile::TempDir;
use wire::Dialect;

/// A client and the dialects of the two providers behind it.
#[derive(Clone, Copy, Debug)]
struct Lane {
    client: Dialect,
    stream: bool,
    primary: Dialect,
    fallback: Dialect,
}

const fn lane(client: Dialect, stream: bool, primary: Dialect, fallback: Dialect) -> Lane {
    Lane { client, stream, primary, fallback }
}

/// Every scenario is played in each of these, at the same time.
const LANES: [Lane; 6] = [
    lane(Dialect::Chat, true, Dialect::Messages, Dialect::Gemini),
    lane(Dialect::Chat, false, Dialect::Gemini, Dialect::Messages),
    lane(Dialect::Messages, true, Dialect::Messages, Dialect::Chat),
    lane(Dialect::Messages, false, Dialect::Chat, Dialect::Messages),
    lane(Dialect::Responses, true, Dialect::Responses, Dialect::Messages),
    lane(Dialect::Responses, false, Dialect::Chat, Dialect::Gemini),
];

impl Lane {
    fn name(self) -> String {
        format!("{}-{}", self.client, if self.stream { "stream" } else { "whole" })
    }

    /// The id of the provider asked first.
    fn primary(self) -> String {
        format!("primary-{}", self.name())
    }

    /// The id of the provider asked next.
    fn fallback(self) -> String {
        format!("fallback-{}", self.name())
    }

    /// The combo of both.
    fn combo(self) -> String {
        format!("best-{}", self.name())
    }

    /// The target asked first.
    fn first(self) -> String {
        format!("{}/one", self.primary())
    }

    /// The target asked next.
    fn second(self) -> String {
        format!("{}/two", self.fallback())
    }

    fn dialect_of(self, target: &str) -> Dialect {
        if target.starts_with("primary") { self.primary } else { self.fallback }
    }
}

/// What is known of the models of every provider here. A script's name as a model is played under a key that names none.
const MODELS: &str = r#"
[[model]]
id = "one"
name = "One"
price = { input = 3.0, output = 15.0 }

[[model]]
id = "two"
name = "Two"
price = { input = 1.0, output = 2.0, cache_read = 0.1, cache_write = 1.25 }

[[model]]
id = "context-overflow"
name = "Small"
context = 8_000

[[model]]
id = "as-small"
name = "As small"
context = 8_000

[[model]]
id = "large"
name = "Large"
context = 200_000

[[model]]
id = "blind"
name = "Blind"
images = false
"#;

/// A house with a primary and a fallback provider behind each lane, an account at them for each of these scripts, and a
/// combo of both with these members.
async fn street(primary: &[&str], fallback: &[&str], members: Value) -> House {
    street_at(None, primary, fallback, members).await
}

/// The same with the primary providers at another address.
async fn street_at(elsewhere: Option<&str>, primary: &[&str], fallback: &[&str], members: Value) -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    let here = format!("http://{}", provider.address);
    for lane in LANES {
        let ends = [
            (lane.primary(), lane.primary, elsewhere.unwrap_or(&here)),
            (lane.fallback(), lane.fallback, here.as_str()),
        ];
        for (id, dialect, base) in ends {
            let text = format!("{}{MODELS}", file(&id, dialect, base, ""));
            std::fs::write(files.join(format!("{id}.toml")), text).unwrap();
        }
    }
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    for lane in LANES {
        for (id, scripts) in [(lane.primary(), primary), (lane.fallback(), fallback)] {
            for (number, script) in scripts.iter().enumerate() {
                house.account(&id, &format!("key-{script}.{id}.{number}")).await;
            }
        }
        let mut combo = json!({ "name": lane.combo(), "targets": [{ "model": lane.first() }, { "model": lane.second() }] });
        combo.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        house.made("/api/v1/combos", combo).await;
    }
    house
}

/// Another combo of a lane's, of these targets; gives its name.
async fn combo(house: &House, lane: Lane, name: &str, targets: &[String], members: Value) -> String {
    let name = format!("{name}-{}", lane.name());
    let targets: Value = targets.iter().map(|model| json!({ "model": model })).collect();
    let mut combo = json!({ "name": name, "targets": targets });
    combo.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    house.made("/api/v1/combos", combo).await;
    name
}

/// Plays a scenario in these lanes at the same time, and says at the end in which it failed.
async fn play(lanes: impl IntoIterator<Item = Lane>, scene: impl AsyncFn(Lane)) {
    let scenes = lanes.into_iter().map(|lane| {
        let played = AssertUnwindSafe(scene(lane)).catch_unwind();
        async move { played.await.is_err().then_some(lane) }
    });
    let failed: Vec<Lane> = join_all(scenes).await.into_iter().flatten().collect();
    assert!(failed.is_empty(), "failed in {failed:?}");
}

/// The lanes whose clients want streams.
fn streams() -> impl Iterator<Item = Lane> {
    LANES.into_iter().filter(|lane| lane.stream)
}

/// Path and body of an ordinary request, with the client's first words its own where some are given.
fn request(lane: Lane, model: &str, words: &str, wish: &Wish) -> (String, String) {
    let (path, body) = tools::request(lane.client, model, lane.stream, wish);
    let body = if words.is_empty() { body } else { body.replace("Hello, Grüße", words) };
    (path, body)
}

/// Asks a lane's client's question.
async fn ask(house: &House, lane: Lane, model: &str) -> Answer {
    let (path, body) = request(lane, model, "", &Wish::default());
    house.send(&path, &[], body).await
}

/// Reads a good answer as the client does: whole, with the counts of the target that answered.
fn read(lane: Lane, answer: &Answer) -> Heard {
    assert_eq!(answer.status, 200, "{lane:?}: {answer:?}");
    let heard = tools::heard(lane.client, answer, lane.stream);
    assert_eq!(heard.text, WORDS.concat(), "{lane:?}: {answer:?}");
    assert_eq!(heard.stop, tools::stop_word(lane.client, false, false), "{lane:?}");
    let counts = says::counts(lane.dialect_of(answer.header("x-ninerouter-target")));
    for (pointer, count) in tools::usage_of(lane.client, &counts) {
        let stated = heard.usage.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
        assert_eq!(stated, count, "{lane:?}: {pointer} of {:#}", heard.usage);
    }
    heard
}

/// Asks the lane's combo, and reads a good answer of this target's, after so many attempts.
async fn answered(house: &House, lane: Lane, target: &str, attempts: usize) -> Answer {
    let answer = ask(house, lane, &lane.combo()).await;
    read(lane, &answer);
    assert_eq!(answer.header("x-ninerouter-target"), target, "{lane:?}: {answer:?}");
    assert_eq!(answer.header("x-ninerouter-attempts"), attempts.to_string(), "{lane:?}");
    answer
}

/// The calls of a provider's accounts, by the scripts they played, in order.
fn calls(house: &House, provider: &str) -> Vec<Seen> {
    let own = format!(".{provider}.");
    let seen = house.provider.seen().into_iter();
    seen.filter(|seen| key_of(seen).contains(&own)).collect()
}

/// The scripts of a provider's accounts that were called, in order.
fn played(house: &House, provider: &str) -> Vec<String> {
    calls(house, provider).into_iter().map(|seen| seen.script).collect()
}

/// The key a call was made with.
fn key_of(seen: &Seen) -> String {
    let key = |name: &str| seen.header(name).map(|key| key.trim_start_matches("Bearer ").to_owned());
    key("authorization").or_else(|| key("x-api-key")).or_else(|| key("x-goog-api-key")).unwrap_or_default()
}

/// The accounts of a provider as the API shows them, in order.
async fn accounts(house: &House, provider: &str) -> Vec<Value> {
    let rows = house.read("/api/v1/accounts").await;
    let rows = rows.as_array().unwrap().iter();
    rows.filter(|row| row["provider_id"] == provider).cloned().collect()
}

/// The attempts on the page of a request.
async fn attempts(house: &House, answer: &Answer) -> Vec<Value> {
    page(house, answer).await["attempts"].as_array().unwrap().clone()
}

/// What was left out of the plan of a request, and why, in one text.
async fn left_out(house: &House, answer: &Answer) -> String {
    let page = page(house, answer).await;
    let lines = page["exclusions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|left| format!("{}: {}\n", left["what"].as_str().unwrap(), left["why"].as_str().unwrap()));
    lines.collect()
}

/// A request whose answer is still to come.
async fn begun(house: &House, lane: Lane, model: &str) -> reqwest::Response {
    let (path, body) = request(lane, model, "", &Wish::default());
    let key = format!("Bearer {}", house.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    house.client.begin(Method::POST, &path, &headers, body.into()).await
}
