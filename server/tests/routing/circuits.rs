//! Targets that are down for a while, everything down at once, and what is told and counted of it all.

use super::{LANES, answered, ask, calls, left_out, play, played, read, street};
use crate::formats::page;
use crate::scripted::says;
use crate::scripted::script::RETRY_AFTER_S;
use crate::support::until;
use serde_json::json;
use server::clock;

#[tokio::test]
async fn a_target_that_is_down_is_probed_now_and_then_and_used_again_soon_after_it_is_back() {
    let house = street(&["switched"], &["plain"], json!({})).await;
    house.policy(json!({ "circuit_ms": 1000, "affinity_ms": 0 })).await;
    house.provider.switch(true);
    play(LANES, async |lane| {
        let mut spared = None;
        for _ in 0..30 {
            let answer = ask(&house, lane, &lane.combo()).await;
            read(lane, &answer);
            assert_eq!(answer.header("x-ninerouter-target"), lane.second());
            if answer.header("x-ninerouter-attempts") == "1" {
                spared = Some(answer);
            }
        }
        // Three failures in a row open it, of two requests that try twice; then one call at a time, in longer and longer
        // intervals.
        let probes = calls(&house, &lane.primary()).len();
        assert!(probes <= 10, "{lane:?}: {probes} calls for 30 requests");
        let spared = spared.unwrap_or_else(|| panic!("{lane:?}: each request tried it"));
        let left_out = left_out(&house, &spared).await;
        assert!(left_out.contains(&lane.first()) && left_out.contains("failing"), "{left_out}");
    })
    .await;
    house.provider.switch(false);
    play(LANES, async |lane| {
        let back = clock::now();
        until("the primary is back", async || {
            let answer = ask(&house, lane, &lane.combo()).await;
            read(lane, &answer);
            (answer.header("x-ninerouter-target") == lane.first()).then_some(())
        })
        .await;
        assert!(back.elapsed_ms() < 2000, "{lane:?}: {} ms", back.elapsed_ms());
        for _ in 0..5 {
            answered(&house, lane, &lane.first(), 1).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_only_target_is_asked_even_while_it_keeps_failing() {
    let house = street(&["switched"], &[], json!({})).await;
    house.policy(json!({ "circuit_ms": 60_000 })).await;
    house.provider.switch(true);
    play(LANES, async |lane| {
        for _ in 0..3 {
            assert_eq!(ask(&house, lane, &lane.combo()).await.status, 503);
        }
    })
    .await;
    house.provider.switch(false);
    play(LANES, async |lane| {
        answered(&house, lane, &lane.first(), 1).await;
    })
    .await;
}

#[tokio::test]
async fn when_all_are_limited_the_client_hears_the_earliest_return_and_each_reason_at_once() {
    let house = street(&["error-429-retry-after"], &["plan-limit"], json!({})).await;
    play(LANES, async |lane| {
        for round in 0..3 {
            let began = clock::now();
            let answer = ask(&house, lane, &lane.combo()).await;
            assert!(began.elapsed_ms() < 1000, "{lane:?}: {} ms", began.elapsed_ms());
            assert_eq!(answer.status, 429, "{answer:?}");
            let wait: i64 = answer.header("retry-after").parse().unwrap();
            assert!((RETRY_AFTER_S - 20..=RETRY_AFTER_S + 1).contains(&wait), "{wait}: {answer:?}");
            for target in [lane.first(), lane.second()] {
                assert!(answer.message().contains(&target), "{target}: {answer:?}");
            }
            assert!(answer.message().contains("imit"), "it says why: {answer:?}");
            let tried = if round == 0 { "2" } else { "0" };
            assert_eq!(answer.header("x-ninerouter-attempts"), tried);
            assert_eq!(answer.header("x-ninerouter-request").len(), 32);
        }
        assert_eq!(calls(&house, &lane.primary()).len() + calls(&house, &lane.fallback()).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_limit_beside_a_refused_key_still_says_when_to_come_back() {
    let house = street(&["error-429-retry-after"], &["error-401"], json!({})).await;
    play(LANES, async |lane| {
        for _ in 0..2 {
            let answer = ask(&house, lane, &lane.combo()).await;
            assert!([429, 503].contains(&answer.status), "{answer:?}");
            let wait: i64 = answer.header("retry-after").parse().unwrap_or_else(|_| panic!("{answer:?}"));
            assert!((RETRY_AFTER_S - 20..=RETRY_AFTER_S + 1).contains(&wait), "{wait}");
            assert!(answer.message().contains("Key refused"), "{answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn when_all_fail_the_client_hears_why_from_each_and_what_was_tried() {
    let house = street(&["error-503"], &["error-401"], json!({})).await;
    play(LANES, async |lane| {
        let answer = ask(&house, lane, &lane.combo()).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.header("retry-after"), "", "nobody knows when");
        assert_eq!(answer.header("x-ninerouter-target"), lane.second());
        assert_eq!(answer.header("x-ninerouter-attempts"), "3");
        assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
        for part in [lane.first().as_str(), "Key refused", lane.second().as_str()] {
            assert!(answer.message().contains(part), "{part}: {answer:?}");
        }
        let page = page(&house, &answer).await;
        assert_eq!((&page["row"]["outcome"], &page["row"]["attempts"]), (&json!("failed"), &json!(3)));
    })
    .await;
}

#[tokio::test]
async fn answers_and_streams_name_their_request_their_target_and_their_attempts() {
    let house = street(&["plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let answer = answered(&house, lane, &lane.first(), 1).await;
        let page = page(&house, &answer).await;
        assert_eq!(page["row"]["target"], lane.first(), "{page:#}");
        assert_eq!(page["plan"].as_array().unwrap().len(), 2, "{page:#}");
        assert_eq!(page["plan"][1]["target"], lane.second(), "{page:#}");
    })
    .await;
}

#[tokio::test]
async fn what_answers_is_named_counted_and_billed_and_what_failed_is_not() {
    let house = street(&["error-500"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let answer = answered(&house, lane, &lane.second(), 3).await;
        let (text, named) = (answer.text(), |model: &str| format!("\"model\":\"{model}\""));
        assert!(text.replace(": ", ":").contains(&named("two")), "{text}");
        assert!(!text.replace(": ", ":").contains(&named("one")), "{text}");
        let row = page(&house, &answer).await["row"].clone();
        let counts = says::counts(lane.fallback);
        assert_eq!((&row["target"], &row["outcome"]), (&json!(lane.second()), &json!("answered")));
        let expected = json!([counts.input, counts.read, counts.written, counts.output]);
        let tokens = &row["tokens"];
        let counted = json!([tokens["input"], tokens["cache_read"], tokens["cache_write"], tokens["output"]]);
        assert_eq!(counted, expected, "{row:#}");
        let cost = counts.input * 1000 + counts.read * 100 + counts.written * 1250 + counts.output * 2000;
        assert_eq!(row["cost"], cost, "the fallback's price: {row:#}");
        assert_eq!(played(&house, &lane.primary()).len(), 2);
    })
    .await;
    let sums = house.read("/api/v1/overview").await;
    let output: u64 = LANES.iter().map(|lane| says::counts(lane.fallback).output).sum();
    assert_eq!(sums["today"]["tokens"]["output"], output, "once for each request: {sums:#}");
}

#[tokio::test]
async fn what_was_left_out_is_on_the_request_s_page_with_its_reason() {
    let house = street(&["error-401"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        answered(&house, lane, &lane.second(), 2).await;
        let answer = answered(&house, lane, &lane.second(), 1).await;
        let left_out = left_out(&house, &answer).await;
        assert!(left_out.contains(&format!("{}, account", lane.first())), "{left_out}");
        assert!(left_out.contains("Key refused"), "{left_out}");
    })
    .await;
}
