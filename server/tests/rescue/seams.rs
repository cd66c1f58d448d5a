//! The seam: whatever the one that goes on begins with, the client reads every word once.

use super::{PREFILLED, all, asked_for, assert_whole, combo, heard, house, model, two};
use crate::scripted::long::TEXT;
use crate::scripted::scenario::THOUGHT;
use crate::support::tools::Wish;
use serde_json::{Value, json};
use wire::Dialect;

#[tokio::test]
async fn what_is_repeated_or_said_anew_is_told_once() {
    let house = house().await;
    let scripts = ["long-repeats", "long-restarts"];
    all(two().flat_map(|pair| scripts.map(|script| (pair, script))), async |((first, second), rest)| {
        let mark = format!("{first}-{second}-{rest}");
        let targets = [model(first, "long-cut", &mark), model(second, rest, &mark)];
        let name = combo(&house, &targets, json!({})).await;
        for client in [Dialect::Chat, Dialect::Messages, Dialect::Responses] {
            let (answer, _) = heard(&house, client, &name, &Wish::default()).await;
            assert_whole(&name, client, &answer);
        }
    })
    .await;
}

/// The last turn of the request seen last for a model.
fn last_turn(house: &crate::support::House, model: &str) -> Value {
    let seen = asked_for(house, model).pop().expect("it was asked");
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    let turns = body["messages"].as_array().or(body["contents"].as_array()).expect("turns");
    turns.last().cloned().expect("a turn")
}

#[tokio::test]
async fn the_beginning_is_the_last_message_where_the_model_is_known_to_take_it_so() {
    let house = house().await;
    all(PREFILLED, async |(provider, dialect, _)| {
        for rest in ["long", "long-repeats", "long-restarts"] {
            let target = format!("{provider}/{rest}.{dialect}");
            let name = combo(&house, &[model(dialect, "long-cut", rest), target.clone()], json!({})).await;
            for client in [Dialect::Chat, Dialect::Messages, Dialect::Responses] {
                let (answer, _) = heard(&house, client, &name, &Wish::default()).await;
                assert_whole(&name, client, &answer);
                let last = last_turn(&house, &target);
                assert!(last["role"] == "assistant" || last["role"] == "model", "{name}: {last}");
                let said = last["content"].as_str().or(last["parts"][0]["text"].as_str()).unwrap_or_default();
                assert!(TEXT.starts_with(said) && said.len() > 100, "{name}: {last}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn one_that_refuses_to_be_given_the_beginning_is_told_to_go_on() {
    let house = house().await;
    all(PREFILLED, async |(provider, dialect, _)| {
        let target = format!("{provider}/long-no-prefill.{dialect}");
        let name = combo(&house, &[model(dialect, "long-cut", "refused"), target.clone()], json!({})).await;
        for client in Dialect::ALL {
            let before = asked_for(&house, &target).len();
            let (answer, _) = heard(&house, client, &name, &Wish::default()).await;
            assert_whole(&name, client, &answer);
            assert_eq!(asked_for(&house, &target).len(), before + 2, "{name}: refused, and asked otherwise");
            assert_eq!(last_turn(&house, &target)["role"], "user", "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_that_thinks_is_told_to_go_on_and_its_thoughts_are_left_out() {
    let house = house().await;
    let targets = [model(Dialect::Messages, "long-cut", "thinks"), "prefilled-messages/long".to_owned()];
    let name = combo(&house, &targets, json!({})).await;
    let wish = Wish { reasoning: true, ..Wish::default() };
    for client in [Dialect::Chat, Dialect::Messages, Dialect::Responses] {
        let (answer, _) = heard(&house, client, &name, &wish).await;
        assert_whole(&name, client, &answer);
        assert_eq!(last_turn(&house, &targets[1])["role"], "user", "Anthropic refuses both at once");
    }
}

#[tokio::test]
async fn what_was_thought_before_stays_as_it_was() {
    let house = house().await;
    let wish = Wish { reasoning: true, ..Wish::default() };
    all(two(), async |(first, second)| {
        let mark = format!("{first}-{second}");
        let targets = [model(first, "thought-cut", &mark), model(second, "long", &mark)];
        let name = combo(&house, &targets, json!({})).await;
        for client in Dialect::ALL {
            let (answer, _) = heard(&house, client, &name, &wish).await;
            assert_whole(&name, client, &answer);
            assert_eq!(answer.thought, THOUGHT.concat(), "{name}, for {client}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_that_broke_off_goes_on_itself_where_the_others_are_down() {
    let house = house().await;
    all(Dialect::ALL, async |provider| {
        let mark = format!("{provider}-down");
        let targets = [model(provider, "long-cut", &mark), model(Dialect::Chat, "error-500", &mark)];
        let name = combo(&house, &targets, json!({})).await;
        for client in Dialect::ALL {
            let (answer, _) = heard(&house, client, &name, &Wish::default()).await;
            assert_whole(&name, client, &answer);
        }
    })
    .await;
}

#[tokio::test]
async fn one_that_breaks_off_as_well_is_followed_by_the_third() {
    let house = house().await;
    let three = Dialect::ALL.map(|first| {
        let at = Dialect::ALL.iter().position(|dialect| *dialect == first).unwrap_or_default();
        [first, Dialect::ALL[(at + 1) % 5], Dialect::ALL[(at + 3) % 5]]
    });
    all(three, async |[first, second, third]| {
        let mark = format!("{first}-third");
        let targets = [
            model(first, "long-cut", &mark),
            model(second, "long-cut-again", &mark),
            model(third, "long", &mark),
        ];
        let name = combo(&house, &targets, json!({})).await;
        for client in Dialect::ALL {
            let (answer, _) = heard(&house, client, &name, &Wish::default()).await;
            assert_whole(&name, client, &answer);
        }
        assert_eq!(targets.map(|target| asked_for(&house, &target).len()), [5; 3], "{name}");
    })
    .await;
}

#[tokio::test]
async fn one_that_is_alone_goes_on_with_its_own_answer() {
    let house = house().await;
    all(Dialect::ALL, async |provider| {
        let target = model(provider, "long-cut", &format!("{provider}-alone"));
        let name = combo(&house, std::slice::from_ref(&target), json!({})).await;
        for client in Dialect::ALL {
            let (answer, _) = heard(&house, client, &name, &Wish::default()).await;
            assert_whole(&name, client, &answer);
        }
        assert_eq!(asked_for(&house, &target).len(), 10, "{name}: twice each time");
    })
    .await;
}
