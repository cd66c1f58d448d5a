//! The program itself, started and stopped as a person does.

use crate::scripted::bodies::WORDS;
use crate::support::running::{Running, ends, ninerouter};
use crate::support::{CHAT, PASSWORD, Provider, config};
use app::api::requests::{Outcome, RequestFilter};
use server::store::Store;
use tempfile::TempDir;

#[tokio::test]
async fn open_streams_end_and_all_usage_is_written_before_it_stops() {
    let (folder, provider) = (TempDir::new().unwrap(), Provider::start().await);
    let (running, _, key) = Running::furnished(folder.path(), &[], &provider).await;
    let ask = |model: &str| {
        let (running, key, model) = (&running, &key, format!("{CHAT}/{model}"));
        async move { running.chat(key, &model, true).await }
    };
    for _ in 0..5 {
        assert_eq!(ask("ok").await.status, 200);
    }
    let stopping = async {
        provider.until(|seen| seen.len() == 6).await;
        running.terminate().await;
    };
    let (streamed, ()) = tokio::join!(ask("slow-tokens"), stopping);
    assert!(streamed.text().ends_with("data: [DONE]\n\n"), "the stream under way ended well: {streamed:?}");
    assert!(streamed.text().contains(WORDS[3]));
    assert_eq!(running.ended().await, 0);

    let store = Store::open(&config(folder.path(), &[])).await.unwrap();
    let records = store.requests(&RequestFilter::default(), 100).await.unwrap().records;
    assert_eq!(records.len(), 6, "every request is written down");
    assert!(
        records.iter().all(|one| one.outcome == Outcome::Answered && one.usage.is_some()),
        "{records:#?}"
    );
}

#[tokio::test]
async fn the_first_start_prints_a_link_that_lets_its_reader_in() {
    let folder = TempDir::new().unwrap();
    let mut running = Running::start(folder.path(), &[]).await;
    let token = running.setup_token().await;
    let fields = [("token", token.as_str()), ("name", "ada"), ("password", PASSWORD)];
    let answer = running.client.form("/console/set_up", "", &fields).await;
    assert!(answer.status < 400 && answer.cookie().is_some(), "{answer:?}");
    running.terminate().await;
    assert_eq!(running.ended().await, 0);

    let mut again = Running::start(folder.path(), &[]).await;
    again.terminate().await;
    let mut more = String::new();
    while let Some(line) = again.lines.next_line().await.unwrap() {
        more += &line;
    }
    assert!(!more.contains("/setup"), "no link is printed once there is a person: {more}");
    assert_eq!(again.ended().await, 0);
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_said_in_a_sentence() {
    let folder = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for (variables, words) in [
        (vec![("PORT", port.as_str())], "is in use"),
        (vec![("HOST", "0.0.0.0")], "INITIAL_PASSWORD"),
        (vec![("PORT", "many")], "PORT is set to"),
        (vec![("HOST", "0.0.0.0"), ("INITIAL_PASSWORD", "qwe")], "INITIAL_PASSWORD cannot be used"),
        (vec![("DATA_DIR", file.to_str().unwrap())], "cannot be written"),
        (vec![("BASE_URL", "router")], "BASE_URL"),
    ] {
        let output = ends(&mut ninerouter(folder.path(), &variables)).await;
        let said =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success(), "{variables:?}: {said}");
        assert!(said.contains(words), "{variables:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
        assert!(!said.contains("qwe"), "a password is never printed: {said}");
    }
}

#[tokio::test]
async fn its_configuration_is_printed_without_secrets() {
    let folder = TempDir::new().unwrap();
    let secrets = [
        ("INITIAL_PASSWORD", "hunter-one"),
        ("JWT_SECRET", "hunter-two"),
        ("DATABASE_URL", "postgres://a:hunter-three@db/x"),
        ("HTTPS_PROXY", "http://a:hunter-four@proxy:3128"),
    ];
    let output = ends(ninerouter(folder.path(), &secrets).arg("config")).await;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("DATA_DIR=") && said.contains("(set)"), "{said}");
    assert!(!said.contains("hunter"), "{said}");
    let version = ends(ninerouter(folder.path(), &[]).arg("--version")).await;
    assert!(String::from_utf8_lossy(&version.stdout).contains(env!("CARGO_PKG_VERSION")));
}
