//! Nobody gets anywhere without a credential, except where the table of routes says so.

use crate::support::House;
use crate::support::client::Answer;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use server::router::{Access, Route, table};
use std::collections::BTreeSet;

fn method(route: &Route) -> Method {
    use axum::routing::MethodFilter;
    [
        (MethodFilter::GET, Method::GET),
        (MethodFilter::POST, Method::POST),
        (MethodFilter::PUT, Method::PUT),
        (MethodFilter::PATCH, Method::PATCH),
        (MethodFilter::DELETE, Method::DELETE),
    ]
    .into_iter()
    .find(|(filter, _)| *filter == route.method)
    // The doors at the end of a path stand for every method.
    .map_or(Method::POST, |(_, method)| method)
}

/// A path of this route that somebody could ask for.
fn example(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with(['{', ':', '*']) { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn line(route: &Route) -> String {
    format!("{} {}", method(route), route.path)
}

/// Asks with these headers.
async fn ask(house: &House, route: &Route, headers: &[(&str, &str)]) -> Answer {
    let host = format!("http://{}", house.client.address);
    // What every browser and program sends along: none of it lets anybody in.
    let mut all = vec![("origin", host.as_str()), ("sec-fetch-site", "same-origin")];
    all.push(("content-type", if route.path.starts_with("/console") { FORM } else { "application/json" }));
    all.extend(headers);
    let body = if method(route) == Method::GET { Bytes::new() } else { Bytes::from_static(b"{}") };
    house.client.send(method(route), &example(route), &all, body).await
}

const FORM: &str = "application/x-www-form-urlencoded";

fn assert_turned_away(route: &Route, answer: &Answer, door: &str, why: &str) {
    let page = route.access == Access::Person && !route.path.starts_with("/console/");
    let line = line(route);
    if page {
        assert_eq!((answer.status, answer.header("location")), (303, door), "{line} {why}: {answer:?}");
    } else {
        assert_eq!(answer.status, 401, "{line} {why}: {answer:?}");
        assert!(!answer.message_or_own_words().is_empty(), "{line} {why} says why");
    }
}

impl Answer {
    /// Problems of server functions are flat, Ollama's error is a text, all others are inside `error`.
    fn message_or_own_words(&self) -> String {
        let value = self.value();
        let message = value["error"]["message"].as_str().or(value["error"].as_str());
        message.or(value["message"].as_str()).unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn a_stranger_is_turned_away_from_every_route_that_is_not_public() {
    let house = House::open().await;
    let closed: Vec<Route> = table().into_iter().filter(|route| route.access != Access::Public).collect();
    assert!(closed.len() > 50, "the table is whole: {}", closed.len());
    let id = "ninerouter=AAAAAAAAAAAAAAAAAAAAAA";
    let old = format!("Bearer {}x", house.bearer);
    let credentials: [(&str, &[(&str, &str)]); 5] = [
        ("without a credential", &[]),
        ("with a made-up bearer", &[("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.")]),
        ("with a spoilt bearer", &[("authorization", &old)]),
        ("with a made-up session", &[("cookie", id)]),
        ("with a made-up key", &[("x-api-key", "nr-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]),
    ];
    for route in &closed {
        for (why, headers) in credentials {
            assert_turned_away(route, &ask(&house, route, headers).await, "/login", why);
        }
    }
}

#[tokio::test]
async fn a_credential_of_one_kind_opens_no_door_of_another() {
    let house = House::open().await;
    let (bearer, key) = (format!("Bearer {}", house.bearer), format!("Bearer {}", house.key));
    for route in table() {
        let wrong: &[&str] = match route.access {
            Access::Public => &[],
            Access::Caller => &[&bearer],
            Access::Program => &[&key],
            Access::Person => &[&bearer, &key],
        };
        for credential in wrong {
            let answer = ask(&house, &route, &[("authorization", credential)]).await;
            assert_turned_away(&route, &answer, "/login", "with another door's credential");
        }
    }
}

#[tokio::test]
async fn before_the_first_person_every_page_leads_to_set_up_and_everything_else_stays_closed() {
    let house = House::bare(&[]).await;
    for route in table().iter().filter(|route| route.access != Access::Public) {
        assert_turned_away(route, &ask(&house, route, &[]).await, "/setup", "before set-up");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_tells_a_stranger_nothing() {
    let house = House::open().await;
    for path in ["/nothing", "/console/nothing", "/providers/openai", "/admin", "/.env"] {
        let answer = house.client.page(path, "").await;
        assert!(matches!(answer.status, 303 | 401), "{path}: {answer:?}");
    }
    for path in ["/api/v1/nothing", "/v1/nothing", "/api/v1"] {
        let answer = house.client.page(path, "").await;
        assert!(matches!(answer.status, 303 | 401 | 404), "{path}: {answer:?}");
    }
}

#[test]
fn exactly_these_routes_are_public() {
    let public: BTreeSet<String> =
        table().iter().filter(|route| route.access == Access::Public).map(line).collect();
    let expected = [
        "GET /api/v1/openapi.json",
        "GET /callback",
        "GET /favicon.svg",
        "GET /health",
        "GET /login",
        "GET /pkg/{*file}",
        "GET /ready",
        "GET /robots.txt",
        "GET /setup",
        "GET /style/{*file}",
        "POST /api/v1/login",
        "POST /console/log_in",
        "POST /console/set_up",
        "POST /console/visitor",
    ];
    assert_eq!(public.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn no_route_is_listed_twice() {
    let mut seen = BTreeSet::new();
    for route in table() {
        assert!(seen.insert(line(&route)), "{} is listed twice", line(&route));
    }
}

/// An operation of the management API, rather than the door at its end that says 404.
fn in_api(route: &Route) -> bool {
    route.path.starts_with("/api/v1/") && !route.path.contains("{*")
}

#[tokio::test]
async fn the_description_of_the_management_api_has_its_routes_and_no_others() {
    let house = House::bare(&[]).await;
    let document = house.client.page("/api/v1/openapi.json", "").await.value();
    assert!(document["openapi"].as_str().unwrap_or_default().starts_with("3."), "an OpenAPI 3 document");
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for verb in operations.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            described.insert(format!("{} {path}", verb.to_uppercase()));
        }
    }
    let real: BTreeSet<String> = table().iter().filter(|route| in_api(route)).map(line).collect();
    let missing: Vec<_> = real.difference(&described).collect();
    let invented: Vec<_> = described.difference(&real).collect();
    assert!(missing.is_empty() && invented.is_empty(), "missing {missing:#?}, invented {invented:#?}");
}

#[tokio::test]
async fn the_description_says_which_operations_need_no_bearer() {
    let house = House::bare(&[]).await;
    let document = house.client.page("/api/v1/openapi.json", "").await.value();
    let needs = |operation: &Value| {
        let own = operation.get("security").or(document.get("security"));
        own.and_then(Value::as_array).is_some_and(|ways| ways.iter().any(|way| *way != json!({})))
    };
    for route in table().iter().filter(|route| in_api(route)) {
        let verb = method(route).as_str().to_lowercase();
        let operation = &document["paths"][&route.path][&verb];
        assert!(operation.is_object(), "{} is described", line(route));
        assert_eq!(needs(operation), route.access == Access::Program, "security of {}", line(route));
    }
}

#[tokio::test]
async fn every_answer_of_the_dashboard_forbids_foreign_scripts_and_frames() {
    let house = House::open().await;
    for path in ["/login", "/setup", "/", "/api/v1/keys", "/api/v1/openapi.json", "/favicon.svg"] {
        let answer = house.client.page(path, "").await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("'unsafe-eval'") && !policy.contains('*'), "{path}: {policy}");
        let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
        assert!(!scripts.is_some_and(|part| part.contains("'unsafe-inline'")), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
    }
    let page = house.client.page("/login", "").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
    assert!(
        page.text().contains(&format!("nonce=\"{nonce}\"")),
        "the page's own scripts are allowed by name"
    );
    let again = house.client.page("/login", "").await;
    assert!(!again.header("content-security-policy").contains(&nonce), "and the name is new for each answer");
}

#[tokio::test]
async fn health_and_readiness_are_told_to_anyone_and_say_nothing_else() {
    let house = House::bare(&[]).await;
    let health = house.client.page("/health", "").await;
    assert_eq!((health.status, health.value()["status"].as_str()), (200, Some("ok")));
    let ready = house.client.page("/ready", "").await;
    assert_eq!((ready.status, ready.value()), (200, json!({ "status": "ready" })));
    house.app.tasks.stop();
    let ready = house.client.page("/ready", "").await;
    assert_eq!(ready.status, 503, "a router that is stopping takes no more work: {ready:?}");
}
