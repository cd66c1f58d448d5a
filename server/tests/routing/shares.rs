//! Whose turn it is: the strategies of combos, the rotation of accounts, and conversations that stay where they are.

use super::{LANES, Lane, ask, begun, combo, key_of, play, read, request, streams, street};
use crate::support::House;
use crate::support::tools::{self, Wish};
use app::api::providers::Rotation;
use serde_json::{Value, json};

/// The models that answer so many questions to a combo, one after the other.
async fn targets(house: &House, lane: Lane, name: &str, count: usize) -> Vec<String> {
    let mut targets = Vec::new();
    for _ in 0..count {
        let answer = ask(house, lane, name).await;
        read(lane, &answer);
        targets.push(answer.header("x-ninerouter-target").to_owned());
    }
    targets
}

/// A house where no conversation stays where it is.
async fn restless(primary: &[&str], fallback: &[&str], members: Value) -> House {
    let house = street(primary, fallback, members).await;
    house.policy(json!({ "affinity_ms": 0 })).await;
    house
}

#[tokio::test]
async fn in_turn_each_target_goes_first() {
    let house = restless(&["plain"], &["plain"], json!({ "strategy": "round-robin" })).await;
    play(LANES, async |lane| {
        let (first, second) = (lane.first(), lane.second());
        let expected = [&first, &second, &first, &second, &first, &second];
        assert_eq!(targets(&house, lane, &lane.combo(), 6).await.iter().collect::<Vec<_>>(), expected);
    })
    .await;
}

#[tokio::test]
async fn by_weight_each_target_goes_first_as_often_as_its_weight_says() {
    let house = restless(&["plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let name = format!("heavy-{}", lane.name());
        let targets = json!([{ "model": lane.first(), "weight": 3 }, { "model": lane.second() }]);
        let body = json!({ "name": name, "strategy": "weighted", "targets": targets });
        house.made("/api/v1/combos", body).await;
        let answered = self::targets(&house, lane, &name, 24).await;
        let first = answered.iter().filter(|target| **target == lane.first()).count();
        assert!((17..=19).contains(&first), "three in four of 24, but for a rest: {first}");
    })
    .await;
}

#[tokio::test]
async fn the_cheapest_goes_first_and_one_of_unknown_price_last() {
    let house = restless(&["plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let dear = [format!("{}/large", lane.primary()), lane.first(), lane.second()];
        let name = combo(&house, lane, "cheap", &dear, json!({ "strategy": "least-cost" })).await;
        let answer = ask(&house, lane, &name).await;
        read(lane, &answer);
        assert_eq!(answer.header("x-ninerouter-target"), lane.second());
        let plan = crate::formats::page(&house, &answer).await["plan"].clone();
        let order: Vec<&str> =
            plan.as_array().unwrap().iter().map(|row| row["target"].as_str().unwrap()).collect();
        assert_eq!(order, [&dear[2], &dear[1], &dear[0]], "{plan:#}");
    })
    .await;
}

#[tokio::test]
async fn the_fastest_of_late_goes_first_once_each_was_measured() {
    let members = json!({ "strategy": "fastest" });
    let house = restless(&["slow-headers"], &["plain"], members).await;
    play(LANES, async |lane| {
        let (slow, fast) = (lane.first(), lane.second());
        let answered = targets(&house, lane, &lane.combo(), 4).await;
        assert_eq!(answered.iter().collect::<Vec<_>>(), [&slow, &fast, &fast, &fast]);
    })
    .await;
}

