//! What the dashboard says of an answer that went on elsewhere.

use super::{all, ask, combo, house, model};
use crate::formats;
use crate::scripted::says::counts;
use crate::support::tools::Wish;
use serde_json::json;
use wire::Dialect;

#[tokio::test]
async fn both_attempts_are_shown_with_why_the_first_ended_and_the_tokens_of_the_second() {
    let house = house().await;
    for (script, rule) in [
        ("long-cut", "default/cut"),
        ("long-truncated", ""),
        ("long-stall", "default/silent"),
        ("long-error", ""),
    ] {
        all(Dialect::ALL, async |client| {
            let mark = format!("record-{client}");
            let targets = [model(Dialect::Messages, script, &mark), model(Dialect::Gemini, "long", &mark)];
            let name = combo(&house, &targets, json!({})).await;
            let answer = ask(&house, client, &name, &Wish::default()).await;
            let page = formats::page(&house, &answer).await;
            let (row, counts) = (&page["row"], counts(Dialect::Gemini));
            assert_eq!((&row["outcome"], &row["status"]), (&json!("answered"), &json!(200)), "{page:#}");
            assert_eq!((&row["attempts"], &row["error"]), (&json!(2), &json!("")), "{page:#}");
            assert_eq!(row["asked"], name, "{page:#}");
            assert_eq!(row["target"], targets[1], "{page:#}");
            assert_eq!(page["upstream_dialect"], "gemini", "{page:#}");
            assert_eq!(row["tokens"]["output"], counts.output, "{page:#}");
            assert_eq!(row["tokens"]["input"], counts.input, "{page:#}");
            let [first, second] = page["attempts"].as_array().unwrap().as_slice() else {
                panic!("two attempts: {page:#}")
            };
            assert_eq!((&first["target"], &first["cause"]), (&json!(targets[0]), &json!("plan")), "{page:#}");
            assert_eq!(first["verdict"], "had another one go on", "{page:#}");
            assert!(!first["error"].as_str().unwrap().is_empty(), "{page:#}");
            let told = first["rule"].as_str().unwrap();
            assert!(told.starts_with("default/") && told.contains(rule), "{script}: {page:#}");
            assert_eq!((&first["status"], &first["won"]), (&json!(200), &json!(true)), "{page:#}");
            assert_eq!(
                (&second["target"], &second["cause"]),
                (&json!(targets[1]), &json!("rescue")),
                "{page:#}"
            );
            assert_eq!((&second["status"], &second["won"]), (&json!(200), &json!(true)), "{page:#}");
            assert_eq!((&second["verdict"], &second["error"]), (&json!(""), &json!("")), "{page:#}");
            let (first_ms, start) =
                (first["total_ms"].as_i64().unwrap(), second["start_ms"].as_i64().unwrap());
            assert!(first_ms > 0 && start >= first_ms, "one after the other: {page:#}");
            assert_eq!(answer.header("x-ninerouter-target"), targets[0], "who began is known when it begins");
        })
        .await;
    }
    let rows = house.read("/api/v1/accounts").await;
    for row in rows.as_array().unwrap() {
        assert_eq!(row["health"], "ready", "{row:#}");
    }
}
