//! Where Ninerouter calls is decided by a person, whom it trusts by the socket: nothing in a request changes either.

use crate::support::{CHAT, House, MESSAGES, chat_body, messages_body};
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use server::router::router;
use server::store::StoredEndpoint;
use std::net::SocketAddr;
use tower::ServiceExt;

/// An endpoint that got into the database by another way than the form.
async fn smuggled(house: &House, prefix: &str, dialect: &str, base_url: String) -> i64 {
    let endpoint = StoredEndpoint {
        prefix: prefix.to_owned(),
        name: prefix.to_owned(),
        dialect: dialect.to_owned(),
        base_url,
        private_network: false,
        models: vec!["ok".to_owned()],
    };
    house.app.store.add_endpoint(&endpoint, 0).await.unwrap();
    house.app.republish().await.unwrap();
    house.account(prefix, "key-one").await
}

#[tokio::test]
async fn a_private_address_is_refused_again_when_the_call_is_made() {
    let house = House::open().await;
    let port = house.provider.address.port();
    let hosts = ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "2130706433"];
    for (index, host) in hosts.into_iter().enumerate() {
        let prefix = format!("p{index}");
        let id = smuggled(&house, &prefix, "chat", format!("http://{host}:{port}/v1")).await;
        for stream in [false, true] {
            let answer =
                house.send("/v1/chat/completions", &[], chat_body(&format!("{prefix}/ok"), stream)).await;
            assert_eq!(answer.status, 502, "{host}: {answer:?}");
            assert!(answer.message().contains("private network"), "{host}: {answer:?}");
        }
        let tested =
            house.api(Method::POST, &format!("/api/v1/accounts/{id}/test"), Value::Null).await.value();
        assert_eq!(tested["ok"], false, "{host}: {tested}");
    }
    assert_eq!(house.provider.seen().len(), 0, "nobody was called");
}

#[tokio::test]
async fn an_endpoint_that_loses_its_mark_is_called_no_more() {
    let house = House::with_accounts(&["key-one"]).await;
    assert_eq!(house.chat("ok", false).await.status, 200);
    let mut endpoint =
        house.app.store.endpoints().await.unwrap().into_iter().find(|one| one.prefix == CHAT).unwrap();
    endpoint.private_network = false;
    house.app.store.change_endpoint(&endpoint).await.unwrap();
    house.app.republish().await.unwrap();
    // A connection from before is still open: it is no way around.
    let answer = house.chat("ok", false).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    assert_eq!(house.provider.seen().len(), 1);
    assert_eq!(house.messages("ok", false).await.status, 200, "the other endpoint keeps its mark");
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let house = House::with_accounts(&["key-one"]).await;
    for answer in [house.chat("redirect", false).await, house.messages("redirect", true).await] {
        assert!(answer.status >= 500, "{answer:?}");
        assert_eq!(answer.header("location"), "", "nor handed to the client: {answer:?}");
    }
    for seen in house.provider.seen() {
        assert!(!seen.line.contains("stolen"), "{seen:?}");
    }
}

#[tokio::test]
async fn a_request_cannot_name_its_provider_s_host() {
    let house = House::with_accounts(&["key-one"]).await;
    let body = messages_body(&format!("{MESSAGES}/ok"), false).replacen(
        '{',
        r#"{"api_base":"http://10.9.9.9","base_url":"http://10.9.9.9","api_key":"x","#,
        1,
    );
    let headers = [
        ("x-api-base", "http://10.9.9.9"),
        ("x-forwarded-host", "10.9.9.9"),
        ("x-original-url", "http://10.9.9.9/"),
    ];
    assert_eq!(house.send("/v1/messages", &headers, body).await.status, 200);
    let seen = house.provider.only();
    assert_eq!(seen.line, "POST /v1/messages");
    assert_eq!(seen.header("x-api-key"), Some("key-one"));
    assert_eq!(seen.header("host"), Some(house.provider.address.to_string().as_str()));
    for model in ["http://10.9.9.9/v1", "//10.9.9.9/x", "../ok", "oai@10.9.9.9/ok"] {
        let answer = house.send("/v1/messages", &[], messages_body(model, false)).await;
        assert_eq!(answer.status, 404, "{model}: {answer:?}");
    }
    let path = "ant/../../v1/stolen?x=1#";
    let answer = house.send("/v1/messages", &[], messages_body(path, false)).await;
    assert_eq!(answer.status, 200, "a model's name is only a name: {answer:?}");
    assert_eq!(house.provider.seen().pop().unwrap().line, "POST /v1/messages");
}

