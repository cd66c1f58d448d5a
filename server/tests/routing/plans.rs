//! What a name stands for, and what of it can serve the request.

use super::{LANES, Lane, answered, ask, combo, left_out, play, read, request, street};
use crate::formats::page;
use crate::support::House;
use crate::support::tools::{self, Wish};
use app::api::combos::{Combo, ComboTarget};
use http::Method;
use serde_json::json;
use server::clock;

/// A combo of these targets, which may be combos.
async fn nested(house: &House, name: &str, targets: &[&str]) {
    let targets = targets.iter().map(|target| ComboTarget::new(*target)).collect();
    let combo = Combo::new(name, targets);
    house.app.store.save_combo(None, &combo, clock::now().unix_ms).await.unwrap();
    house.app.refresh().await.unwrap();
}

#[tokio::test]
async fn a_combo_inside_a_combo_stands_for_all_that_it_holds() {
    let house = street(&["error-500"], &["plain"], json!({})).await;
    for lane in LANES {
        let name = lane.name();
        let last = format!("{}/large", lane.fallback());
        nested(&house, &format!("outer-{name}"), &[&lane.first(), &lane.combo(), &last]).await;
    }
    play(LANES, async |lane| {
        let answer = ask(&house, lane, &format!("outer-{}", lane.name())).await;
        read(lane, &answer);
        assert_eq!(answer.header("x-ninerouter-target"), lane.second());
        assert_eq!(
            answer.header("x-ninerouter-attempts"),
            "3",
            "the primary is not tried for each place it has"
        );
        let page = page(&house, &answer).await;
        assert_eq!(page["row"]["asked"], format!("outer-{}", lane.name()));
        assert_eq!(page["plan"].as_array().unwrap().len(), 3, "{page:#}");
    })
    .await;
}

#[tokio::test]
async fn a_combo_that_came_to_hold_itself_answers_all_the_same() {
    let house = street(&["plain"], &["plain"], json!({})).await;
    for lane in LANES {
        let (name, inner) = (format!("ring-{}", lane.name()), format!("link-{}", lane.name()));
        nested(&house, &inner, &[&name]).await;
        nested(&house, &name, &[&inner, &lane.second()]).await;
    }
    play(LANES, async |lane| {
        let answer = ask(&house, lane, &format!("ring-{}", lane.name())).await;
        read(lane, &answer);
        assert!(left_out(&house, &answer).await.contains("contains itself"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn a_picture_is_shown_to_nobody_who_is_blind() {
    let house = street(&["image"], &["image"], json!({})).await;
    play(LANES, async |lane| {
        let blind = format!("{}/blind", lane.primary());
        let name = combo(&house, lane, "eyes", &[blind.clone(), lane.second()], json!({})).await;
        let wish = Wish { picture: true, ..Wish::default() };
        let (path, body) = request(lane, &name, "", &wish);
        let answer = house.send(&path, &[], body).await;
        let heard = tools::heard(lane.client, &answer, lane.stream);
        assert_eq!(heard.text, "I see: image/png, 70 bytes", "{lane:?}");
        assert_eq!(answer.header("x-ninerouter-target"), lane.second());
        assert_eq!(answer.header("x-ninerouter-attempts"), "1");
        let left_out = left_out(&house, &answer).await;
        assert!(left_out.contains(&format!("{blind}: it does not read pictures")), "{left_out}");

        let answer = ask(&house, lane, &name).await;
        assert_eq!(answer.header("x-ninerouter-target"), blind, "without a picture it is as good as any");

        let (path, body) = request(lane, &blind, "", &wish);
        let answer = house.send(&path, &[], body).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
        assert!(answer.message().contains("does not read pictures"), "{answer:?}");
    })
    .await;
}

/// The error of an unknown name, in the client's own shape.
fn not_found(lane: Lane, answer: &crate::support::client::Answer) {
    let value = answer.value();
    match lane.client {
        wire::Dialect::Messages => {
            assert_eq!(
                (&value["type"], &value["error"]["type"]),
                (&json!("error"), &json!("not_found_error"))
            );
        }
        _ => assert_eq!(value["error"]["code"], "model_not_found", "{value:#}"),
    }
}

#[tokio::test]
async fn an_unknown_name_is_answered_with_the_nearest_that_somebody_knows() {
    let house = street(&["plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        for (asked, nearest) in
            [(format!("bets-{}", lane.name()), lane.combo()), (lane.first() + "e", lane.first())]
        {
            // A provider that is there may have more models than are known of it: only a whole name can be wrong.
            let asked = asked.replace("primary-", "primry-");
            let answer = ask(&house, lane, &asked).await;
            assert_eq!(answer.status, 404, "{lane:?}: {answer:?}");
            not_found(lane, &answer);
            assert!(answer.message().contains(&format!("{asked:?}")), "{answer:?}");
            assert!(answer.message().contains(&nearest), "{nearest}: {answer:?}");
            assert_eq!(answer.header("x-ninerouter-attempts"), "0");
        }
    })
    .await;
    assert!(house.provider.seen().is_empty(), "nobody is asked on a guess");
}

#[tokio::test]
async fn an_alias_stands_for_its_model_and_a_combo_switched_off_for_nothing() {
    let house = street(&["plain"], &["plain"], json!({})).await;
    play(LANES, async |lane| {
        let alias = format!("quick-{}", lane.name());
        house.made("/api/v1/aliases", json!({ "name": alias, "model": lane.second() })).await;
        let answer = ask(&house, lane, &alias).await;
        read(lane, &answer);
        assert_eq!(answer.header("x-ninerouter-target"), lane.second());

        answered(&house, lane, &lane.first(), 1).await;
        let targets = json!([{ "model": lane.first() }, { "model": lane.second() }]);
        let off = json!({ "name": lane.combo(), "targets": targets, "enabled": false });
        let path = format!("/api/v1/combos/{}", lane.combo());
        assert_eq!(house.api(Method::PUT, &path, off).await.status, 200);
        assert_eq!(ask(&house, lane, &lane.combo()).await.status, 404);
    })
    .await;
}
