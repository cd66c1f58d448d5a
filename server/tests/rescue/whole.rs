//! Every way to break off, between providers of all dialects, for clients of all dialects.

use super::{all, asked_for, assert_whole, combo, heard, house, model, two};
use crate::support::House;
use crate::support::tools::Wish;
use serde_json::json;

use wire::Dialect;

/// One breaks off by this script, the other goes on by that one; every client reads one whole answer.
async fn goes_on(house: &House, breaks: &str, rest: &str, (first, second): (Dialect, Dialect)) {
    let mark = format!("{first}-{second}-{rest}");
    let targets = [model(first, breaks, &mark), model(second, rest, &mark)];
    let name = combo(house, &targets, json!({})).await;
    for client in Dialect::ALL {
        let (answer, _) = heard(house, client, &name, &Wish::default()).await;
        assert_whole(&name, client, &answer);
    }
    let asked = targets.map(|target| asked_for(house, &target).len());
    assert_eq!(asked, [Dialect::ALL.len(); 2], "{name}: each was asked each time");
}

#[tokio::test]
async fn a_connection_that_breaks_after_forty_of_sixty_tokens() {
    let house = house().await;
    all(two(), async |pair| goes_on(&house, "long-cut", "long", pair).await).await;
}

#[tokio::test]
async fn a_stream_that_ends_in_the_middle() {
    let house = house().await;
    all(two(), async |pair| goes_on(&house, "long-truncated", "long", pair).await).await;
}

#[tokio::test]
async fn an_error_inside_of_the_stream() {
    let house = house().await;
    all(two(), async |pair| goes_on(&house, "long-error", "long", pair).await).await;
}

#[tokio::test]
async fn a_stream_that_stands_still_goes_on_within_the_limit_and_is_well_afterwards() {
    let house = house().await;
    all(two(), async |(first, second)| {
        let mark = format!("{first}-{second}");
        let targets = [model(first, "long-stall", &mark), model(second, "long", &mark)];
        let name = combo(&house, &targets, json!({})).await;
        let began = server::clock::now();
        let (answer, _) = heard(&house, Dialect::Chat, &name, &Wish::default()).await;
        assert_whole(&name, Dialect::Chat, &answer);
        // Far below any other limit there is.
        assert!(began.elapsed_ms() < 10_000, "{name}: {} ms", began.elapsed_ms());
        house.provider.until(|_| asked_for(&house, &targets[0]).iter().all(|seen| seen.left)).await;
    })
    .await;
    for row in house.read("/api/v1/accounts").await.as_array().unwrap() {
        assert_eq!(row["health"], "ready", "{row:#}");
    }
    let next = house.send("/v1/chat/completions", &[], crate::support::chat_body("to-chat/long", true)).await;
    assert!(next.text().ends_with("data: [DONE]\n\n"), "{next:?}");
}

#[tokio::test]
async fn a_frame_that_nobody_can_read_is_left_out_of_a_good_stream() {
    let house = house().await;
    all(two(), async |(first, client)| {
        let name = model(first, "long-garbage", &format!("{first}-{client}"));
        let (answer, _) = heard(&house, client, &name, &Wish::default()).await;
        assert_whole(&name, client, &answer);
    })
    .await;
}

#[tokio::test]
async fn a_frame_that_lost_words_is_no_reason_for_the_client_to_miss_them() {
    let house = house().await;
    all(two(), async |(first, client)| {
        let mark = format!("{first}-{client}");
        let targets = [model(first, "long-spoilt", &mark), model(first, "long", &mark)];
        let name = combo(&house, &targets, json!({})).await;
        let (told, answer) = heard(&house, client, &name, &Wish::default()).await;
        assert_whole(&name, client, &told);
        let id = answer.header("x-ninerouter-request");
        let detail = crate::support::until("the record", async || {
            let answer = house.api(http::Method::GET, &format!("/api/v1/requests/{id}"), json!(null)).await;
            (answer.status == 200).then(|| answer.value())
        })
        .await;
        // What was left of it may be the model's words.
        assert_eq!(
            detail["attempts"][0]["error"],
            "Provider failed while answering: A frame arrived damaged"
        );
    })
    .await;
}
