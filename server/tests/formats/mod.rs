//! Every client dialect in front of every provider dialect: what a coding tool sees is what its own vendor would have
//! shown it, and the provider, which is as strict as its vendor, never has a reason to refuse.

mod answers;
mod bad;
mod beside;
pub(crate) mod errors;
mod leaving;
mod manners;
mod paths;
mod same;
mod sessions;
mod shorter;

use crate::scripted::Seen;
use crate::support::tools::{self, Heard, Wish};
use crate::support::{House, Provider, client::Answer, until};
use futures_util::FutureExt;
use serde_json::Value;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tempfile::TempDir;
use wire::Dialect;

/// How each vendor is asked to reason.
const fn reasoning(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Messages => "budget",
        _ => "effort",
    }
}

/// The catalogue's file of a provider that speaks one dialect. Its prefix is its id.
pub(crate) fn file(id: &str, dialect: Dialect, base: &str, tweak: &str) -> String {
    let url = match dialect {
        Dialect::Chat => "/v1/chat/completions",
        Dialect::Responses => "/v1/responses",
        Dialect::Messages => "/v1/messages",
        Dialect::Gemini => "/v1beta/models",
        Dialect::Ollama => "/api/chat",
    };
    let version = match dialect {
        Dialect::Messages => "headers = { anthropic-version = \"2023-06-01\" }\n",
        _ => "",
    };
    let counts = !matches!(dialect, Dialect::Chat | Dialect::Ollama);
    let also = if dialect == Dialect::Chat { "also = [\"embeddings\", \"images\", \"audio\"]\n" } else { "" };
    let thoughts = match dialect {
        Dialect::Chat => "reasoning_member = \"reasoning_content\"\n",
        Dialect::Messages => "signed_thoughts = true\n",
        _ => "",
    };
    format!(
        "id = \"{id}\"\nname = \"Scripted {id}\"\ntier = \"cheap\"\n{also}\n[auth]\nkind = \"key\"\n\n[[speaks]]\n\
         dialect = \"{dialect}\"\nurl = \"{base}{url}\"\ncounts = {counts}\n{version}\n[tweak]\nreasoning = \
         \"{}\"\n{thoughts}{tweak}\n\n[[model]]\nid = \"plain\"\nname = \"Plain\"\n",
        reasoning(dialect)
    )
}

/// The id of the provider that speaks a dialect.
pub(crate) fn provider_of(dialect: Dialect) -> String {
    format!("to-{dialect}")
}

/// A house with a provider of each dialect, one that answers with streams only, one that answers with JSON only, and an
/// account at each.
async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    let base = format!("http://{}", provider.address);
    let mut ids = Vec::new();
    for dialect in Dialect::ALL {
        for (id, base, tweak) in [
            (provider_of(dialect), base.clone(), ""),
            (format!("streams-{dialect}"), format!("{base}/stream-only"), "stream_only = true"),
            (format!("whole-{dialect}"), format!("{base}/whole-only"), ""),
        ] {
            std::fs::write(files.join(format!("{id}.toml")), file(&id, dialect, &base, tweak)).unwrap();
            ids.push(id);
        }
    }
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    for id in ids {
        house.account(&id, &format!("secret-of-{id}")).await;
    }
    house
}

/// What is asked at whom: a client's dialect, a provider's, and whether as a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) client: Dialect,
    pub(crate) provider: Dialect,
    pub(crate) stream: bool,
}

impl Pair {
    /// Proofs of thought that come back to the provider of its own making. A client of Messages gets Gemini's with calls
    /// only: those on words come after them, and Google asks for none of these.
    fn proofs(self, calls: bool) -> usize {
        let lost = (self.client, self.provider) == (Dialect::Messages, Dialect::Gemini) && !calls;
        usize::from(![self.client, self.provider].contains(&Dialect::Ollama) && !lost)
    }
}

/// All fifty of them.
fn pairs() -> impl Iterator<Item = Pair> {
    let ends = Dialect::ALL.into_iter().flat_map(|client| Dialect::ALL.map(|provider| (client, provider)));
    ends.flat_map(|(client, provider)| [false, true].map(|stream| Pair { client, provider, stream }))
}

/// Checks each of these, one after the other, and says at the end for which it failed.
async fn each<T>(what: impl IntoIterator<Item = T>, check: impl AsyncFn(T))
where
    T: std::fmt::Debug + Clone,
{
    let mut failed = Vec::new();
    for one in what {
        if AssertUnwindSafe(check(one.clone())).catch_unwind().await.is_err() {
            failed.push(format!("{one:?}"));
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

/// Asks for a model of the provider that speaks a dialect.
async fn ask(house: &House, pair: Pair, model: &str, wish: &Wish) -> Answer {
    ask_at(house, pair, &format!("{}/{model}", provider_of(pair.provider)), wish).await
}

/// Asks for a model by its whole name.
async fn ask_at(house: &House, pair: Pair, model: &str, wish: &Wish) -> Answer {
    let (path, body) = tools::request(pair.client, model, pair.stream, wish);
    house.send(&path, &[], body).await
}

/// Asks and reads the answer.
async fn answered(house: &House, pair: Pair, model: &str, wish: &Wish) -> Heard {
    let answer = ask(house, pair, model, wish).await;
    let seen = last_seen(house);
    assert_eq!(answer.status, 200, "{pair:?} {answer:?}\nthe provider got {}", body_of(&seen));
    tools::heard(pair.client, &answer, pair.stream)
}

/// What reached the provider last.
fn last_seen(house: &House) -> Seen {
    house.provider.seen().pop().expect("the provider was asked")
}

/// Its body as text.
fn body_of(seen: &Seen) -> String {
    String::from_utf8_lossy(&seen.body).into_owned()
}

/// Takes the account at a provider back into use, whatever has befallen it.
async fn unpark(house: &House, provider: &str) {
    let accounts = house.read("/api/v1/accounts").await;
    let account = accounts.as_array().unwrap().iter().find(|account| account["provider_id"] == provider);
    let id = &account.unwrap_or_else(|| panic!("{accounts:#}"))["id"];
    house.api(http::Method::POST, &format!("/api/v1/accounts/{id}/unpark"), Value::Null).await;
}

/// Answers whose pages are looked at when all have been asked for: until then they are written down.
#[derive(Default)]
struct Answers(RefCell<Vec<(Pair, Answer)>>);

impl Answers {
    fn keep(&self, pair: Pair, answer: Answer) {
        self.0.borrow_mut().push((pair, answer));
    }

    async fn pages(self, house: &House, check: impl Fn(Pair, Value)) {
        for (pair, answer) in self.0.take() {
            check(pair, page(house, &answer).await);
        }
    }
}

/// The page of a request in the dashboard.
pub(crate) async fn page(house: &House, answer: &Answer) -> Value {
    let path = format!("/api/v1/requests/{}", answer.header("x-ninerouter-request"));
    until("the request's page", async || {
        let page = house.api(http::Method::GET, &path, Value::Null).await;
        (page.status == 200).then(|| page.value())
    })
    .await
}
