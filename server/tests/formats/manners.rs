//! Providers that answer in one way only, whatever they are asked: with streams, or with JSON.

use super::{Answers, Pair, ask_at, each, house, last_seen, pairs, unpark};
use crate::scripted::bodies::WORDS;
use crate::scripted::scenario::CALLS;
use crate::support::tools::{self, Wish, raw};
use serde_json::Value;
use wire::Dialect;

async fn one_way(whose: &str, streams: Option<bool>) {
    let (house, answers) = (house().await, Answers::default());
    each(pairs(), async |pair| {
        let Pair { client, provider, stream } = pair;
        let answer = ask_at(&house, pair, &format!("{whose}-{provider}/plain"), &Wish::default()).await;
        let heard = tools::heard(client, &answer, stream);
        assert_eq!(heard.text, WORDS.concat(), "{pair:?}");
        assert_eq!(heard.stop, tools::stop_word(client, false, false), "{pair:?}");
        let counts = crate::scripted::says::counts(provider);
        for (pointer, count) in tools::usage_of(client, &counts) {
            let stated = heard.usage.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
            assert_eq!(stated, count, "{pair:?}: {pointer} of {:#}", heard.usage);
        }
        answers.keep(pair, answer);

        let wish = Wish { tools: true, reasoning: true, ..Wish::default() };
        let answer = ask_at(&house, pair, &format!("{whose}-{provider}/tools"), &wish).await;
        let heard = tools::heard(client, &answer, stream);
        let names: Vec<&str> = heard.calls.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, CALLS.map(|call| call.name), "{pair:?}");
        assert_eq!(heard.calls[0].arguments, raw::compact(CALLS[0].arguments), "{pair:?}");
        let seen = last_seen(&house);
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        let asked = match provider {
            Dialect::Gemini => seen.line.contains(":streamGenerateContent?alt=sse"),
            Dialect::Ollama => body["stream"] != false,
            _ => body["stream"] == true,
        };
        assert_eq!(asked, streams.unwrap_or(stream), "{pair:?}: {}", String::from_utf8_lossy(&seen.body));
    })
    .await;
    let pages = answers.pages(&house, |pair, page| {
        let output = crate::scripted::says::counts(pair.provider).output;
        assert_eq!(page["row"]["tokens"]["output"], output, "{page:#}");
        assert_eq!(page["row"]["outcome"], "answered", "{page:#}");
    });
    pages.await;
}

#[tokio::test]
async fn a_provider_of_streams_only_serves_clients_that_want_none() {
    one_way("streams", Some(true)).await;
}

#[tokio::test]
async fn a_provider_that_answers_a_stream_with_json_serves_clients_that_want_one() {
    one_way("whole", None).await;
}

#[tokio::test]
async fn a_stream_collected_for_a_client_that_breaks_off_is_no_answer() {
    let house = house().await;
    for model in ["cut-mid-stream", "truncated", "error-mid-stream"] {
        // Every attempt is made twice: one client's dialect for each way is enough.
        let clients: &[Dialect] = if model == "truncated" { &Dialect::ALL } else { &[Dialect::Messages] };
        each(pairs().filter(|pair| !pair.stream && clients.contains(&pair.client)), async |pair| {
            let name = format!("streams-{}/{model}", pair.provider);
            let answer = ask_at(&house, pair, &name, &Wish::default()).await;
            assert!(answer.status >= 500, "{pair:?} {model}: {answer:?}");
            assert!(!answer.message().is_empty());
            unpark(&house, &format!("streams-{}", pair.provider)).await;
        })
        .await;
    }
}
