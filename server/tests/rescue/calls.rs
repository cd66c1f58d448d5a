//! Calls of tools, and JSON that was asked for: whole or not at all.

use super::{all, ask, asked_for, assert_broken, combo, heard, house, model, two};
use crate::scripted::long::{CALL, WORDS};
use crate::support::tools::{self, Heard, Wish, raw};
use serde_json::{Value, json};
use wire::Dialect;

fn assert_called(what: &str, client: Dialect, heard: &Heard, words: &str) {
    let calls: Vec<(&str, &str)> =
        heard.calls.iter().map(|call| (call.name.as_str(), call.arguments.as_str())).collect();
    let arguments = raw::compact(CALL.arguments);
    assert_eq!(calls, [(CALL.name, arguments.as_str())], "{what}, for {client}: once and whole");
    assert!(serde_json::from_str::<Value>(&heard.calls[0].arguments).unwrap().is_object());
    assert_eq!(heard.text.trim_end(), words.trim_end(), "{what}, for {client}");
    assert_eq!(heard.stop, tools::stop_word(client, true, false), "{what}, for {client}");
}

#[tokio::test]
async fn a_call_that_was_cut_in_its_arguments_is_told_once_and_whole() {
    let house = house().await;
    let wish = Wish { tools: true, ..Wish::default() };
    let scripts = [("calls-cut", "calls", WORDS), ("calls-only-cut", "calls-only", "")];
    all(two().flat_map(|pair| scripts.map(|script| (pair, script))), async |((first, second), script)| {
        let (breaks, rest, words) = script;
        let mark = format!("{first}-{second}");
        let targets = [model(first, breaks, &mark), model(second, rest, &mark)];
        let name = combo(&house, &targets, json!({})).await;
        for client in Dialect::ALL {
            let (answer, _) = heard(&house, client, &name, &wish).await;
            assert_called(&name, client, &answer, words);
        }
        if !words.is_empty() {
            assert_eq!(targets.map(|target| asked_for(&house, &target).len()), [5; 2], "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_that_nobody_makes_anew_is_no_call() {
    let house = house().await;
    let wish = Wish { tools: true, ..Wish::default() };
    all(two(), async |(provider, client)| {
        let target = model(provider, "calls-cut", client.as_str());
        let name = combo(&house, &[target], json!({ "rescue": false })).await;
        let answer = ask(&house, client, &name, &wish).await;
        assert_broken(&name, client, &answer, "Let ");
    })
    .await;
}

#[tokio::test]
async fn two_halves_of_json_are_not_put_together() {
    let house = house().await;
    let wish = Wish { schema: true, ..Wish::default() };
    all(two(), async |(first, second)| {
        let mark = format!("{first}-{second}");
        let targets = [model(first, "json-cut", &mark), model(second, "structured", &mark)];
        let name = combo(&house, &targets, json!({})).await;
        for client in Dialect::ALL {
            let answer = ask(&house, client, &name, &wish).await;
            assert_broken(&name, client, &answer, "東京");
        }
        assert!(asked_for(&house, &targets[1]).is_empty(), "{name}: nobody is asked for half of it");
    })
    .await;
}
