//! Bad input to the management API: named by its member, and nothing is changed.

use crate::support::client::Answer;
use crate::support::{CHAT, House, MESSAGES, PASSWORD};
use http::Method;
use serde_json::{Value, json};

fn problem(answer: &Answer, status: u16, field: &str) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    let error = answer.value()["error"].clone();
    assert_eq!(error["field"].as_str().unwrap_or_default(), field, "{error}");
    let message = error["message"].as_str().unwrap().to_owned();
    assert!(message.len() > 10, "{message}");
    message
}

fn endpoint(base_url: &str) -> Value {
    json!({ "name": "Mine", "prefix": "mine", "dialect": "chat", "base_url": base_url, "models": [] })
}

#[tokio::test]
async fn a_base_url_that_makes_no_sense_is_refused() {
    let house = House::open().await;
    for url in [
        "",
        "llm.example.com/v1",
        "ftp://llm.example.com",
        "http://",
        "file:///etc/passwd",
        "https://ada:pw@1.1.1.1/v1",
        "https://1.1.1.1/v1?key=x",
        "https://1.1.1.1/v1#x",
        "http://no-such-host.invalid/v1",
    ] {
        let answer = house.api(Method::POST, "/api/v1/endpoints", endpoint(url)).await;
        let said = problem(&answer, 400, "base_url");
        assert!(!said.contains("ada:pw"), "{said}");
    }
    assert_eq!(house.read("/api/v1/endpoints").await, json!([]));
}

