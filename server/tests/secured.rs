//! Providers over TLS: HTTP/2 where they speak it, and nobody whose certificate is not vouched for.
//!
//! HTTP/2 is agreed on inside TLS only; a provider at an `http` address is spoken to in HTTP/1.1, as every client does.

use crate::scripted::bodies::WORDS;
use crate::support::running::Running;
use crate::support::secured::{AUTHORITY, Secured};
use crate::support::{CHAT, PASSWORD};
use http::Version;
use tempfile::TempDir;

async fn running(folder: &TempDir, variables: &[(&str, &str)], base: &str) -> (Running, String) {
    let mut all = vec![("INITIAL_PASSWORD", PASSWORD)];
    all.extend(variables);
    let running = Running::start(folder.path(), &all).await;
    let bearer = running.log_in().await;
    running.endpoint(&bearer, base, &["key-one"]).await;
    let key = running.key(&bearer, "laptop").await["secret"].as_str().unwrap().to_owned();
    (running, key)
}

#[tokio::test]
async fn a_provider_that_speaks_http_2_is_asked_over_one_connection() {
    let (folder, provider) = (TempDir::new().unwrap(), Secured::start(&["h2", "http/1.1"]).await);
    let (running, key) = running(&folder, &[("SSL_CERT_FILE", AUTHORITY)], &provider.base()).await;
    let ask = async |model: &str, stream: bool| running.chat(&key, &format!("{CHAT}/{model}"), stream).await;
    assert_eq!(ask("ok", false).await.status, 200);
    let streamed = ask("slow-tokens", true).await;
    assert!(
        streamed.text().contains(WORDS[3]) && streamed.text().ends_with("data: [DONE]\n\n"),
        "{streamed:?}"
    );
    let (one, two, three, four) =
        tokio::join!(ask("br", true), ask("ok", false), ask("slow-tokens", true), ask("tool-call", true));
    for answer in [one, two, three, four] {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let refused = ask("error-400", false).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    assert_eq!(provider.versions(), [Version::HTTP_2], "all seven, four of them at the same time");
    let seen = provider.seen();
    assert_eq!(seen.len(), 7);
    let strange = ["connection", "host", "keep-alive", "transfer-encoding", "upgrade"];
    assert!(strange.iter().all(|name| seen[0].header(name).is_none()), "{:#?}", seen[0].headers);
    assert_eq!(seen[0].header("authorization"), Some("Bearer key-one"));

    // One stream of a connection that breaks is told so; the connection serves the others.
    let cut = ask("cut-mid-stream", true).await;
    assert!(cut.text().contains("broke off") && !cut.text().contains("[DONE]"), "{cut:?}");
    assert_eq!(ask("ok", false).await.status, 200);
    assert_eq!(provider.versions().len(), 1);
    running.terminate().await;
    assert_eq!(running.ended().await, 0);
}

#[tokio::test]
async fn a_provider_without_http_2_is_asked_in_http_1() {
    let (folder, provider) = (TempDir::new().unwrap(), Secured::start(&["http/1.1"]).await);
    let (running, key) = running(&folder, &[("SSL_CERT_FILE", AUTHORITY)], &provider.base()).await;
    let answer = running.chat(&key, &format!("{CHAT}/ok"), true).await;
    assert!(answer.text().ends_with("data: [DONE]\n\n"), "{answer:?}");
    assert_eq!(provider.versions(), [Version::HTTP_11]);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_no_key_is_sent() {
    let (folder, provider) = (TempDir::new().unwrap(), Secured::start(&["h2", "http/1.1"]).await);
    let (running, key) = running(&folder, &[], &provider.base()).await;
    let answer = running.chat(&key, &format!("{CHAT}/ok"), false).await;
    assert!(answer.status >= 500, "{answer:?}");
    assert!(answer.message().contains("certificate"), "{answer:?}");
    assert!(provider.seen().is_empty() && provider.versions().is_empty(), "not a word was said");
}
