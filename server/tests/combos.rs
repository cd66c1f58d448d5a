//! Combos as a person makes them: refused by name where they make no sense, kept across restarts, explained and tried;
//! and budgets that send requests elsewhere once they are used up.

use crate::support::{CHAT, House, MESSAGES, PASSWORD, Provider, chat_body, until};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

const OK: &str = "oai/ok";
const OTHER: &str = "ant/ok";

fn combo(name: &str, models: &[&str]) -> Value {
    let targets: Vec<Value> = models.iter().map(|model| json!({ "model": model })).collect();
    json!({ "name": name, "targets": targets })
}

/// A combo with some members changed.
fn with(mut combo: Value, change: Value) -> Value {
    combo.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    combo
}

async fn refused(house: &House, method: Method, path: &str, body: Value, status: u16, field: &str) -> String {
    let answer = house.api(method.clone(), path, body).await;
    assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    let error = answer.value()["error"].clone();
    assert_eq!(error["field"].as_str().unwrap_or_default(), field, "{error}");
    let message = error["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with('.') && message.len() > 20, "a sentence: {message}");
    message
}

async fn change(house: &House, path: &str, body: Value) -> Value {
    let method = if path.contains("/accounts/") { Method::PATCH } else { Method::PUT };
    let answer = house.api(method, path, body).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.value()
}

/// The page, as the browser gets it.
async fn page(house: &House) -> Value {
    let login = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &login).await.cookie().unwrap();
    let answer = house.client.form("/console/combos", &cookie, &[]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.value()
}

async fn plan(house: &House, model: &str) -> Value {
    let answer = house.api(Method::POST, "/api/v1/route", json!({ "model": model })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.value()
}

fn targets(plan: &Value) -> Vec<&str> {
    plan["steps"].as_array().unwrap().iter().map(|step| step["target"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_combo_that_makes_no_sense_is_refused_by_the_member_at_fault() {
    let house = House::with_accounts(&["key-one"]).await;
    house.made("/api/v1/combos", combo("base", &[OK])).await;
    house.made("/api/v1/aliases", json!({ "name": "fast", "model": OK })).await;
    let target = |change: Value| json!({ "targets": [with(json!({ "model": OK }), change)] });
    let budget = |amount: i64| json!({ "measure": "tokens", "amount": amount, "period": "day" });
    let c = || combo("c", &[OK]);
    let cases = [
        (combo("", &[OK]), 400, "name", "letters"),
        (combo("a/b", &[OK]), 400, "name", "letters"),
        (combo("base", &[OK]), 409, "name", "exists"),
        (combo("fast", &[OK]), 409, "name", "exists"),
        (combo("c", &[]), 400, "targets", "at least one"),
        (combo("c", &[OK, "nobody/ok"]), 400, "targets[1].model", "no provider \"nobody\""),
        (combo("c", &["gone"]), 400, "targets[0].model", "no combo or alias \"gone\""),
        (combo("c", &["oai/"]), 400, "targets[0].model", "names no model"),
        (combo("c", &[OK, OTHER, OK]), 400, "targets[2].model", "twice"),
        (combo("c", &[OK, "fast"]), 400, "targets[1].model", "twice"),
        (combo("c", &["base", "base"]), 400, "targets[1].model", "twice"),
        (combo("c", &[OK, "c"]), 400, "targets[1].model", "c -> c"),
        (with(c(), target(json!({ "weight": 0 }))), 400, "targets[0].weight", "between 1 and 1000"),
        (with(c(), target(json!({ "weight": 1001 }))), 400, "targets[0].weight", "between 1 and 1000"),
        (with(c(), target(json!({ "budget": budget(0) }))), 400, "targets[0].budget.amount", "at least 1"),
        (
            with(c(), target(json!({ "model": "base", "budget": budget(5) }))),
            400,
            "targets[0].budget.amount",
            "a combo itself",
        ),
        (with(c(), json!({ "first_token_ms": 99 })), 400, "first_token_ms", "0.1 seconds"),
        (with(c(), json!({ "first_token_ms": 600_001 })), 400, "first_token_ms", "10 minutes"),
        (with(c(), json!({ "stall_ms": 499 })), 400, "stall_ms", "0.5 seconds"),
        (with(c(), json!({ "stall_ms": 600_001 })), 400, "stall_ms", "10 minutes"),
        (with(c(), json!({ "max_attempts": 0 })), 400, "max_attempts", "1 and 50"),
        (with(c(), json!({ "max_attempts": 51 })), 400, "max_attempts", "1 and 50"),
    ];
    for (body, status, field, part) in cases {
        let said = refused(&house, Method::POST, "/api/v1/combos", body.clone(), status, field).await;
        assert!(said.contains(part), "{body}: {said}");
    }
    let odd = with(c(), json!({ "strategy": "luck" }));
    assert_eq!(house.api(Method::POST, "/api/v1/combos", odd).await.status, 400);
    let kept = house.read("/api/v1/combos").await;
    assert_eq!(kept.as_array().unwrap().len(), 1, "nothing was made: {kept}");
}

#[tokio::test]
async fn a_combo_that_contains_itself_through_others_is_refused_with_the_way_round() {
    let house = House::with_accounts(&["key-one"]).await;
    house.made("/api/v1/combos", combo("a", &[OK])).await;
    house.made("/api/v1/combos", combo("b", &["a"])).await;
    house.made("/api/v1/combos", combo("c", &[OTHER, "b"])).await;
    let put = |name: &str, body: Value| {
        let path = format!("/api/v1/combos/{name}");
        async { (refused(&house, Method::PUT, &path, body, 400, "targets[1].model").await, path) }
    };
    let (said, _) = put("a", combo("a", &[OK, "b"])).await;
    assert!(said.contains("a -> b -> a"), "{said}");
    let (said, _) = put("a", combo("a", &[OK, "c"])).await;
    assert!(said.contains("a -> c -> b -> a"), "{said}");
    // Under a new name as well: the others follow it.
    let (said, path) = put("a", combo("z", &[OK, "b"])).await;
    assert!(said.contains("z -> b -> z"), "{said}");
    change(&house, &path, combo("z", &[OK])).await;
    let b = house.read("/api/v1/combos").await;
    let b = b.as_array().unwrap().iter().find(|combo| combo["name"] == "b").unwrap().clone();
    assert_eq!(b["targets"][0]["model"], "z", "whoever named it names it by its new name");
    assert_eq!(targets(&plan(&house, "c").await), [OTHER, OK]);
}

#[tokio::test]
async fn what_combos_use_stays_until_they_let_go_of_it() {
    let house = House::with_accounts(&["key-one"]).await;
    house.made("/api/v1/combos", combo("a", &[OK])).await;
    house.made("/api/v1/aliases", json!({ "name": "quick", "model": OTHER })).await;
    house.made("/api/v1/combos", combo("b", &["a", "quick"])).await;
    house.made("/api/v1/combos", combo("c", &["a"])).await;
    for (path, names) in [
        ("/api/v1/combos/a", vec!["\"b\"", "\"c\""]),
        ("/api/v1/aliases/quick", vec!["\"b\""]),
        ("/api/v1/endpoints/oai", vec!["\"a\""]),
        ("/api/v1/endpoints/ant", vec!["\"b\""]),
    ] {
        let said = refused(&house, Method::DELETE, path, Value::Null, 409, "").await;
        assert!(names.iter().all(|name| said.contains(name)), "{path}: {said}");
    }
    for path in ["/api/v1/combos/b", "/api/v1/combos/c", "/api/v1/combos/a", "/api/v1/aliases/quick"] {
        assert_eq!(house.api(Method::DELETE, path, Value::Null).await.status, 204, "{path}");
    }
    assert_eq!(house.api(Method::DELETE, "/api/v1/endpoints/oai", Value::Null).await.status, 204);
}

#[tokio::test]
async fn everything_of_a_combo_rotation_and_budgets_is_there_after_a_restart() {
    let house = House::with_accounts(&["key-one"]).await;
    let budget = json!({ "measure": "cost", "amount": 2_500_000_000_i64, "period": "month" });
    let whole = json!({
        "name": "best",
        "targets": [
            { "model": OK, "enabled": false, "weight": 7, "budget": budget },
            { "model": OTHER, "enabled": true, "weight": 1, "budget": null },
        ],
        "enabled": true, "strategy": "drain-first", "first_token_ms": 4000, "stall_ms": 9000, "hedge": false,
        "rescue": false, "max_attempts": 3, "terse": "full",
    });
    assert_eq!(house.made("/api/v1/combos", whole.clone()).await, whole);
    let id = house.read("/api/v1/accounts").await[0]["id"].as_i64().unwrap();
    let account = format!("/api/v1/accounts/{id}");
    assert_eq!(change(&house, &account, json!({ "budget": budget })).await["budget"], budget);
    let unchanged = change(&house, &account, json!({ "enabled": true })).await;
    assert_eq!(unchanged["budget"], budget, "what is not stated stays");
    let rotation = |word: &str| json!({ "rotation": word });
    let path = format!("/api/v1/providers/{CHAT}/rotation");
    assert_eq!(change(&house, &path, rotation("round-robin")).await["rotation"], "round-robin");
    house
        .policy(json!({ "first_token_ms": 5000, "stall_ms": 6000, "affinity_ms": 0, "circuit_ms": 7000 }))
        .await;

    let house = house.restarted().await;
    assert_eq!(house.read("/api/v1/combos").await, json!([whole]));
    assert_eq!(house.account_row(id).await["budget"], budget);
    let rotation_of = async |provider: &str| {
        house.read(&format!("/api/v1/providers/{provider}")).await["row"]["rotation"].clone()
    };
    assert_eq!(
        (rotation_of(CHAT).await, rotation_of(MESSAGES).await),
        (json!("round-robin"), json!("fill-first"))
    );
    assert_eq!(house.read("/api/v1/settings").await["policy"]["circuit_ms"], 7000);
    assert_eq!(change(&house, &account, json!({ "budget": null })).await["budget"], Value::Null);
    change(&house, &path, rotation("fill-first")).await;
    assert_eq!(rotation_of(CHAT).await, "fill-first");

    let none = json!({ "measure": "tokens", "amount": 0, "period": "day" });
    refused(&house, Method::PATCH, &account, json!({ "budget": none }), 400, "budget.amount").await;
    for (body, status) in [(rotation("luck"), 400), (json!({}), 400)] {
        assert_eq!(house.api(Method::PUT, &path, body).await.status, status);
    }
    let gone = house.api(Method::PUT, "/api/v1/providers/nobody/rotation", rotation("round-robin")).await;
    assert_eq!(gone.status, 404, "{gone:?}");
    for (field, value) in [("first_token_ms", 99), ("stall_ms", 499), ("affinity_ms", -1), ("circuit_ms", 0)]
    {
        let mut policy = house.read("/api/v1/settings").await["policy"].clone();
        policy[field] = json!(value);
        refused(&house, Method::PUT, "/api/v1/settings/policy", policy, 400, field).await;
    }
}

#[tokio::test]
async fn a_used_up_budget_sends_requests_elsewhere_and_survives_a_restart() {
    let house = House::with_accounts(&["key-one"]).await;
    let budget = json!({ "measure": "tokens", "amount": 1, "period": "day" });
    let body = with(
        combo("best", &[]),
        json!({ "targets": [{ "model": OK, "budget": budget }, { "model": OTHER }] }),
    );
    house.made("/api/v1/combos", body).await;
    house.made("/api/v1/combos", combo("outer", &["best"])).await;
    let ask = async |house: &House| {
        let answer = house.send("/v1/chat/completions", &[], chat_body("outer", false)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.header("x-ninerouter-target").to_owned()
    };
    assert_eq!(ask(&house).await, OK);
    let state = async |house: &House| page(house).await["cards"][0]["states"][0].clone();
    until("what it spent", async || (state(&house).await["spent"] != 0).then_some(())).await;
    assert_eq!(ask(&house).await, OTHER, "asked for through another combo, it counts as well");
    let house = house.restarted().await;
    assert_eq!(ask(&house).await, OTHER);
    let kept = state(&house).await;
    assert_eq!(kept["health"], "waiting", "{kept}");
    assert!(kept["spent"].as_i64().unwrap() > 1 && kept["waits_until"].as_i64().unwrap() > 0, "{kept}");
    assert!(kept["sentence"].as_str().unwrap().contains("used up today"), "{kept}");
    let why = plan(&house, "best").await["exclusions"].to_string();
    assert!(why.contains("budget of 1 token is used up today"), "{why}");

    // The account's own budget, which its rows tell about.
    let id = house
        .read("/api/v1/accounts")
        .await
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["provider_id"] == MESSAGES)
        .unwrap()["id"]
        .as_i64()
        .unwrap();
    let rows = house.records(3).await;
    let both =
        rows.iter().filter(|row| row["target"] == OTHER).flat_map(|row| row["tokens"].as_object().unwrap());
    let both: i64 = both.map(|(_, count)| count.as_i64().unwrap()).sum();
    let before = until("what both requests spent", async || {
        Some(house.account_row(id).await).filter(|row| row["spent"]["tokens"] == both)
    })
    .await;
    assert_eq!(before["health"], "ready", "{before}");
    let row = change(&house, &format!("/api/v1/accounts/{id}"), json!({ "budget": budget })).await;
    assert_eq!((&row["health"], &row["spent"]), (&json!("parked"), &before["spent"]), "{row}");
    assert!(row["sentence"].as_str().unwrap().contains("The budget of 1 token is used up today"), "{row}");
    let answer = house.send("/v1/chat/completions", &[], chat_body("best", false)).await;
    assert_eq!(answer.status, 429, "{answer:?}");
}

#[tokio::test]
async fn a_name_is_explained_and_tried() {
    let house = House::with_accounts(&["key-one"]).await;
    let turns = json!({ "strategy": "round-robin" });
    house.made("/api/v1/combos", with(combo("turns", &[OK, OTHER]), turns)).await;
    let first = plan(&house, "turns").await;
    assert_eq!(
        (&first["asked"], &first["combo"], &first["fault"]),
        (&json!("turns"), &json!("turns"), &json!(""))
    );
    assert_eq!(targets(&first).len(), 2);
    assert_eq!(plan(&house, "turns").await, first, "looking takes nobody's turn");
    assert!(house.provider.seen().is_empty(), "and sends nothing");

    let unknown = plan(&house, "nobody-knows").await;
    assert!(unknown["fault"].as_str().unwrap().contains("nobody-knows"), "{unknown}");
    for path in ["/api/v1/route", "/api/v1/try"] {
        refused(&house, Method::POST, path, json!({ "model": "  " }), 400, "model").await;
        assert_eq!(house.api(Method::POST, path, json!({ "name": "x" })).await.status, 400);
    }

    let tried = house.api(Method::POST, "/api/v1/try", json!({ "model": OK })).await.value();
    assert_eq!((&tried["ok"], &tried["sentence"]), (&json!(true), &json!("oai/ok answered.")), "{tried}");
    let row = house.record().await;
    assert_eq!(
        (&row["client"], &row["key"], &row["asked"]),
        (&json!("Ninerouter dashboard"), &json!(""), &json!(OK))
    );
    let failed = house.api(Method::POST, "/api/v1/try", json!({ "model": "oai/error-500" })).await.value();
    assert_eq!(failed["ok"], false, "{failed}");
    assert!(failed["sentence"].as_str().unwrap().len() > 15, "{failed}");
}

#[tokio::test]
async fn the_page_says_how_each_target_is_doing() {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    std::fs::create_dir(folder.path().join("providers")).unwrap();
    let file = folder.path().join("providers/passing.toml");
    let text = format!(
        "id = \"passing\"\nname = \"Passing\"\ntier = \"cheap\"\n[auth]\nkind = \"key\"\n[[speaks]]\n\
         dialect = \"chat\"\nurl = \"{}/chat/completions\"\n[[model]]\nid = \"ok\"\nname = \"Good\"\n\
         context = 1000\nprice = {{ input = 3.0, output = 15.0 }}\n",
        provider.base()
    );
    std::fs::write(&file, text).unwrap();
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    house.endpoints(&house.provider.base()).await;
    house.account("passing", "key-one").await;
    house.account(CHAT, "key-one").await;
    house.account(CHAT, "key-bad").await;
    house.made("/api/v1/combos", combo("inner", &[OK])).await;
    let body = json!({ "targets": [
        { "model": "passing/ok" }, { "model": OK }, { "model": OTHER }, { "model": "inner" },
        { "model": "openai/gpt-5.5", "enabled": false },
    ] });
    let outer = with(combo("outer", &[]), body);
    house.made("/api/v1/combos", outer.clone()).await;
    let states = async |house: &House| page(house).await["cards"][1]["states"].clone();
    let told = |states: &Value| -> Vec<(String, String)> {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        states
            .as_array()
            .unwrap()
            .iter()
            .map(|state| (word(&state["health"]), word(&state["sentence"])))
            .collect()
    };
    let expected = [
        ("ready", "1 account ready"),
        ("ready", "2 accounts ready"),
        ("unusable", "Scripted messages has no account yet"),
        ("ready", "1 of 1 target ready"),
        ("off", "Switched off in this combo"),
    ];
    let now = states(&house).await;
    assert_eq!(told(&now), expected.map(|(health, sentence)| (health.to_owned(), sentence.to_owned())));
    assert_eq!((&now[0]["context"], &now[0]["tier"]), (&json!(1000), &json!("cheap")));
    assert_eq!(now[0]["price"]["output"], json!(15_000_000_000_i64));
    let shown = page(&house).await;
    let choices: Vec<&str> = shown["choices"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(choices.contains(&"passing/ok") && choices.ends_with(&["inner", "outer"]), "{choices:?}");
    assert_eq!(shown["usual_limits"], json!([12_000, 20_000]));

    // Its provider vanishes: the combo is still there, says so, and can be changed around it.
    std::fs::remove_file(&file).unwrap();
    let house = house.restarted().await;
    let gone = states(&house).await[0].clone();
    assert_eq!((&gone["health"], &gone["tier"]), (&json!("unusable"), &Value::Null), "{gone}");
    assert!(gone["sentence"].as_str().unwrap().contains("Nothing is called passing/ok any more"), "{gone}");
    change(&house, "/api/v1/combos/outer", with(outer, json!({ "enabled": false }))).await;
    refused(&house, Method::POST, "/api/v1/combos", combo("new", &["passing/ok"]), 400, "targets[0].model")
        .await;
}

#[tokio::test]
async fn a_request_that_went_elsewhere_is_told_in_words() {
    let house = House::with_accounts(&["key-one"]).await;
    house.made("/api/v1/combos", combo("best", &["oai/error-429", OTHER])).await;
    let answer = house.send("/v1/chat/completions", &[], chat_body("best", false)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(house.chat("ok", false).await.status, 200, "one that went straight is none of these");
    let rows = house.records(2).await;
    let detail = house.detail(&rows[1]).await;
    assert_eq!(detail["headline"], "Answered by ant/ok after oai/error-429 was rate limited.", "{detail}");
    let plan: Vec<&str> =
        detail["plan"].as_array().unwrap().iter().map(|row| row["target"].as_str().unwrap()).collect();
    assert_eq!(plan, ["oai/error-429", OTHER]);
    assert_eq!(
        (&detail["plan"][0]["tier"], &detail["attempts"][0]["cause"]),
        (&json!("local"), &json!("plan"))
    );
    assert!(detail["attempts"][0]["rule"].as_str().unwrap().ends_with("/rate-limit"), "{detail}");
    assert_eq!(house.detail(&rows[0]).await["plan"], json!([]), "there was nothing to choose");
    let fallbacks = until("the detour", async || {
        let fallbacks = house.read("/api/v1/usage").await["fallbacks"].clone();
        (!fallbacks.as_array().unwrap().is_empty()).then_some(fallbacks)
    })
    .await;
    assert_eq!(fallbacks.as_array().unwrap().len(), 1, "{fallbacks}");
    assert_eq!((&fallbacks[0]["asked"], &fallbacks[0]["id"]), (&json!("best"), &rows[1]["id"]));
    assert_eq!(fallbacks[0]["sentence"], "oai/error-429 was rate limited; ant/ok answered");
}
