//! The scripted provider of the integration tests as a program, for the end-to-end tests.
//!
//! `scripted_provider [PORT]` (or the variable `PORT`; 0 or nothing lets the system choose) prints where it listens
//! and then answers until it is ended. `GET /_seen` gives the requests so far as JSON. What it does is chosen by the
//! model's name or by the key: see `tests/scripted/mod.rs`.

#![expect(clippy::print_stdout, reason = "whoever started it reads there where it listens")]

#[path = "../tests/scripted/mod.rs"]
#[expect(dead_code, reason = "the tests also ask what it would say")]
mod scripted;

use scripted::{Book, listen, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).or_else(|| std::env::var("PORT").ok());
    let port = port.map(|port| port.parse()).transpose()?.unwrap_or(0);
    let (listener, address) = listen(port).await?;
    println!("listening on http://{address}");
    serve(listener, Book::default()).await;
    Ok(())
}
