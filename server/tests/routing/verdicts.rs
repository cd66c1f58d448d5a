//! What each failure means: who is asked next, who is left alone for how long, and what goes back to the client.

use super::{
    LANES, accounts, answered, ask, attempts, calls, combo, left_out, play, played, read, request, streams,
    street,
};
use crate::scripted::limits::RENEWED_IN_S;
use crate::support::tools::Wish;
use serde_json::json;
use server::clock;

#[tokio::test]
async fn a_wait_of_a_moment_beats_a_worse_model() {
    let house = street(&["error-429-wait-once"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let answer = answered(&house, lane, &lane.first(), 2).await;
        assert_eq!(played(&house, &lane.fallback()).len(), 0, "the other target was spared");
        let attempts = attempts(&house, &answer).await;
        assert_eq!((&attempts[0]["status"], &attempts[0]["won"]), (&json!(429), &json!(false)));
        assert_eq!((&attempts[1]["cause"], &attempts[1]["won"]), (&json!("retry"), &json!(true)));
        let waited = attempts[1]["start_ms"].as_i64().unwrap() - attempts[0]["start_ms"].as_i64().unwrap();
        assert!(waited >= 900, "it waited as long as it was told to: {attempts:#?}");
    })
    .await;
}

#[tokio::test]
async fn another_account_of_the_same_model_is_asked_at_once() {
    let house = street(&["error-429-wait-once", "plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        answered(&house, lane, &lane.first(), 2).await;
        assert_eq!(played(&house, &lane.primary()), ["error-429-wait-once", "plain"]);
        assert_eq!(played(&house, &lane.fallback()).len(), 0);
    })
    .await;
}

#[tokio::test]
async fn one_that_is_limited_again_and_again_is_not_hammered() {
    let house = street(&["error-429"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        for round in 0..6 {
            let answer = ask(&house, lane, &lane.combo()).await;
            read(lane, &answer);
            assert_eq!(answer.header("x-ninerouter-target"), lane.second(), "{lane:?}");
            let tried = played(&house, &lane.primary()).len();
            assert!(tried <= if round == 0 { 3 } else { 4 }, "round {round}: {tried} calls");
        }
    })
    .await;
}

