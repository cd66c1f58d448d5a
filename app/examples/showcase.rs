//! Every page with made-up data, to look at: `cargo run -p app --features ssr --example showcase`.
//!
//! `PORT` (20180) says where. `?mood=` behind any address, or a cookie `mood`, chooses the data: `normal`, `empty`,
//! `heavy`, `new` or `broken`. Islands work once `cargo xtask build --site` has made `target/site/dev`;
//! `SITE=release` takes the release build instead.

#[path = "../tests/fake/mod.rs"]
mod fake;

use axum::Router;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use fake::{Fake, Mood, request_row, site::site};
use futures_util::stream;
use std::convert::Infallible;
use std::time::Duration;
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(20_180);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let built = std::env::var("SITE").unwrap_or_else(|_| "dev".to_owned());
    let pages = site(|parts| (Fake { now: app::parts::reader::now(), ..Fake::new(mood(parts)) }, false));
    let router = Router::new()
        .route("/console/live", get(live))
        .nest_service("/style", ServeDir::new(format!("{root}/style")))
        .nest_service("/pkg", ServeDir::new(format!("{root}/target/site/{built}/pkg")))
        .route_service(
            "/favicon.svg",
            tower_http::services::ServeFile::new(format!("{root}/public/favicon.svg")),
        )
        .merge(pages);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

/// The data a request asks for: `?mood=` or the cookie of that name.
fn mood(parts: &http::request::Parts) -> Mood {
    let query = parts.uri.query().unwrap_or_default();
    let cookies =
        parts.headers.get(http::header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let says =
        |mood: &str| query.contains(&format!("mood={mood}")) || cookies.contains(&format!("mood={mood}"));
    match () {
        () if query.contains("mood=normal") => Mood::Normal,
        () if says("empty") => Mood::Empty,
        () if says("heavy") => Mood::Heavy,
        () if says("new") => Mood::New,
        () if says("broken") => Mood::Broken,
        () => Mood::Normal,
    }
}

/// A new request every four seconds.
async fn live() -> Sse<impl futures_util::Stream<Item = Result<Event, Infallible>>> {
    let events = stream::unfold(0_i64, |at| async move {
        tokio::time::sleep(Duration::from_secs(4)).await;
        let mut row = request_row(app::parts::reader::now(), at % 7);
        row.id = format!("019ab3f3{at:024x}");
        row.at = app::parts::reader::now();
        Some((Ok(Event::default().event("request").json_data(row).unwrap_or_default()), at + 1))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
