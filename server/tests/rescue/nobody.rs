//! Where nobody goes on, the client reads an error in its own dialect: never an answer that looks whole and is not.

use super::{all, ask, asked_for, assert_broken, combo, house, model, two};
use crate::formats;
use crate::support::tools::Wish;
use serde_json::json;
use wire::Dialect;

/// The last words that come through.
const SAID: &str = "東京";
/// Every way to break off.
const BREAKS: [&str; 4] = ["long-cut", "long-truncated", "long-stall", "long-error"];

#[tokio::test]
async fn where_it_is_off_nobody_goes_on() {
    let house = house().await;
    house.policy(json!({ "idle_ms": 500 })).await;
    all(
        BREAKS.into_iter().flat_map(|script| two().map(move |pair| (script, pair))),
        async |(script, pair)| {
            let (provider, client) = pair;
            let spare = model(Dialect::Chat, "long", &format!("off-{script}-{provider}-{client}"));
            let targets = [model(provider, script, client.as_str()), spare.clone()];
            let name = combo(&house, &targets, json!({ "rescue": false })).await;
            let answer = ask(&house, client, &name, &Wish::default()).await;
            assert_broken(&name, client, &answer, SAID);
            assert!(asked_for(&house, &spare).is_empty(), "{name}: nobody else was asked");
            let page = formats::page(&house, &answer).await;
            assert_eq!(page["row"]["outcome"], "broken", "{name}: {page:#}");
        },
    )
    .await;
}

#[tokio::test]
async fn where_nobody_is_left_the_client_is_told() {
    let house = house().await;
    house.policy(json!({ "idle_ms": 500 })).await;
    all(
        BREAKS.into_iter().flat_map(|script| two().map(move |pair| (script, pair))),
        async |(script, pair)| {
            let (provider, client) = pair;
            let mark = format!("{script}-{provider}-{client}");
            let last = model(provider, "error-500", &mark);
            let targets = [model(provider, script, &mark), last.clone()];
            let name = combo(&house, &targets, json!({ "max_attempts": 2 })).await;
            let answer = ask(&house, client, &name, &Wish::default()).await;
            let message = assert_broken(&name, client, &answer, SAID);
            assert!(message.contains("Nobody could go on"), "{name}: {message}");
            assert_eq!(asked_for(&house, &last).len(), 1, "{name}");
            let page = formats::page(&house, &answer).await;
            assert_eq!(page["row"]["outcome"], "broken", "{name}: {page:#}");
            assert!(!page["row"]["error"].as_str().unwrap().is_empty(), "{page:#}");
        },
    )
    .await;
}

#[tokio::test]
async fn one_that_is_alone_and_breaks_off_each_time_is_told() {
    let house = house().await;
    all(two(), async |(provider, client)| {
        let target = model(provider, "long-cut-again", &format!("{provider}-{client}"));
        let name = combo(&house, std::slice::from_ref(&target), json!({})).await;
        let answer = ask(&house, client, &name, &Wish::default()).await;
        assert_broken(&name, client, &answer, SAID);
        assert_eq!(asked_for(&house, &target).len(), 3, "{name}: it is not asked for ever");
    })
    .await;
}
