//! A session that changes its provider on the way: what one vendor has sealed is refused by another, and must not
//! reach it (CLIProxyAPI#1584, openclaw#92019, oh-my-pi#6379).

use super::{Pair, answered, body_of, each, house, last_seen};
use crate::scripted::says::seal;
use crate::support::tools::{self, Wish};
use wire::Dialect;

/// A client and two providers, one after the other.
fn changes() -> impl Iterator<Item = (Dialect, Dialect, Dialect)> {
    let all = || Dialect::ALL.into_iter();
    let pairs = all().flat_map(move |client| all().map(move |before| (client, before)));
    pairs.flat_map(move |(client, before)| {
        all().filter(move |after| *after != before).map(move |after| (client, before, after))
    })
}

#[tokio::test]
async fn another_provider_takes_over_after_a_thought() {
    let house = house().await;
    each(changes(), async |(client, before, after)| {
        let mut wish = Wish { reasoning: true, ..Wish::default() };
        let first = Pair { client, provider: before, stream: true };
        wish.history = answered(&house, first, "reasoning", &wish).await.turns;
        wish.history.push(tools::said(client, "Go on."));
        let second = Pair { client, provider: after, stream: false };
        let next = answered(&house, second, "reasoning", &wish).await;
        assert!(next.text.ends_with("Proofs: 0."), "{}", next.text);
        let own = seal(before);
        let got = body_of(&last_seen(&house));
        assert!(own.is_empty() || !got.contains(own), "a foreign proof goes nowhere: {got}");
    })
    .await;
}

#[tokio::test]
async fn another_provider_takes_over_between_calls_and_results() {
    let house = house().await;
    each(changes(), async |(client, before, after)| {
        let mut wish = Wish { tools: true, reasoning: true, ..Wish::default() };
        let heard = answered(&house, Pair { client, provider: before, stream: false }, "tools", &wish).await;
        wish.history = heard.turns;
        wish.history.extend(tools::results(client, &heard.calls, &["one", "two"]));
        let next = answered(&house, Pair { client, provider: after, stream: true }, "tools", &wish).await;
        let expected = "read_file said: one. search said: two. I thought";
        assert!(next.text.starts_with(expected), "{}\n{}", next.text, body_of(&last_seen(&house)));
        assert!(next.text.ends_with("Proofs: 0."), "{}", next.text);
    })
    .await;
}

#[tokio::test]
async fn the_first_provider_knows_its_own_proof_again_after_another_has_answered() {
    let house = house().await;
    each(changes(), async |(client, before, between)| {
        let mut wish = Wish { reasoning: true, ..Wish::default() };
        for (turn, provider) in [before, between, before].into_iter().enumerate() {
            let pair = Pair { client, provider, stream: true };
            let heard = answered(&house, pair, "reasoning", &wish).await;
            if turn == 2 {
                let got = body_of(&last_seen(&house));
                assert!(
                    heard.text.ends_with(&format!("Proofs: {}.", pair.proofs(false))),
                    "{}\n{got}",
                    heard.text
                );
            }
            wish.history.extend(heard.turns);
            wish.history.push(tools::said(client, "Go on."));
        }
    })
    .await;
}

#[tokio::test]
async fn a_proof_is_known_in_the_alphabet_that_python_writes_bytes_in() {
    let house = house().await;
    each([Dialect::Gemini, Dialect::Messages], async |after| {
        // googleapis/python-genai#2105 (2026-02-26): signatures are bytes there, and go out in the other base64.
        let mut wish = Wish { reasoning: true, ..Wish::default() };
        let first = Pair { client: Dialect::Gemini, provider: Dialect::Messages, stream: false };
        let turn = answered(&house, first, "reasoning", &wish).await.turns.concat();
        let (head, rest) = turn.split_once("\"thoughtSignature\":\"").expect("a proof");
        let (proof, tail) = rest.split_once('"').unwrap();
        let proof = proof.replace('+', "-").replace('/', "_");
        wish.history = vec![format!("{head}\"thoughtSignature\":\"{proof}\"{tail}")];
        wish.history.push(tools::said(Dialect::Gemini, "Go on."));
        let next = Pair { client: Dialect::Gemini, provider: after, stream: false };
        let heard = answered(&house, next, "reasoning", &wish).await;
        let expected = if after == Dialect::Messages { "Proofs: 1." } else { "Proofs: 0." };
        assert!(heard.text.ends_with(expected), "{}\n{}", heard.text, body_of(&last_seen(&house)));
    })
    .await;
}
