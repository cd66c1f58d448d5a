//! Errors reach the client in its own vendor's shape, with the provider's words, before a stream and inside of one.

use super::{Answers, Pair, ask, ask_at, each, house, pairs, provider_of, unpark};
use crate::scripted::bodies::WORDS;
use crate::support::House;
use crate::support::client::Answer;
use crate::support::tools::{Wish, raw};
use serde_json::{Value, json};
use wire::Dialect;

/// The error as the client's own library reads it: message, kind and code.
fn error_of(dialect: Dialect, value: &Value) -> (String, String, String) {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let error = &value["error"];
    match dialect {
        Dialect::Chat | Dialect::Responses => {
            let members = error.as_object().unwrap_or_else(|| panic!("{value}"));
            assert!(
                ["message", "type", "param", "code"].iter().all(|key| members.contains_key(*key)),
                "{value}"
            );
            (text(&error["message"]), text(&error["type"]), text(&error["code"]))
        }
        Dialect::Messages => {
            assert_eq!(value["type"], "error", "{value}");
            (text(&error["message"]), text(&error["type"]), String::new())
        }
        Dialect::Gemini => {
            assert!(error["code"].is_u64(), "{value}");
            (text(&error["message"]), text(&error["status"]), text(&error["code"]))
        }
        Dialect::Ollama => (text(error), String::new(), String::new()),
    }
}

/// What the provider says when it is asked directly.
async fn said_by_the_provider(house: &House, provider: Dialect, model: &str) -> String {
    let pair = Pair { client: provider, provider, stream: false };
    let answer = ask(house, pair, model, &Wish::default()).await;
    error_of(provider, &answer.value()).0
}

fn assert_refused(pair: Pair, answer: &Answer, status: u16, kinds: [&str; 3]) -> String {
    assert_eq!(answer.status, status, "{pair:?} {answer:?}");
    assert_eq!(answer.header("content-type").split(';').next(), Some("application/json"), "{answer:?}");
    let (message, kind, _) = error_of(pair.client, &answer.value());
    let [openai, anthropic, google] = kinds;
    let expected = match pair.client {
        Dialect::Chat | Dialect::Responses => openai,
        Dialect::Messages => anthropic,
        Dialect::Gemini => google,
        Dialect::Ollama => "",
    };
    // OpenAI's clients get the class the provider has stated, where it has stated one.
    if pair.client == pair.provider || expected != openai {
        assert_eq!(kind, expected, "{pair:?} {answer:?}");
    }
    message
}

#[tokio::test]
async fn a_refusal_keeps_its_status_and_its_words() {
    let house = house().await;
    for (model, status, kinds) in [
        ("error-400", 400, ["invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"]),
        ("error-404", 404, ["invalid_request_error", "not_found_error", "NOT_FOUND"]),
        ("context-overflow", 400, ["invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"]),
    ] {
        let answers = Answers::default();
        each(pairs(), async |pair| {
            let said = said_by_the_provider(&house, pair.provider, model).await;
            let answer = ask(&house, pair, model, &Wish::default()).await;
            let message = assert_refused(pair, &answer, status, kinds);
            assert_eq!(message, said, "{pair:?}: in the provider's own words");
            answers.keep(pair, answer);
        })
        .await;
        let pages = answers.pages(&house, |pair, page| {
            assert_eq!((&page["row"]["outcome"], &page["row"]["status"]), (&json!("failed"), &json!(status)));
            assert_eq!(page["upstream_dialect"], pair.provider.as_str());
        });
        pages.await;
    }
    for row in house.read("/api/v1/accounts").await.as_array().unwrap() {
        assert_eq!(row["health"], "ready", "nobody is parked for the caller's own fault: {row:#}");
    }
}

#[tokio::test]
async fn openai_s_code_and_parameter_reach_openai_s_clients_through_either_of_its_formats() {
    let house = house().await;
    for (client, provider) in [(Dialect::Chat, Dialect::Responses), (Dialect::Responses, Dialect::Chat)] {
        let pair = Pair { client, provider, stream: true };
        let value = ask(&house, pair, "context-overflow", &Wish::default()).await.value();
        assert_eq!(value["error"]["code"], "context_length_exceeded", "{value}");
        assert_eq!(value["error"]["type"], "invalid_request_error", "{value}");
    }
}

