//! Lists of models that come in pages, and those of custom endpoints.

use crate::models::{house, list, names, refresh};
use crate::support::{House, Provider};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// A house with a provider whose list comes in pages as Anthropic's does, and that knows the model `ok`.
async fn paged() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    let at = provider.address;
    let file = format!(
        "id = \"pager\"\nname = \"Pager\"\ntier = \"cheap\"\nkeys_at = \"https://example.com\"\n\
         models_url = \"http://{at}/oauth/models?limit=2\"\n\
         models_paging = {{ next = \"/last_id\", more = \"/has_more\", param = \"after_id\" }}\n\
         auth = {{ kind = \"key\" }}\n\n[[speaks]]\ndialect = \"chat\"\n\
         url = \"http://{at}/v1/chat/completions\"\n\n[[model]]\nid = \"ok\"\n"
    );
    std::fs::write(files.join("pager.toml"), file).unwrap();
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    house.account("pager", "key-one").await;
    house
}

fn page(ids: &[&str], more: bool) -> (u16, String) {
    let data: Vec<Value> = ids.iter().map(|id| json!({ "type": "model", "id": id })).collect();
    let page = json!({ "data": data, "has_more": more, "first_id": ids.first(), "last_id": ids.last() });
    (200, page.to_string())
}

/// Lists a first page, and what comes after models.
fn pages(house: &House, first: (u16, String), further: &[(&str, (u16, String))]) {
    house.provider.vendor(|vendor| {
        vendor.models = Some(first);
        vendor.pages = further.iter().map(|(after, page)| ((*after).to_owned(), page.clone())).collect();
    });
}

async fn asked(house: &House, id: &str) -> Value {
    house.api(Method::POST, &format!("/api/v1/providers/{id}/models"), Value::Null).await.value()
}

/// How often a list was asked for.
fn questions(house: &House) -> Vec<String> {
    let lines = house.provider.seen().into_iter().map(|seen| seen.line);
    lines.filter(|line| line.starts_with("GET /oauth/")).collect()
}

#[tokio::test]
async fn pages_are_joined_and_one_that_fails_spoils_the_list() {
    let house = paged().await;
    pages(
        &house,
        page(&["ok", "two"], true),
        &[("two", page(&["three"], true)), ("three", page(&["four"], false))],
    );
    assert_eq!(asked(&house, "pager").await["sentence"], "Pager lists 4 models, 3 of them new.");
    let lines =
        ["", "&after_id=two", "&after_id=three"].map(|more| format!("GET /oauth/models?limit=2{more}"));
    assert_eq!(questions(&house), lines);
    let all = ["pager/ok", "pager/four", "pager/three", "pager/two"];
    assert_eq!(names(&house).await, all);

    // What stood on a page that cannot be had is not gone.
    for (bad, said) in [
        ((503, "{}".to_owned()), "Pager gave no list: it answered with 503"),
        ((404, "{}".to_owned()), "Pager gave no list: it answered with 404"),
        ((200, "<html>".to_owned()), "Pager gave no list: a page of its list is none."),
    ] {
        pages(&house, page(&["new", "two"], true), &[("two", bad)]);
        let result = asked(&house, "pager").await;
        assert_eq!(result["ok"], false);
        assert!(result["sentence"].as_str().unwrap().starts_with(said), "{result}");
        assert_eq!(names(&house).await, all);
    }
    // Nor is half a list one, where nobody says how to get to the rest.
    let first = json!({ "data": [{ "id": "new" }], "has_more": true });
    pages(&house, (200, first.to_string()), &[]);
    assert_eq!(asked(&house, "pager").await["sentence"], "Pager gave no list: its answer lists no models.");
    assert_eq!(names(&house).await, all);
}