#[tokio::test]
async fn a_base_url_on_a_private_network_needs_the_person_s_word() {
    let house = House::open().await;
    for url in [
        "http://127.0.0.1:11434/v1",
        "http://localhost:11434/v1",
        "http://[::1]:11434/v1",
        "http://10.0.0.5/v1",
        "http://192.168.1.1/v1",
        "http://172.20.0.1/v1",
        "http://169.254.169.254/latest",
        "http://0x7f000001/v1",
        "http://2130706433/v1",
        "http://127.1/v1",
        "http://0.0.0.0/v1",
        "http://[::ffff:10.0.0.1]/v1",
        "http://[fd00::1]/v1",
    ] {
        let answer = house.api(Method::POST, "/api/v1/endpoints", endpoint(url)).await;
        let said = problem(&answer, 400, "base_url");
        assert!(said.contains("own network"), "{url}: {said}");
    }
    assert_eq!(house.read("/api/v1/endpoints").await, json!([]));
    let mut marked = endpoint("http://127.0.0.1:11434/v1");
    marked["private_network"] = json!(true);
    house.made("/api/v1/endpoints", marked).await;
    let answer =
        house.api(Method::PUT, "/api/v1/endpoints/mine", endpoint("http://127.0.0.1:11434/v1")).await;
    problem(&answer, 400, "base_url");
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict() {
    let house = House::with_accounts(&["key-one"]).await;
    house.made("/api/v1/aliases", json!({ "name": "fast", "model": "oai/ok" })).await;
    house.made("/api/v1/combos", json!({ "name": "best", "targets": [{ "model": "oai/ok" }] })).await;
    let mut same = endpoint(&house.provider.base());
    same["private_network"] = json!(true);
    let with_prefix = |prefix: &str| {
        let mut endpoint = same.clone();
        endpoint["prefix"] = json!(prefix);
        endpoint
    };
    let target = json!([{ "model": "oai/ok" }]);
    for (path, body, field) in [
        ("/api/v1/keys", json!({ "name": "laptop" }), "name"),
        ("/api/v1/accounts", json!({ "provider": CHAT, "name": "account key-one", "key": "key-x" }), "name"),
        ("/api/v1/endpoints", with_prefix(CHAT), "prefix"),
        ("/api/v1/endpoints", with_prefix("openai"), "prefix"),
        ("/api/v1/aliases", json!({ "name": "fast", "model": "oai/ok" }), "name"),
        ("/api/v1/aliases", json!({ "name": "best", "model": "oai/ok" }), "name"),
        ("/api/v1/combos", json!({ "name": "best", "targets": target }), "name"),
        ("/api/v1/combos", json!({ "name": "fast", "targets": target }), "name"),
    ] {
        let answer = house.api(Method::POST, path, body).await;
        let said = problem(&answer, 409, field);
        assert!(said.contains("Choose another"), "{path}: {said}");
    }
    let two = house.made("/api/v1/keys", json!({ "name": "desktop" })).await;
    let path = format!("/api/v1/keys/{}", two["row"]["id"]);
    problem(&house.api(Method::PATCH, &path, json!({ "name": "laptop" })).await, 409, "name");
    let id = house.account(CHAT, "key-two").await;
    let path = format!("/api/v1/accounts/{id}");
    problem(&house.api(Method::PATCH, &path, json!({ "name": "account key-one" })).await, 409, "name");
    house.account(MESSAGES, "key-two").await;
}

#[tokio::test]
async fn unknown_missing_and_repeated_members_are_named() {
    let house = House::with_accounts(&[]).await;
    for (method, path, body) in [
        (Method::POST, "/api/v1/keys", r#"{"name":"x","colour":1}"#),
        (Method::POST, "/api/v1/accounts", r#"{"provider":"oai","colour":1}"#),
        (
            Method::POST,
            "/api/v1/endpoints",
            r#"{"name":"x","prefix":"x","dialect":"chat","base_url":"x","colour":1}"#,
        ),
        (Method::POST, "/api/v1/aliases", r#"{"name":"x","model":"oai/ok","colour":1}"#),
        (Method::POST, "/api/v1/combos", r#"{"name":"x","targets":[{"model":"oai/ok","colour":1}]}"#),
        (Method::PUT, "/api/v1/settings/policy", r#"{"colour":1}"#),
        (Method::POST, "/api/v1/password", r#"{"current":"x","new":"y","colour":1}"#),
        (Method::POST, "/api/v1/login", r#"{"password":"x","colour":1}"#),
        (Method::POST, "/api/v1/keys", r#"{"colour":"x"}"#),
        (Method::POST, "/api/v1/keys", r#"{"name":"colour","name":"colour"}"#),
        (Method::POST, "/api/v1/aliases", r#"{"name":"a","model":"oai/ok","model":"colour"}"#),
    ] {
        let bearer = format!("Bearer {}", house.bearer);
        let answer = house.client.send(method, path, &[("authorization", &bearer)], body.into()).await;
        assert_eq!(answer.status, 400, "{path} {body}: {answer:?}");
        let said = answer.message();
        let named = ["colour", "duplicate field"].iter().any(|words| said.contains(words));
        assert!(named, "{path} {body}: {said}");
    }
    for body in ["", "not json", "[]", "{", "null", r#"{"name":7}"#] {
        let bearer = format!("Bearer {}", house.bearer);
        let answer =
            house.client.send(Method::POST, "/api/v1/keys", &[("authorization", &bearer)], body.into()).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert!(answer.message().len() > 15, "{answer:?}");
    }
    assert_eq!(house.read("/api/v1/keys").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn values_that_cannot_work_are_refused_by_name() {
    let house = House::with_accounts(&[]).await;
    let before = house.read("/api/v1/settings").await["policy"].clone();
    for (field, value) in [
        ("retention_days", json!(0)),
        ("retention_days", json!(-1)),
        ("max_body_bytes", json!(10)),
        ("max_body_bytes", json!(1_i64 << 40)),
        ("connect_ms", json!(0)),
        ("first_byte_ms", json!(-5)),
        ("whole_reply_ms", json!(99_999_999)),
        ("idle_ms", json!(0)),
    ] {
        let mut policy = before.clone();
        policy[field] = value;
        let answer = house.api(Method::PUT, "/api/v1/settings/policy", policy).await;
        problem(&answer, 400, field);
    }
    assert_eq!(house.read("/api/v1/settings").await["policy"], before, "nothing was changed");
    for (path, body, status, field) in [
        ("/api/v1/accounts", json!({ "provider": "nobody", "key": "k" }), 404, "provider"),
        ("/api/v1/accounts", json!({ "provider": "openai", "key": "" }), 400, "key"),
        ("/api/v1/accounts", json!({ "provider": "openai", "key": "two words" }), 400, "key"),
        ("/api/v1/accounts", json!({ "provider": "openai", "key": "line\nbreak" }), 400, "key"),
        ("/api/v1/accounts", json!({ "provider": "openai", "key": "k".repeat(9000) }), 400, "key"),
        ("/api/v1/keys", json!({ "name": "  " }), 400, "name"),
        ("/api/v1/keys", json!({ "name": "a\nb" }), 400, "name"),
        ("/api/v1/keys", json!({ "name": "x".repeat(81) }), 400, "name"),
        ("/api/v1/aliases", json!({ "name": "a b", "model": "oai/ok" }), 400, "name"),
        ("/api/v1/aliases", json!({ "name": "a", "model": "nobody/ok" }), 400, "model"),
        ("/api/v1/combos", json!({ "name": "c", "targets": [] }), 400, "targets"),
        (
            "/api/v1/combos",
            json!({ "name": "c", "targets": [{ "model": "nobody/ok" }] }),
            400,
            "targets[0].model",
        ),
    ] {
        problem(&house.api(Method::POST, path, body).await, status, field);
    }
    let mut odd = endpoint("https://1.1.1.1/v1");
    odd["prefix"] = json!("Mine/Own");
    problem(&house.api(Method::POST, "/api/v1/endpoints", odd).await, 400, "prefix");
    let mut odd = endpoint("https://1.1.1.1/v1");
    odd["dialect"] = json!("esperanto");
    problem(&house.api(Method::POST, "/api/v1/endpoints", odd).await, 400, "dialect");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed() {
    let house = House::open().await;
    for (method, path, body) in [
        (Method::PATCH, "/api/v1/accounts/77", json!({ "enabled": true })),
        (Method::DELETE, "/api/v1/accounts/77", Value::Null),
        (Method::POST, "/api/v1/accounts/77/test", Value::Null),
        (Method::POST, "/api/v1/accounts/77/unpark", Value::Null),
        (
            Method::PUT,
            "/api/v1/endpoints/none",
            json!({ "name": "x", "prefix": "none", "dialect": "chat", "base_url": "https://1.1.1.1/v1" }),
        ),
        (Method::DELETE, "/api/v1/endpoints/none", Value::Null),
        (Method::PATCH, "/api/v1/keys/77", json!({ "name": "x" })),
        (Method::DELETE, "/api/v1/keys/77", Value::Null),
        (Method::PUT, "/api/v1/aliases/none", json!({ "name": "none", "model": "openai/gpt-5.5" })),
        (Method::DELETE, "/api/v1/aliases/none", Value::Null),
        (
            Method::PUT,
            "/api/v1/combos/none",
            json!({ "name": "none", "targets": [{ "model": "openai/gpt-5.5" }] }),
        ),
        (Method::DELETE, "/api/v1/combos/none", Value::Null),
        (Method::GET, "/api/v1/providers/none", Value::Null),
        (Method::GET, "/api/v1/requests/none", Value::Null),
        (Method::GET, "/api/v1/requests/00000000000000000000000000000000", Value::Null),
    ] {
        let answer = house.api(method.clone(), path, body).await;
        assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        assert!(answer.message().len() > 15, "{method} {path}");
    }
}

#[tokio::test]
async fn models_of_an_endpoint_are_a_list_and_in_the_form_a_text() {
    let house = House::open().await;
    let with = |models: Value| {
        json!({
            "name": "Mine", "prefix": "mine", "dialect": "chat", "base_url": "http://127.0.0.1:1/v1",
            "private_network": true, "models": models,
        })
    };
    for models in [json!("one, two"), json!([1]), json!({ "one": true })] {
        let answer = house.api(Method::POST, "/api/v1/endpoints", with(models)).await;
        assert!(problem(&answer, 400, "").contains("does not fit"), "{answer:?}");
    }
    for models in [json!(["one\ntwo"]), json!(["m".repeat(201)])] {
        let answer = house.api(Method::POST, "/api/v1/endpoints", with(models)).await;
        problem(&answer, 400, "models");
    }
    assert_eq!(house.read("/api/v1/endpoints").await, json!([]));

    let listed = async |prefix: &str| {
        let detail = house.read(&format!("/api/v1/providers/{prefix}")).await;
        let models = detail["models"].as_array().unwrap().iter();
        models.map(|model| model["full_name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    house.made("/api/v1/endpoints", with(json!([" one ", "", "a/b, c", "one"]))).await;
    assert_eq!(listed("mine").await, ["mine/one", "mine/a/b, c"]);
    let cookie = house.client.form("/console/log_in", "", &[("name", "admin"), ("password", PASSWORD)]).await;
    let fields = [
        ("name", "Form"),
        ("prefix", "form"),
        ("dialect", "chat"),
        ("base_url", "http://127.0.0.1:1/v1"),
        ("private_network", "true"),
        ("models", "one, two\r\n\r\nthree,"),
    ];
    let made = house.client.form("/console/add_endpoint", &cookie.cookie().unwrap(), &fields).await;
    assert!(made.status < 400, "{made:?}");
    assert_eq!(listed("form").await, ["form/one", "form/two", "form/three"]);
}