#[tokio::test]
async fn a_passing_failure_is_tried_once_more_at_the_same_target() {
    for script in ["error-500-once", "hang-up-once"] {
        let house = street(&[script], &["plain"], json!({})).await;
        play(LANES, async |lane| {
            answered(&house, lane, &lane.first(), 2).await;
            assert_eq!(played(&house, &lane.fallback()).len(), 0, "{script}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_failure_that_stays_falls_over_after_one_more_try() {
    for script in ["error-503", "error-529", "hang-up", "empty-200", "error-in-200"] {
        let house = street(&[script], &["plain"], json!({})).await;
        play(LANES, async |lane| {
            let answer = answered(&house, lane, &lane.second(), 3).await;
            assert_eq!(played(&house, &lane.primary()), [script, script]);
            let attempts = attempts(&house, &answer).await;
            for failed in &attempts[..2] {
                assert_eq!(failed["won"], false, "{script}: {attempts:#?}");
                assert!(!failed["error"].as_str().unwrap().is_empty(), "{script}: {attempts:#?}");
                assert!(!failed["rule"].as_str().unwrap().is_empty(), "{script}: {attempts:#?}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn an_error_as_the_first_event_of_a_stream_is_the_failure_it_is() {
    let house = street(&["overloaded-in-200-stream"], &["plain"], json!({})).await;
    play(streams(), async |lane| {
        answered(&house, lane, &lane.second(), 3).await;
    })
    .await;
}

#[tokio::test]
async fn the_next_target_is_reached_within_the_combo_s_attempts() {
    let house = street(&["error-503"], &["plain"], json!({ "max_attempts": 2 })).await;
    play(LANES, async |lane| {
        answered(&house, lane, &lane.second(), 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_conversation_too_long_for_one_window_goes_on_to_a_larger_one() {
    let house = street(&["any"], &["any"], json!({})).await;
    play(LANES, async |lane| {
        let targets = ["context-overflow", "as-small"].map(|model| format!("{}/{model}", lane.primary()));
        let larger = [targets.as_slice(), &[format!("{}/large", lane.fallback())]].concat();
        let name = combo(&house, lane, "long", &larger, json!({})).await;
        let answer = ask(&house, lane, &name).await;
        read(lane, &answer);
        assert_eq!(answer.header("x-ninerouter-target"), larger[2], "{answer:?}");
        assert_eq!(
            answer.header("x-ninerouter-attempts"),
            "2",
            "one attempt at the small, none at its equal"
        );

        let name = combo(&house, lane, "small", &targets, json!({})).await;
        let answer = ask(&house, lane, &name).await;
        assert_eq!(answer.status, 400, "waiting does not mend this: {answer:?}");
        assert_eq!(answer.header("x-ninerouter-attempts"), "1");
        let words = ["too long", "maximum context length", "exceeds the maximum"];
        assert!(words.iter().any(|words| answer.message().contains(words)), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn a_conversation_too_long_for_every_window_is_told_in_the_provider_s_words() {
    let house = street(&["context-overflow"], &["context-overflow"], json!({})).await;
    play(LANES, async |lane| {
        let answer = ask(&house, lane, &lane.combo()).await;
        assert_eq!(answer.status, 400, "a tool that is told so can shorten it: {answer:?}");
        assert_eq!(answer.header("x-ninerouter-attempts"), "2");
        let words = ["too long", "maximum context length", "exceeds the maximum"];
        assert!(words.iter().any(|words| answer.message().contains(words)), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn one_whose_window_is_known_to_be_too_small_is_not_asked_at_all() {
    let house = street(&["plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let targets = [format!("{}/as-small", lane.primary()), format!("{}/large", lane.fallback())];
        let name = combo(&house, lane, "long", &targets, json!({})).await;
        let (path, body) = request(lane, &name, &"word ".repeat(20_000), &Wish::default());
        let answer = house.send(&path, &[], body).await;
        read(lane, &answer);
        assert_eq!(answer.header("x-ninerouter-attempts"), "1");
        assert!(left_out(&house, &answer).await.contains("its window 8000"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn what_a_content_policy_refuses_is_told_and_asked_of_nobody_else() {
    let house = street(&["content-policy"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let answer = ask(&house, lane, &lane.combo()).await;
        assert_eq!(answer.status, 400, "{lane:?}: {answer:?}");
        let reasons = ["content filtering policy", "violating our usage policy", "safety reasons"];
        assert!(reasons.iter().any(|reason| answer.message().contains(reason)), "{answer:?}");
        assert_eq!(answer.header("x-ninerouter-attempts"), "1");
        assert_eq!(played(&house, &lane.fallback()).len(), 0);
        assert_eq!(accounts(&house, &lane.primary()).await[0]["health"], "ready");
    })
    .await;
}

#[tokio::test]
async fn a_refused_key_is_left_alone_and_the_other_account_answers() {
    let house = street(&["error-401", "plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        answered(&house, lane, &lane.first(), 2).await;
        let answer = answered(&house, lane, &lane.first(), 1).await;
        assert_eq!(played(&house, &lane.primary()), ["error-401", "plain", "plain"]);
        let rows = accounts(&house, &lane.primary()).await;
        assert_eq!((&rows[0]["health"], &rows[1]["health"]), (&json!("refused"), &json!("ready")));
        assert!(left_out(&house, &answer).await.contains("Key refused"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn a_used_up_plan_is_left_alone_exactly_until_it_is_renewed_even_after_a_restart() {
    let mut house = street(&["plan-limit"], &["plain"], json!({})).await;
    let before = clock::now().unix_ms;
    play(LANES, async |lane| {
        answered(&house, lane, &lane.second(), 2).await;
        answered(&house, lane, &lane.second(), 1).await;
    })
    .await;
    let after = clock::now().unix_ms;
    for round in ["at once", "after a restart"] {
        for lane in LANES {
            let row = accounts(&house, &lane.primary()).await.remove(0);
            let until = row["parked_until"].as_i64().or(row["waiting"][0]["until"].as_i64());
            let until = until.unwrap_or_else(|| panic!("{round}: {row:#}"));
            let exact = before + RENEWED_IN_S * 1000..=after + RENEWED_IN_S * 1000 + 1000;
            assert!(exact.contains(&until), "{round}, {lane:?}: {until} in {exact:?}");
            answered(&house, lane, &lane.second(), 1).await;
            assert_eq!(calls(&house, &lane.primary()).len(), 1, "{round}: nobody asks before");
        }
        if round == "at once" {
            house = house.restarted().await;
        }
    }
}
