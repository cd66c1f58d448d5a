//! Providers, and the networks before them, compress what they send.

use crate::scripted::bodies::WORDS;
use crate::support::{CHAT, House, MESSAGES, chat_body, messages_body};
use http::Method;

const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];

#[tokio::test]
async fn a_compressed_answer_is_understood_and_handed_on_plain() {
    let house = House::with_accounts(&["key-one"]).await;
    for coding in CODINGS {
        for stream in [false, true] {
            let named = |text: String| text.replace("\"ok\"", &format!("{coding:?}"));
            let (chat, messages) = (house.chat(coding, stream).await, house.messages(coding, stream).await);
            assert_eq!(
                chat.text(),
                named(house.chat("ok", stream).await.text()),
                "{coding}, stream: {stream}"
            );
            assert_eq!(
                messages.text(),
                named(house.messages("ok", stream).await.text()),
                "{coding}, stream: {stream}"
            );
            for answer in [chat, messages] {
                assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{answer:?}");
                let length = answer.header("content-length");
                assert!(length.is_empty() || length == answer.bytes.len().to_string(), "{answer:?}");
            }
        }
    }
    let asked = house.provider.seen().pop().unwrap();
    let accepted = asked.header("accept-encoding").unwrap_or_default().to_owned();
    assert!(CODINGS.iter().all(|one| accepted.contains(one)), "{accepted}");
    let rows = house.records(24).await;
    assert!(rows.iter().all(|row| row["tokens"]["output"] == 46), "its usage is read too: {rows:#?}");
}

#[tokio::test]
async fn words_of_a_compressed_stream_arrive_as_they_are_sent() {
    let house = House::with_accounts(&["key-one"]).await;
    let key = format!("Bearer {}", house.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    for coding in CODINGS {
        for (path, body) in [
            ("/v1/chat/completions", chat_body(&format!("{CHAT}/{coding}-stall"), true)),
            ("/v1/messages", messages_body(&format!("{MESSAGES}/{coding}-stall"), true)),
        ] {
            let mut answer = house.client.begin(Method::POST, path, &headers, body.into()).await;
            assert_eq!(answer.status(), 200, "{coding} {path}");
            let mut heard = String::new();
            // The provider says no more than this, and does not end.
            while !heard.contains(WORDS[1]) {
                let chunk = answer.chunk().await.unwrap().expect("more");
                heard.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        }
    }
}