#[tokio::test]
async fn a_limit_is_told_as_a_limit_with_the_time_to_come_back() {
    for client in Dialect::ALL {
        let house = house().await;
        each(Dialect::ALL, async |provider| {
            let pair = Pair { client, provider, stream: true };
            let answer = ask(&house, pair, "error-429-retry-after", &Wish::default()).await;
            let kinds = ["rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED"];
            let message = assert_refused(Pair { provider: client, ..pair }, &answer, 429, kinds);
            assert!(message.contains(&provider_of(provider)), "it says whose: {message}");
            let seconds: u32 = answer.header("retry-after").parse().expect("a time to come back");
            assert!((60..=78).contains(&seconds), "{answer:?}");
        })
        .await;
    }
}

/// The last frame of a stream as the client reads it, and the stream's whole text.
pub(crate) fn last_of(pair: Pair, answer: &Answer) -> (String, Value) {
    let text = answer.text();
    let value = |data: &str| serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
    if pair.client == Dialect::Ollama {
        let last = value(text.lines().last().unwrap());
        return (text, last);
    }
    let (name, data) = raw::events(&text).pop().unwrap();
    if pair.client == Dialect::Messages {
        assert_eq!(name, "error", "{text}");
    }
    if pair.client == Dialect::Responses {
        assert!(["error", "response.failed"].contains(&name.as_str()), "{text}");
    }
    (text, value(&data))
}

/// The message of an error inside of a stream.
pub(crate) fn message_of(pair: Pair, last: &Value) -> String {
    if pair.client != Dialect::Responses {
        return error_of(pair.client, last).0;
    }
    let message = last["message"].as_str().or(last["response"]["error"]["message"].as_str());
    message.unwrap_or_else(|| panic!("{last}")).to_owned()
}

/// What would make a broken answer look whole.
pub(crate) const ENDS: [&str; 9] = [
    "[DONE]",
    "message_stop",
    "end_turn",
    "\"finish_reason\":\"stop\"",
    "finishReason",
    "\"done\":true",
    "response.completed",
    "response.incomplete",
    "\"stop_reason\":\"",
];

#[tokio::test]
async fn an_error_inside_of_a_stream_ends_it_and_nothing_looks_like_an_end() {
    let house = house().await;
    house.policy(json!({ "idle_ms": 500 })).await;
    for (model, words) in [
        ("error-mid-stream", ""),
        ("cut-mid-stream", "broke off"),
        ("truncated", "broke off"),
        ("stall-mid-stream", "broke off"),
    ] {
        let answers = Answers::default();
        each(pairs().filter(|pair| pair.stream), async |pair| {
            let answer = ask(&house, pair, model, &Wish::default()).await;
            assert_eq!(answer.status, 200, "it had begun well: {pair:?} {answer:?}");
            let (text, last) = last_of(pair, &answer);
            assert!(text.contains(WORDS[0]), "{pair:?}: what was said is delivered: {text}");
            let message = message_of(pair, &last);
            assert!(message.len() > 10 && message.contains(words), "{pair:?} {model}: {message}");
            for end in ENDS {
                assert!(!text.contains(end), "{pair:?} {model}: {end} in {text}");
            }
            answers.keep(pair, answer);
        })
        .await;
        let pages = answers.pages(&house, |pair, page| {
            assert_eq!(page["row"]["outcome"], "broken", "{pair:?} {model}: {page:#}");
        });
        pages.await;
    }
}

#[tokio::test]
async fn an_error_before_the_first_word_is_told_with_a_status_although_the_provider_said_200() {
    let house = house().await;
    each(pairs().filter(|pair| pair.stream), async |pair| {
        let answer = ask(&house, pair, "overloaded-in-200-stream", &Wish::default()).await;
        assert!(answer.status >= 500, "{pair:?} {answer:?}");
        let (message, ..) = error_of(pair.client, &answer.value());
        assert!(message.contains("account"), "{pair:?}: it says who failed: {message}");
        unpark(&house, &provider_of(pair.provider)).await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_model_is_an_unknown_model_in_every_dialect() {
    let house = house().await;
    each(Dialect::ALL, async |client| {
        let pair = Pair { client, provider: client, stream: true };
        let answer = ask_at(&house, pair, "nobody/knows-it", &Wish::default()).await;
        let message =
            assert_refused(pair, &answer, 404, ["invalid_request_error", "not_found_error", "NOT_FOUND"]);
        assert!(message.contains("nobody/knows-it"), "{message}");
    })
    .await;
    assert!(house.provider.seen().is_empty());
}
