//! Time: providers that are silent, slow or out of reach, and clients that leave.

use super::{
    LANES, accounts, answered, ask, attempts, begun, calls, combo, play, played, read, streams, street,
    street_at,
};
use crate::scripted::bodies::WORDS;
use crate::scripted::says;
use futures_util::future::join_all;
use serde_json::{Value, json};
use server::clock;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

#[tokio::test]
async fn beside_a_silent_target_the_next_is_started_and_the_silent_call_is_cancelled() {
    for script in ["silent", "stall-before-first-token"] {
        let house = street(&[script], &["plain"], json!({ "first_token_ms": 300 })).await;
        play(streams(), async |lane| {
            let answer = answered(&house, lane, &lane.second(), 2).await;
            let left = house.provider.until(|_| calls(&house, &lane.primary()).iter().any(|call| call.left));
            left.await;
            let calls = calls(&house, &lane.primary());
            assert_eq!(calls.len(), 1, "a silent route is not tried again");
            assert!(!calls[0].answered);
            let attempts = attempts(&house, &answer).await;
            assert_eq!((&attempts[0]["won"], &attempts[1]["won"]), (&json!(false), &json!(true)));
            assert_eq!(attempts[1]["cause"], "hedge", "{attempts:#?}");
            assert!(
                attempts[0]["verdict"].as_str().unwrap().contains("another answered first"),
                "{attempts:#?}"
            );
            assert!(attempts[0]["total_ms"].as_i64().unwrap() >= 300, "{attempts:#?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_silent_target_is_not_tried_again_by_a_client_that_wants_no_stream() {
    let house = street(&["silent"], &["plain"], json!({})).await;
    house.policy(json!({ "whole_reply_ms": 1000 })).await;
    play(LANES.into_iter().filter(|lane| !lane.stream), async |lane| {
        answered(&house, lane, &lane.second(), 2).await;
        house.provider.until(|_| calls(&house, &lane.primary()).iter().any(|call| call.left)).await;
        assert_eq!(calls(&house, &lane.primary()).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_late_first_token_is_outrun_by_the_next_target_and_waited_for_without_one() {
    let house = street(&["slow-first-token"], &["plain"], json!({ "first_token_ms": 300 })).await;
    play(streams(), async |lane| {
        answered(&house, lane, &lane.second(), 2).await;
        let members = json!({ "first_token_ms": 300 });
        let alone = combo(&house, lane, "alone", &[lane.first()], members).await;
        let answer = ask(&house, lane, &alone).await;
        read(lane, &answer);
        assert_eq!(answer.header("x-ninerouter-attempts"), "1");
        assert_eq!(attempts(&house, &answer).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_that_had_no_time_to_answer_is_not_blamed_for_silence() {
    let house = street(&["slow-first-token"], &["silent"], json!({ "first_token_ms": 1100 })).await;
    play(streams(), async |lane| {
        // The primary answers after a second and a half, when the other has been at it for a moment only.
        let first = lane.first();
        let answers = join_all((0..4).map(|_| answered(&house, lane, &first, 2))).await;
        for answer in answers {
            let attempts = attempts(&house, &answer).await;
            assert_eq!(
                (&attempts[0]["won"], &attempts[1]["error"]),
                (&json!(true), &json!("")),
                "{attempts:#?}"
            );
        }
        let row = accounts(&house, &lane.fallback()).await.remove(0);
        assert_eq!((&row["health"], &row["waiting"]), (&json!("ready"), &json!([])), "{row:#}");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_of_one_does_not_end_another_that_is_about_to_answer() {
    let members = json!({ "first_token_ms": 300 });
    let house = street(&["slow-first-token"], &["content-policy"], members).await;
    play(streams(), async |lane| {
        let answer = answered(&house, lane, &lane.first(), 2).await;
        let attempts = attempts(&house, &answer).await;
        assert_eq!((&attempts[0]["won"], &attempts[1]["status"]), (&json!(true), &json!(400)));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_once_nobody_is_left_at_it() {
    let members = json!({ "first_token_ms": 300 });
    let house = street(&["silent"], &["content-policy"], members).await;
    house.policy(json!({ "first_byte_ms": 1000 })).await;
    play(streams(), async |lane| {
        let answer = ask(&house, lane, &lane.combo()).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        for attempt in attempts(&house, &answer).await {
            assert!(attempt["total_ms"].as_i64().unwrap() > 0, "each is recorded: {attempt:#}");
        }
        assert_eq!(calls(&house, &lane.primary()).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_slow_but_steady_stream_is_left_alone() {
    let limits = json!({ "first_token_ms": 2200, "stall_ms": 1200 });
    let house = street(&["slow-tokens"], &["plain"], limits).await;
    play(streams(), async |lane| {
        let answer = answered(&house, lane, &lane.first(), 1).await;
        let took = attempts(&house, &answer).await[0]["total_ms"].as_i64().unwrap();
        assert!(took > 2200, "it took longer than the first token may: {took}");
        assert_eq!(played(&house, &lane.fallback()).len(), 0);
    })
    .await;
}

/// An address that takes no connections and refuses none: its queue is full.
async fn black_hole() -> (String, TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    let short = std::time::Duration::from_millis(200);
    while let Ok(connected) = tokio::time::timeout(short, TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    (format!("http://{address}"), listener, waiting)
}

#[tokio::test]
async fn an_unreachable_host_costs_the_time_to_connect_once() {
    let (address, _listener, _waiting) = black_hole().await;
    let house = street_at(Some(&address), &["plain"], &["plain"], json!({})).await;
    house.policy(json!({ "connect_ms": 800 })).await;
    play(LANES, async |lane| {
        let began = clock::now();
        answered(&house, lane, &lane.second(), 2).await;
        let took = began.elapsed_ms();
        assert!((700..1600).contains(&took), "{lane:?}: {took} ms");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_ends_every_call_within_a_second() {
    let house = street(&["silent"], &["silent"], json!({ "first_token_ms": 200 })).await;
    play(LANES, async |lane| {
        let expected: &[String] =
            if lane.stream { &[lane.primary(), lane.fallback()] } else { &[lane.primary()] };
        let name = lane.combo();
        tokio::select! {
            response = begun(&house, lane, &name) => panic!("{lane:?}: nobody answers: {response:?}"),
            _ = house.provider.until(|_| expected.iter().all(|id| calls(&house, id).len() == 1)) => {}
        }
        let left = clock::now();
        house.provider.until(|_| expected.iter().all(|id| calls(&house, id)[0].left)).await;
        assert!(left.elapsed_ms() < 1000, "{lane:?}: {} ms", left.elapsed_ms());
    })
    .await;
    for row in house.records(LANES.len()).await {
        assert_eq!((&row["outcome"], &row["tokens"]), (&json!("cancelled"), &Value::Null), "{row:#}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_ends_the_call_within_a_second() {
    let house = street(&["stall-mid-stream"], &["plain"], json!({})).await;
    play(streams(), async |lane| {
        let mut response = begun(&house, lane, &lane.combo()).await;
        let mut heard = String::new();
        while !heard.contains(WORDS[1]) {
            let chunk = response.chunk().await.unwrap().expect("it goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
        drop(response);
        let left = clock::now();
        house.provider.until(|_| calls(&house, &lane.primary())[0].left).await;
        assert!(left.elapsed_ms() < 1000, "{lane:?}: {} ms", left.elapsed_ms());
        assert_eq!(played(&house, &lane.fallback()).len(), 0, "nobody goes on for nobody");
    })
    .await;
    for row in house.records(streams().count()).await {
        assert_eq!(row["outcome"], "cancelled", "{row:#}");
        if row["provider_id"] == "primary-messages-stream" {
            let input = says::counts(wire::Dialect::Messages).input;
            assert_eq!(row["tokens"]["input"], input, "what was stated until then is counted: {row:#}");
        }
    }
}
