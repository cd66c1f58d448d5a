//! Where client and provider speak the same dialect, bytes go through as they are.

use super::{Pair, ask, each, house, last_seen};
use crate::scripted::bodies::{WORDS, frames};
use crate::scripted::script::Asked;
use crate::support::tools::Wish;
use serde_json::Value;
use wire::Dialect;

/// Bodies that any decoding and encoding would change: key order, spaces, number formats, escapes, unknown members.
const FUSSY: [(Dialect, &str, &str); 3] = [
    (
        Dialect::Responses,
        "/v1/responses",
        "{\n \"zeta\" : 1.0,\"stream\" :false ,\"temperature\":1e2,\"input\" : [ {\"content\":\"\\u00e9\\ud83d\\ude80\\/ é \\n\", \"role\":\"user\",\"model\":\"x\"} ],\n  \
         \"model\" : \"MODEL\" , \"unknown\":[null,{},-0]\n}\n",
    ),
    (
        Dialect::Gemini,
        "/v1beta/models/MODEL:generateContent",
        "{\n \"zeta\" : 1.0,\"contents\" : [ {\"parts\":[ { \"text\" : \"\\u00e9\\ud83d\\ude80\\/ é \\n\"}], \"role\":\"user\",\"model\":\"x\"} ],\n  \
         \"model\" : \"kept\" , \"unknown\":[null,{},-0,1E+2]\n}\n",
    ),
    (
        Dialect::Ollama,
        "/api/chat",
        "{\n \"zeta\" : 1.0,\"stream\" :false ,\"messages\" : [ {\"content\":\"\\u00e9\\ud83d\\ude80\\/ é \\n\", \"role\":\"user\"} ],\n  \
         \"model\" : \"MODEL\" , \"options\":{\"temperature\":1e2,\"top_p\":0.10},\"unknown\":[null,{},-0]\n}\n",
    ),
];

#[tokio::test]
async fn a_body_reaches_the_provider_byte_for_byte_but_for_the_model() {
    let house = house().await;
    each(FUSSY, async |(dialect, path, body)| {
        let model = format!("to-{dialect}/ok");
        let answer = house.send(&path.replace("MODEL", &model), &[], body.replace("MODEL", &model)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = last_seen(&house);
        assert_eq!(String::from_utf8_lossy(&seen.body), body.replace("MODEL", "ok"), "{dialect}");
        assert_eq!(seen.line, format!("POST {}", path.replace("MODEL", "ok")), "{dialect}");
    })
    .await;
}

#[tokio::test]
async fn frames_reach_the_client_byte_for_byte() {
    let house = house().await;
    for script in ["ok", "tool-call", "reasoning", "length", "split-bytes"] {
        each(Dialect::ALL, async |dialect| {
            let pair = Pair { client: dialect, provider: dialect, stream: true };
            let answer = ask(&house, pair, script, &Wish { reasoning: true, ..Wish::default() }).await;
            let seen = last_seen(&house);
            let body: Value = serde_json::from_slice(&seen.body).unwrap();
            let path = seen.line.split([' ', '?']).nth(1).unwrap();
            let asked = Asked::of(&http::Method::POST, path, &body).unwrap();
            assert_eq!(answer.text(), frames(script, &asked).concat(), "{dialect}, {script}");
            let kind = if dialect == Dialect::Ollama { "application/x-ndjson" } else { "text/event-stream" };
            assert!(answer.header("content-type").starts_with(kind), "{answer:?}");
            assert_eq!(answer.headers.get_all("content-type").iter().count(), 1, "{answer:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn whole_answers_and_refusals_are_the_provider_s_own_bytes() {
    let house = house().await;
    each(Dialect::ALL, async |dialect| {
        for script in ["ok", "error-400"] {
            let pair = Pair { client: dialect, provider: dialect, stream: false };
            let answer = ask(&house, pair, script, &Wish::default()).await;
            let seen = last_seen(&house);
            let path = seen.line.split(' ').nth(1).unwrap();
            let url = format!("http://{}{path}", house.provider.address);
            #[expect(clippy::disallowed_methods, reason = "the provider is asked without Ninerouter")]
            let direct = reqwest::Client::builder().no_proxy().build().unwrap().post(url);
            let direct = direct.header("anthropic-version", "2023-06-01").body(seen.body.clone());
            let direct = direct.send().await.unwrap();
            assert_eq!(answer.status, direct.status().as_u16());
            assert_eq!(answer.bytes, direct.bytes().await.unwrap(), "{dialect}, {script}");
        }
    })
    .await;
}

#[tokio::test]
async fn compressed_answers_and_lines_split_anywhere_are_understood() {
    let house = house().await;
    for script in ["gzip", "split-bytes"] {
        each(super::pairs().filter(|pair| pair.stream), async |pair| {
            let heard = super::answered(&house, pair, script, &Wish::default()).await;
            assert_eq!(heard.text, WORDS.concat(), "{pair:?}, {script}");
        })
        .await;
    }
}
