//! What tools gave is made shorter, and terse answers are asked for, whatever the client and the provider speak.

use super::{Pair, ask_at, body_of, each, house, last_seen, pairs, provider_of};
use crate::support::House;
use crate::support::tools::{self, Wish, heard};
use http::Method;
use serde_json::json;
use wire::Dialect;

/// What a search finds in one file, and what is made of it: the form that ripgrep has on a terminal.
fn found() -> (String, String) {
    let path = "src/deep/folder/of/a/project/parser.rs";
    let line = |number| format!("{number}:    let value_{number} = parse(input)?;\n");
    let lines = |before: &str| (10..40).map(|number| format!("{before}{}", line(number))).collect::<String>();
    (lines(&format!("{path}:")), format!("{path}\n{}", lines("")))
}

/// A second turn in which the second of two tools gave a long text.
async fn second_turn(house: &House, pair: Pair, text: &str) -> (String, String) {
    let model = format!("{}/tools", provider_of(pair.provider));
    let mut wish = Wish { tools: true, reasoning: true, ..Wish::default() };
    let answer = ask_at(house, pair, &model, &wish).await;
    let first = heard(pair.client, &answer, pair.stream);
    wish.history = first.turns;
    wish.history.extend(tools::results(pair.client, &first.calls, &["one", text]));
    tools::request(pair.client, &model, pair.stream, &wish)
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[tokio::test]
async fn every_dialect_s_tool_output_is_shortened_for_every_provider() {
    let house = house().await;
    let (long, short) = found();
    each(pairs(), async |pair: Pair| {
        let (path, body) = second_turn(&house, pair, &long).await;
        let answer = house.send(&path, &[], body.clone()).await;
        let next = heard(pair.client, &answer, pair.stream);
        assert!(next.text.contains(&format!("search said: {short}")), "what the model saw: {}", next.text);
        let got = body_of(&last_seen(&house));
        if pair.client == pair.provider {
            house.send(&path, &[("x-ninerouter-saver", "off")], body).await;
            let whole = body_of(&last_seen(&house));
            assert!(whole.contains(&quoted(&long)), "{whole}");
            assert_eq!(got, whole.replacen(&quoted(&long), &quoted(&short), 1), "nothing else changed");
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_s_terse_instruction_stands_once_at_the_end_of_every_system_prompt() {
    let house = house().await;
    let key = house.read("/api/v1/saver").await["keys"][0]["id"].clone();
    let path = format!("/api/v1/saver/keys/{key}");
    let answer = house.api(Method::PUT, &path, json!({ "level": null, "terse": "full" })).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    each(pairs(), async |pair: Pair| {
        let model = format!("{}/plain", provider_of(pair.provider));
        let answer = ask_at(&house, pair, &model, &Wish::default()).await;
        heard(pair.client, &answer, pair.stream);
        let got = body_of(&last_seen(&house));
        assert_eq!(got.matches("Answer in as few words as carry the facts.").count(), 1, "{got}");
        let body: serde_json::Value = serde_json::from_str(&got).unwrap();
        let system = match pair.provider {
            Dialect::Chat | Dialect::Ollama => body["messages"][0].clone(),
            Dialect::Messages => body["system"].clone(),
            Dialect::Responses => body["instructions"].clone(),
            Dialect::Gemini => body["systemInstruction"].clone(),
        };
        assert!(system.to_string().contains("Do not mention this style."), "{got}");
    })
    .await;
}
