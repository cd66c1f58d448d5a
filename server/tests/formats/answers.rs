//! What is answered: words, thoughts, calls, pictures, JSON; whole and as a stream.

use super::{Answers, Pair, answered, ask, body_of, each, house, last_seen, page, pairs};
use crate::scripted::bodies::WORDS;
use crate::scripted::says::{counts, seal};
use crate::scripted::scenario::{CALLS, STRUCTURED, THOUGHT};
use crate::support::tools::{self, Call, Heard, SYSTEM, Wish, raw};
use serde_json::{Value, json};
use wire::Dialect;

/// What the tools of a test answer. The second looks like JSON and is text all the same.
const RESULTS: [&str; 2] = ["fn main() {}\n// 東京 🚀", r#"{"hits":[1.0,2],"more":null}"#];

fn assert_counted(pair: Pair, usage: &Value) {
    for (pointer, count) in tools::usage_of(pair.client, &counts(pair.provider)) {
        let stated = usage.pointer(pointer).and_then(Value::as_u64);
        assert_eq!(stated.unwrap_or_default(), count, "{pair:?}: {pointer} of {usage:#}");
    }
}

#[tokio::test]
async fn plain_words_their_end_and_their_counts() {
    let house = house().await;
    each(pairs(), async |pair| {
        for (model, cut) in [("plain", false), ("length", true)] {
            let heard = answered(&house, pair, model, &Wish::default()).await;
            assert_eq!(heard.text, WORDS.concat(), "{pair:?}");
            assert_eq!((heard.thought.as_str(), heard.calls.len()), ("", 0), "{pair:?}");
            assert_eq!(heard.stop, tools::stop_word(pair.client, false, cut), "{pair:?}");
            assert_counted(pair, &heard.usage);
            assert!(body_of(&last_seen(&house)).contains(SYSTEM), "{pair:?}: instructions are handed on");
        }
    })
    .await;
}

#[tokio::test]
async fn counts_known_at_the_beginning_are_told_at_the_beginning() {
    let house = house().await;
    // Those that state the prompt's counts before the first word.
    each([Dialect::Messages, Dialect::Gemini], async |provider| {
        let pair = Pair { client: Dialect::Messages, provider, stream: true };
        let heard = answered(&house, pair, "plain", &Wish::default()).await;
        let counts = counts(provider);
        assert_eq!(heard.first_usage["input_tokens"], counts.input, "{}", heard.first_usage);
        assert_eq!(heard.first_usage["cache_read_input_tokens"], counts.read, "{}", heard.first_usage);
    })
    .await;
}

#[tokio::test]
async fn a_chat_client_that_asks_for_no_counts_gets_none_in_its_stream() {
    let house = house().await;
    each(Dialect::ALL, async |provider| {
        let body = json!({
            "model": format!("to-{provider}/plain"), "stream": true,
            "messages": [{ "role": "user", "content": "Hello" }],
        });
        let answer = house.send("/v1/chat/completions", &[], body.to_string()).await;
        assert!(answer.text().ends_with("data: [DONE]\n\n"), "{answer:?}");
        assert!(!answer.text().contains("prompt_tokens"), "{answer:?}");
        assert!(!answer.text().contains("\"choices\":[]"), "{answer:?}");
        let page = page(&house, &answer).await;
        assert_eq!(page["row"]["tokens"]["output"], counts(provider).output, "they are counted all the same");
    })
    .await;
}

#[tokio::test]
async fn a_picture_reaches_the_model() {
    let house = house().await;
    each(pairs(), async |pair| {
        let wish = Wish { picture: true, ..Wish::default() };
        let heard = answered(&house, pair, "image", &wish).await;
        let kind = if pair.provider == Dialect::Ollama { "an image" } else { "image/png" };
        assert_eq!(heard.text, format!("I see: {kind}, 70 bytes"), "{pair:?}");
    })
    .await;
}

#[tokio::test]
async fn json_of_a_schema_is_asked_for_in_the_provider_s_own_way() {
    let house = house().await;
    each(pairs(), async |pair| {
        let wish = Wish { schema: true, ..Wish::default() };
        let heard = answered(&house, pair, "structured", &wish).await;
        assert_eq!(heard.text, STRUCTURED, "{pair:?}: the provider got {}", body_of(&last_seen(&house)));
    })
    .await;
}

#[tokio::test]
async fn a_thought_is_shown_and_comes_back_with_its_proof() {
    let house = house().await;
    each(pairs(), async |pair| {
        let mut wish = Wish { reasoning: true, ..Wish::default() };
        let heard = answered(&house, pair, "reasoning", &wish).await;
        assert_eq!(heard.thought, THOUGHT.concat(), "{pair:?}");
        assert_eq!(heard.text, WORDS.concat(), "{pair:?}");
        assert_counted(pair, &heard.usage);
        wish.history = heard.turns;
        wish.history.push(tools::said(pair.client, "Go on."));
        let next = answered(&house, pair, "reasoning", &wish).await;
        let expected = format!("Proofs: {}.", pair.proofs(false));
        let got = body_of(&last_seen(&house));
        assert!(next.text.ends_with(&expected), "{pair:?}: {}\nthe provider got {got}", next.text);
    })
    .await;
}

fn assert_called(pair: Pair, heard: &Heard) {
    let calls = CALLS.map(|call| (call.name.to_owned(), raw::compact(call.arguments)));
    let got: Vec<(String, String)> =
        heard.calls.iter().map(|Call { name, arguments, .. }| (name.clone(), arguments.clone())).collect();
    assert_eq!(got, calls, "{pair:?}: numbers and escapes as they were written");
    assert_ne!(heard.calls[0].id, heard.calls[1].id, "{pair:?}: each call has an id of its own");
    assert_eq!(heard.stop, tools::stop_word(pair.client, true, false), "{pair:?}");
    assert_eq!((heard.thought.as_str(), heard.text.as_str()), ("Let me think.", ""), "{pair:?}");
    assert_counted(pair, &heard.usage);
}

#[tokio::test]
async fn two_calls_at_once_go_there_and_back() {
    let house = house().await;
    // Google gives no ids where its client asks it directly.
    each(pairs(), async |pair| {
        let mut wish = Wish { tools: true, reasoning: true, ..Wish::default() };
        let mut heard = answered(&house, pair, "tools", &wish).await;
        if (pair.client, pair.provider) == (Dialect::Gemini, Dialect::Gemini) {
            assert!(heard.calls.iter().all(|call| call.id.is_empty()), "as Google has it");
            heard.calls[1].id = "other".to_owned();
            assert_called(pair, &heard);
            heard.calls[1].id.clear();
        } else {
            assert_called(pair, &heard);
        }
        wish.history = heard.turns;
        wish.history.extend(tools::results(pair.client, &heard.calls, &RESULTS));
        let next = answered(&house, pair, "tools", &wish).await;
        let got = body_of(&last_seen(&house));
        let expected = format!("read_file said: {}. search said: {}. I thought", RESULTS[0], RESULTS[1]);
        assert!(next.text.starts_with(&expected), "{pair:?}: {}\nthe provider got {got}", next.text);
        let expected = format!("Proofs: {}.", pair.proofs(true));
        assert!(next.text.ends_with(&expected), "{pair:?}: {}\nthe provider got {got}", next.text);
        assert_eq!(next.stop, tools::stop_word(pair.client, false, false));
        for call in CALLS {
            let (as_object, as_text) = (raw::compact(call.arguments), json!(call.arguments).to_string());
            let got = raw::compact(&got);
            assert!(
                got.contains(&as_object) || got.contains(&as_text),
                "{pair:?}: as it was written in {got}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_proof_is_never_shown_to_a_client_as_its_own_vendor_s() {
    let house = house().await;
    each(pairs().filter(|pair| pair.client != pair.provider), async |pair| {
        let wish = Wish { reasoning: true, ..Wish::default() };
        let heard = answered(&house, pair, "reasoning", &wish).await;
        let own = seal(pair.provider);
        assert!(own.is_empty() || !heard.turns.concat().contains(own), "{pair:?}: {:?}", heard.turns);
    })
    .await;
}

#[tokio::test]
async fn the_record_of_a_translated_request_is_whole() {
    let (house, answers) = (house().await, Answers::default());
    each(pairs(), async |pair| {
        let wish = Wish { tools: true, reasoning: true, ..Wish::default() };
        answers.keep(pair, ask(&house, pair, "plain", &wish).await);
    })
    .await;
    let pages = answers.pages(&house, |pair, page| {
        let (row, counts) = (&page["row"], counts(pair.provider));
        let tokens = json!({
            "input": counts.input, "cache_read": counts.read, "cache_write": counts.written,
            "output": counts.output,
        });
        assert_eq!(row["tokens"], tokens, "{pair:?}");
        assert_eq!((&row["outcome"], &row["status"]), (&json!("answered"), &json!(200)), "{page:#}");
        assert_eq!(row["dialect"], pair.client.as_str());
        assert_eq!(page["upstream_dialect"], pair.provider.as_str(), "{page:#}");
        assert_eq!(row["target"], format!("to-{}/plain", pair.provider));
        assert_eq!(row["streaming"], pair.stream);
        let reasoning = if counts.reasoning == 0 { Value::Null } else { counts.reasoning.into() };
        assert_eq!(page["reasoning_tokens"], reasoning, "{page:#}");
        let dropped = page["dropped"].as_array().unwrap();
        if pair.client == pair.provider {
            assert!(dropped.is_empty(), "nothing is dropped where nothing is translated: {page:#}");
        }
        for one in dropped {
            assert!(!one["what"].as_str().unwrap().is_empty() && !one["why"].as_str().unwrap().is_empty());
        }
    });
    pages.await;
}

#[tokio::test]
async fn what_cannot_be_said_is_named_in_the_record() {
    let house = house().await;
    let body = json!({
        "model": "to-ollama/plain", "max_tokens": 64, "metadata": { "user_id": "someone" },
        "messages": [{ "role": "user", "content": [
            { "type": "text", "text": "Hello", "cache_control": { "type": "ephemeral" } },
        ] }],
    });
    let answer = house.send("/v1/messages", &[], body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let page = page(&house, &answer).await;
    let dropped: Vec<String> = page["dropped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["what"].as_str().unwrap().to_owned())
        .collect();
    assert!(dropped.iter().any(|what| what.contains("cache")), "{page:#}");
    assert!(dropped.iter().any(|what| what.contains("user")), "{page:#}");
}