#[tokio::test]
async fn pages_without_an_end_end() {
    let house = paged().await;
    // It does not know of pages and gives the same one again.
    pages(&house, page(&["ok", "two"], true), &[("*", page(&["ok", "two"], true))]);
    assert_eq!(asked(&house, "pager").await["sentence"], "Pager lists 2 models, 1 of them new.");
    assert_eq!(questions(&house).len(), 2);
    // Each leads to another.
    let further: Vec<(String, (u16, String))> =
        (0..30).map(|at| (format!("m{at}"), page(&[&format!("m{}", at + 1)], true))).collect();
    let further: Vec<(&str, (u16, String))> =
        further.iter().map(|(after, page)| (after.as_str(), page.clone())).collect();
    pages(&house, page(&["m0"], true), &further);
    let result = asked(&house, "pager").await;
    assert_eq!(result["sentence"], "Pager gave no list: its list goes on after 20 pages.");
    assert_eq!(questions(&house).len(), 22);
    assert_eq!(names(&house).await, ["pager/ok", "pager/two"], "nothing has changed");
}

/// An endpoint of a person's own whose list is at the vendor's, with an account.
async fn endpoint(house: &House, dialect: &str, models: &[&str]) {
    let base = format!("http://{}/oauth", house.provider.address);
    let base = if dialect == "chat" || dialect == "responses" { format!("{base}/v1") } else { base };
    let endpoint = json!({
        "name": "My server", "prefix": format!("my-{dialect}"), "dialect": dialect, "base_url": base, "private_network": true,
        "models": models,
    });
    house.made("/api/v1/endpoints", endpoint).await;
    house.account(&format!("my-{dialect}"), "key-mine").await;
}

#[tokio::test]
async fn a_custom_endpoint_shows_what_it_lists() {
    let house = House::open().await;
    for (dialect, line, header, body) in [
        ("chat", "GET /oauth/v1/models", "authorization", json!({ "data": [{ "id": "a" }, { "id": "b" }] })),
        (
            "responses",
            "GET /oauth/v1/models",
            "authorization",
            json!({ "data": [{ "id": "a" }, { "id": "b" }] }),
        ),
        (
            "messages",
            "GET /oauth/v1/models?limit=1000",
            "x-api-key",
            json!({ "data": [{ "id": "a" }], "has_more": true, "last_id": "a" }),
        ),
        (
            "gemini",
            "GET /oauth/v1beta/models?pageSize=1000",
            "x-goog-api-key",
            json!({ "models": [{ "name": "models/a" }], "nextPageToken": "a" }),
        ),
        (
            "ollama",
            "GET /oauth/api/tags",
            "authorization",
            json!({ "models": [{ "name": "a", "model": "a" }, { "name": "b" }] }),
        ),
    ] {
        let second = if dialect == "gemini" {
            json!({ "models": [{ "name": "models/b" }] })
        } else {
            json!({ "data": [{ "id": "b" }] })
        };
        pages(&house, (200, body.to_string()), &[("a", (200, second.to_string()))]);
        let prefix = format!("my-{dialect}");
        endpoint(&house, dialect, &[]).await;
        assert_eq!(
            asked(&house, &prefix).await["sentence"],
            "My server lists 2 models, 2 of them new.",
            "{dialect}"
        );
        let seen = house.provider.seen().into_iter().rev().find(|seen| seen.line == line);
        let seen = seen.unwrap_or_else(|| panic!("{line}: {:?}", questions(&house)));
        assert!(seen.header(header).is_some_and(|shown| shown.ends_with("key-mine")), "{dialect}: {seen:?}");
        assert_eq!(seen.header("anthropic-version").is_some(), dialect == "messages");
        let mine: Vec<String> =
            names(&house).await.into_iter().filter(|name| name.starts_with(&prefix)).collect();
        assert_eq!(mine, [format!("{prefix}/a"), format!("{prefix}/b")]);
    }
    // It outlives a restart, is nobody's typing, and is forgotten with the address.
    let house = house.restarted().await;
    assert!(names(&house).await.contains(&"my-chat/b".to_owned()));
    let found = house.read("/api/v1/providers/my-chat").await["models"].clone();
    assert!(found.as_array().unwrap().iter().all(|model| model["found"] == true), "{found}");
    let moved = json!({
        "name": "My server", "prefix": "my-chat", "dialect": "chat", "private_network": true,
        "base_url": format!("{}/elsewhere", house.provider.base()), "models": ["typed"],
    });
    assert_eq!(house.api(Method::PUT, "/api/v1/endpoints/my-chat", moved).await.status, 200);
    let mine: Vec<String> =
        names(&house).await.into_iter().filter(|name| name.starts_with("my-chat")).collect();
    assert_eq!(mine, ["my-chat/typed"]);
}

