//! An answer that breaks off after the client has had some of it goes on elsewhere, and the client reads one answer:
//! whole, once, in its own dialect. Where nobody goes on it reads an error, and nothing that looks like an end.

mod calls;
mod ends;
mod leaving;
mod many;
mod nobody;
mod record;
mod seams;
mod whole;

use crate::formats::errors::{ENDS, last_of, message_of};
use crate::formats::{self, Pair, provider_of};
use crate::scripted::Seen;
use crate::scripted::long;
use crate::support::client::Answer;
use crate::support::tools::{self, Heard, Wish};
use crate::support::{House, Provider};
use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tempfile::TempDir;
use wire::Dialect;

/// For how long a stream may stand still in these tests, in ms: the least there is.
const STALL_MS: i64 = 500;

/// The providers that take the beginning of an answer as the last message, and how it is marked.
const PREFILLED: [(&str, Dialect, &str); 3] = [
    ("prefilled-messages", Dialect::Messages, "plain"),
    ("prefilled-chat", Dialect::Chat, "plain"),
    ("prefilled-gemini", Dialect::Gemini, "plain"),
];

/// A house with a provider of each dialect, some that are known to take the beginning of an answer, and an account at
/// each.
async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    let base = format!("http://{}", provider.address);
    let plain = Dialect::ALL.map(|dialect| (provider_of(dialect), dialect, String::new()));
    let prefilled = PREFILLED
        .map(|(id, dialect, prefill)| (id.to_owned(), dialect, format!("prefill = \"{prefill}\"\n")));
    let all: Vec<_> = plain.into_iter().chain(prefilled).collect();
    for (id, dialect, tweak) in &all {
        std::fs::write(files.join(format!("{id}.toml")), formats::file(id, *dialect, &base, tweak)).unwrap();
    }
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    for (id, ..) in &all {
        house.account(id, &format!("secret-of-{id}")).await;
    }
    house
}

/// Makes a combo of these targets whose streams may stand still for [`STALL_MS`]; gives its name. `more`: other members.
async fn combo(house: &House, targets: &[String], more: Value) -> String {
    let mut hasher = DefaultHasher::new();
    targets.hash(&mut hasher);
    let name = format!("{}-{:x}", targets[0].replace('/', "-"), hasher.finish());
    let targets: Vec<Value> = targets.iter().map(|model| json!({ "model": model })).collect();
    let mut combo = json!({ "name": name, "targets": targets, "stall_ms": STALL_MS });
    combo.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.made("/api/v1/combos", combo).await;
    name
}

/// A model of the provider that speaks a dialect. `mark` makes it a model of its own, whose failures are nobody else's.
fn model(dialect: Dialect, script: &str, mark: &str) -> String {
    format!("{}/{script}.{mark}", provider_of(dialect))
}

/// Asks for a stream.
async fn ask(house: &House, client: Dialect, model: &str, wish: &Wish) -> Answer {
    let (path, body) = tools::request(client, model, true, wish);
    house.send(&path, &[], body).await
}

/// Asks for a stream, and reads it as strictly as the client's own library does.
async fn heard(house: &House, client: Dialect, model: &str, wish: &Wish) -> (Heard, Answer) {
    let answer = ask(house, client, model, wish).await;
    (tools::heard(client, &answer, true), answer)
}

/// The whole text, once, and an end that is one; names the request where it is not.
fn assert_whole(what: &str, client: Dialect, heard: &Heard) {
    assert_eq!(heard.text, long::TEXT, "{what}, for {client}");
    assert_eq!(heard.stop, tools::stop_word(client, false, false), "{what}, for {client}");
    assert!(heard.calls.is_empty(), "{what}, for {client}");
}

/// What was said and then an error in the client's dialect, and nothing that looks like an end; gives its message.
fn assert_broken(what: &str, client: Dialect, answer: &Answer, said: &str) -> String {
    assert_eq!(answer.status, 200, "{what}: it had begun well: {answer:?}");
    let (text, last) = last_of(Pair { client, provider: client, stream: true }, answer);
    for end in ENDS {
        assert!(!text.contains(end), "{what}, for {client}: {end} in {text}");
    }
    assert!(text.contains(said), "{what}, for {client}: what was said is delivered: {text}");
    let message = message_of(Pair { client, provider: client, stream: true }, &last);
    assert!(message.len() > 10, "{what}, for {client}: {message}");
    // Responses have a member of this name from the beginning.
    let told = text.matches("\"error\":").count();
    assert!(told == 1 || client == Dialect::Responses, "{what}, for {client}: it is told once: {text}");
    message
}

/// The requests for a model so far.
fn asked_for(house: &House, model: &str) -> Vec<Seen> {
    let model = model.split_once('/').map_or(model, |(_, model)| model);
    let named = |seen: &Seen| {
        let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
        body["model"] == model || seen.line.contains(&format!("/{model}:"))
    };
    house.provider.seen().into_iter().filter(named).collect()
}

/// Every ordered pair of dialects that providers may speak.
fn two() -> impl Iterator<Item = (Dialect, Dialect)> {
    Dialect::ALL.into_iter().flat_map(|first| Dialect::ALL.map(|second| (first, second)))
}

/// Checks each of these, all at the same time, and says at the end for which it failed.
async fn all<T: std::fmt::Debug + Clone>(what: impl IntoIterator<Item = T>, check: impl AsyncFn(T)) {
    let checks = what.into_iter().map(async |one| {
        let ended = AssertUnwindSafe(check(one.clone())).catch_unwind().await;
        ended.is_err().then(|| format!("{one:?}"))
    });
    let failed: Vec<String> = join_all(checks).await.into_iter().flatten().collect();
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}