/// Asks the router as if the connection came from `peer`.
async fn from(house: &House, peer: &str, headers: &[(&str, &str)]) -> u16 {
    let body = chat_body(&format!("{CHAT}/ok"), false);
    let mut request = Request::post("/v1/chat/completions").header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body)).unwrap();
    request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    router(&house.app).oneshot(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn only_the_socket_makes_a_client_local() {
    let house = House::with_accounts(&["key-one"]).await;
    const HERE: (&str, &str) = ("host", "127.0.0.1:20128");
    assert_eq!(
        from(&house, "127.0.0.1:5000", &[HERE]).await,
        401,
        "a key is needed unless a person says otherwise"
    );
    house.policy(json!({ "require_key": false })).await;
    for (peer, host) in [
        ("127.0.0.1:5000", "localhost:20128"),
        ("127.0.0.1:5000", "127.0.0.1"),
        ("[::1]:5000", "[::1]:20128"),
    ] {
        assert_eq!(from(&house, peer, &[("host", host)]).await, 200, "{peer} {host}");
    }
    let spoofed: [&[(&str, &str)]; 9] = [
        &[HERE],
        &[("host", "localhost")],
        &[HERE, ("x-forwarded-for", "127.0.0.1")],
        &[HERE, ("x-real-ip", "127.0.0.1")],
        &[HERE, ("forwarded", "for=127.0.0.1")],
        &[HERE, ("x-9r-real-ip", "127.0.0.1")],
        &[HERE, ("x-forwarded-host", "localhost")],
        &[HERE, ("cf-connecting-ip", "127.0.0.1")],
        &[HERE, ("true-client-ip", "127.0.0.1")],
    ];
    for headers in spoofed {
        for peer in
            ["192.168.1.9:5000", "203.0.113.9:5000", "[2001:db8::1]:5000", "[::ffff:192.168.1.9]:5000"]
        {
            assert_eq!(from(&house, peer, headers).await, 401, "{peer} {headers:?}");
        }
    }
    // Behind a proxy of this machine, or a web page that gave its own name our address.
    let led_here: [&[(&str, &str)]; 5] = [
        &[HERE, ("x-forwarded-for", "203.0.113.9")],
        &[HERE, ("forwarded", "for=203.0.113.9")],
        &[HERE, ("via", "1.1 tunnel")],
        &[("host", "evil.example")],
        &[("host", "localhost.evil.example")],
    ];
    for headers in led_here {
        assert_eq!(from(&house, "127.0.0.1:5000", headers).await, 401, "{headers:?}");
    }
    let key = format!("Bearer {}", house.key);
    for peer in ["127.0.0.1:5000", "203.0.113.9:5000"] {
        let headers =
            [("host", "router.example.com"), ("x-forwarded-for", "9.9.9.9"), ("authorization", key.as_str())];
        assert_eq!(from(&house, peer, &headers).await, 200, "a key opens from {peer}");
    }
}

#[tokio::test]
async fn the_operator_can_require_keys_whatever_the_settings_say() {
    let house = House::furnished(House::bare(&[("REQUIRE_API_KEY", "true")]).await).await;
    house.policy(json!({ "require_key": false })).await;
    let answer = house.client.send(Method::GET, "/v1/models", &[], Bytes::new()).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(!house.read("/api/v1/settings").await["key_lock"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn models_are_listed_in_the_shape_of_the_one_who_asks() {
    let house = House::with_accounts(&["key-one"]).await;
    let key = house.key.clone();
    let openai =
        house.client.send(Method::GET, "/v1/models", &[("x-api-key", &key)], Bytes::new()).await.value();
    assert_eq!(openai["object"], "list");
    let names: Vec<&str> =
        openai["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["ant/ok", "ant/tool-call", "ant/reasoning", "oai/ok", "oai/tool-call", "oai/reasoning"]
    );
    let headers = [("x-api-key", key.as_str()), ("anthropic-version", "2023-06-01")];
    let anthropic = house.client.send(Method::GET, "/v1/models", &headers, Bytes::new()).await.value();
    assert_eq!((&anthropic["has_more"], &anthropic["data"][0]["type"]), (&json!(false), &json!("model")));
    let one = house.client.send(Method::GET, "/v1/models/oai/ok", &headers, Bytes::new()).await.value();
    assert_eq!((&one["id"], &one["type"]), (&json!("oai/ok"), &json!("model")));
}