#[tokio::test]
async fn what_a_person_typed_stays_beside_a_list_and_without_one() {
    let house = House::open().await;
    endpoint(&house, "chat", &["typed", "listed"]).await;
    list(&house, 200, &json!({ "data": [{ "id": "listed", "max_model_len": 32_000 }, { "id": "other" }] }));
    asked(&house, "my-chat").await;
    let all = ["my-chat/typed", "my-chat/listed", "my-chat/other"];
    assert_eq!(names(&house).await, all, "the provider's list takes nothing away");
    let page = house.read("/api/v1/providers/my-chat").await;
    assert_eq!((&page["models"][1]["context"], &page["models"][1]["found"]), (&json!(32_000), &json!(false)));

    for (status, body) in [(404, "{}"), (405, "{}"), (200, "<html>")] {
        house.provider.vendor(|vendor| vendor.models = Some((status, body.to_owned())));
        let result = asked(&house, "my-chat").await;
        let said = result["sentence"].as_str().unwrap();
        assert!(said.starts_with("My server has no list of its models: it"), "{said}");
        assert!(said.ends_with("The models you typed stay."), "{said}");
        assert_eq!(names(&house).await, all);
        assert_ne!(house.read("/api/v1/providers/my-chat").await["unlisted"], "", "{status}");
    }
    house.provider.vendor(|vendor| vendor.models = Some((503, "{}".to_owned())));
    assert!(
        asked(&house, "my-chat").await["sentence"].as_str().unwrap().starts_with("My server gave no list: ")
    );
    list(&house, 200, &json!({ "data": [{ "id": "listed" }] }));
    asked(&house, "my-chat").await;
    assert_eq!(names(&house).await, ["my-chat/typed", "my-chat/listed"]);
    assert_eq!(house.read("/api/v1/providers/my-chat").await["unlisted"], "");
}

#[tokio::test]
async fn a_list_is_asked_of_public_addresses_only() {
    let house = House::open().await;
    endpoint(&house, "chat", &[]).await;
    list(&house, 200, &json!({ "data": [{ "id": "a" }] }));
    // As if a name had come to lead elsewhere since it was saved.
    let mut stored = house.app.store.endpoints().await.unwrap().remove(0);
    stored.private_network = false;
    house.app.store.change_endpoint(&stored).await.unwrap();
    house.app.republish().await.unwrap();
    let result = asked(&house, "my-chat").await;
    assert!(result["sentence"].as_str().unwrap().contains("private network"), "{result}");
    assert!(questions(&house).is_empty(), "nothing was asked");
}

#[tokio::test]
async fn a_list_that_is_too_long_does_not_make_what_is_known_seem_gone() {
    let house = house().await;
    let others = (0..1_200).map(|at| json!({ "id": format!("other-{at:04}") }));
    let data: Vec<Value> = others.chain([json!({ "id": "ok" }), json!({ "id": "retired" })]).collect();
    list(&house, 200, &json!({ "data": data }));
    assert_eq!(refresh(&house).await["sentence"], "Lister lists 1202 models, 1200 of them new.");
    let names = names(&house).await;
    assert_eq!(names.len(), 1_000);
    assert!(names.starts_with(&["lister/ok".to_owned(), "lister/retired".to_owned()]));
}