#[tokio::test]
async fn the_least_busy_goes_first() {
    let house = restless(&["stall-mid-stream"], &["plain"], json!({ "strategy": "least-busy" })).await;
    play(streams(), async |lane| {
        let under_way = begun(&house, lane, &lane.combo()).await;
        assert_eq!(under_way.headers()["x-ninerouter-target"], lane.first());
        assert_eq!(
            targets(&house, lane, &lane.combo(), 3).await,
            [lane.second(), lane.second(), lane.second()]
        );
        drop(under_way);
        house.provider.until(|_| super::calls(&house, &lane.primary())[0].left).await;
        let next = begun(&house, lane, &lane.combo()).await;
        assert_eq!(next.headers()["x-ninerouter-target"], lane.first(), "it has nothing to do again");
    })
    .await;
}

#[tokio::test]
async fn the_one_whose_quota_is_renewed_the_soonest_goes_first() {
    let members = json!({ "strategy": "drain-first" });
    let house = restless(&["renewed-in-3h", "plain"], &["renewed-in-1h"], members).await;
    play(LANES, async |lane| {
        // Nothing is known of the fallback's quota until it has answered.
        assert_eq!(targets(&house, lane, &lane.combo(), 2).await, [lane.first(), lane.first()]);
        let only = combo(&house, lane, "only", &[lane.second()], json!({ "strategy": "drain-first" })).await;
        targets(&house, lane, &only, 1).await;
        assert_eq!(targets(&house, lane, &lane.combo(), 2).await, [lane.second(), lane.second()]);
    })
    .await;
}

/// A turn of a conversation that begins with these words; gives the number of the account that answered.
async fn account(house: &House, lane: Lane, words: &str, history: &mut Vec<String>) -> String {
    let wish = Wish { history: history.clone(), ..Wish::default() };
    let (path, body) = request(lane, &lane.first(), words, &wish);
    let answer = house.send(&path, &[], body).await;
    history.extend(read(lane, &answer).turns);
    history.push(tools::said(lane.client, "And then?"));
    let seen = super::calls(house, &lane.primary()).pop().unwrap();
    key_of(&seen).rsplit('.').next().unwrap().to_owned()
}

async fn in_rotation(house: &House) {
    for lane in LANES {
        house.app.store.save_rotation(&lane.primary(), Rotation::RoundRobin).await.unwrap();
    }
    house.app.refresh().await.unwrap();
}

#[tokio::test]
async fn a_conversation_stays_at_its_account_and_another_goes_to_the_next() {
    let house = street(&["plain", "plain", "plain"], &[], json!({})).await;
    in_rotation(&house).await;
    play(LANES, async |lane| {
        let words = ["one", "two", "three"];
        let mut histories: [Vec<String>; 3] = Default::default();
        for turn in [0_usize, 1, 2, 1, 0, 2, 0, 0] {
            let asked = account(&house, lane, words[turn], &mut histories[turn]).await;
            assert_eq!(asked, turn.to_string(), "{lane:?}: {}", words[turn]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_conversation_whose_cache_is_cold_takes_its_turn_like_any_other() {
    let house = street(&["plain", "plain"], &[], json!({})).await;
    in_rotation(&house).await;
    house.policy(json!({ "affinity_ms": 1 })).await;
    play(LANES, async |lane| {
        let (mut asked, mut history) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            asked.push(account(&house, lane, "one", &mut history).await);
        }
        assert_eq!(asked, ["0", "1", "0", "1"], "{lane:?}");
    })
    .await;
}

#[tokio::test]
async fn a_conversation_stays_at_its_target_where_targets_take_turns() {
    let house = street(&["plain"], &["plain"], json!({ "strategy": "round-robin" })).await;
    play(LANES, async |lane| {
        let mut asked = Vec::new();
        for words in ["one", "two", "one", "two", "one"] {
            let (path, body) = request(lane, &lane.combo(), words, &Wish::default());
            let answer = house.send(&path, &[], body).await;
            read(lane, &answer);
            asked.push(answer.header("x-ninerouter-target").to_owned());
        }
        let (first, second) = (lane.first(), lane.second());
        assert_eq!(asked.iter().collect::<Vec<_>>(), [&first, &second, &first, &second, &first], "{lane:?}");
    })
    .await;
}
