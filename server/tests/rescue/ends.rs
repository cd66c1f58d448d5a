//! Streams whose answer is whole and whose end is not: they end well and soon, and nobody goes on with them.

use super::{all, ask, asked_for, assert_whole, combo, house, model, two};
use crate::formats;
use crate::scripted::says::counts;
use crate::support::House;
use crate::support::client::Answer;
use crate::support::tools::{self, Wish};
use bytes::Bytes;
use serde_json::{Value, json};

use wire::Dialect;

/// The answer as the client reads it. OpenAI's libraries do without `[DONE]`, which is missing where a provider of the
/// same dialect left it out.
fn read(client: Dialect, mut answer: Answer) -> tools::Heard {
    const DONE: &[u8] = b"data: [DONE]\n\n";
    if client == Dialect::Chat && !answer.bytes.ends_with(DONE) {
        answer.bytes = Bytes::from([&answer.bytes[..], DONE].concat());
    }
    tools::heard(client, &answer, true)
}

/// Every client reads one whole answer from one whose stream ends by this script, and nobody else is asked; gives the
/// output tokens that are written down.
async fn ends(house: &House, script: &str, (provider, client): (Dialect, Dialect)) -> Value {
    let mark = format!("{provider}-{client}");
    let spare = model(provider, "long", &mark);
    let name = combo(house, &[model(provider, script, &mark), spare.clone()], json!({})).await;
    let began = server::clock::now();
    let answer = ask(house, client, &name, &Wish::default()).await;
    // Far below any limit for streams that stand still.
    assert!(began.elapsed_ms() < 10_000, "{name}, for {client}: {} ms", began.elapsed_ms());
    let page = formats::page(house, &answer).await;
    assert_whole(&name, client, &read(client, answer));
    assert_eq!(page["row"]["outcome"], "answered", "{name}: {page:#}");
    assert!(asked_for(house, &spare).is_empty(), "{name}: nobody else was asked");
    page["row"]["tokens"]["output"].clone()
}

#[tokio::test]
async fn a_stream_without_its_last_word_is_whole_and_its_tokens_are_counted() {
    let house = house().await;
    all(two(), async |pair| {
        assert_eq!(ends(&house, "long-no-end", pair).await, counts(pair.0).output);
    })
    .await;
}

#[tokio::test]
async fn a_stream_without_counts_is_whole() {
    let house = house().await;
    // Anthropic's own always states them.
    let pairs = two().filter(|pair| *pair != (Dialect::Messages, Dialect::Messages));
    all(pairs, async |pair| drop(ends(&house, "long-no-usage", pair).await)).await;
}

#[tokio::test]
async fn a_connection_that_breaks_behind_the_answer_breaks_nothing() {
    let house = house().await;
    all(two(), async |pair| drop(ends(&house, "long-cut-end", pair).await)).await;
}

#[tokio::test]
async fn a_connection_that_stays_open_behind_the_answer_is_not_waited_for() {
    let house = house().await;
    all(two(), async |pair| {
        assert_eq!(ends(&house, "long-lingers", pair).await, counts(pair.0).output);
    })
    .await;
}
