//! `GET /v1/models` and `/v1/models/{id}`: what a client can ask for now.

use super::caller::{self, Caller};
use super::relay::fault_response;
use crate::state::App;
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use serde_json::{Value, json};
use std::net::SocketAddr;
use wire::{Dialect, Fault, FaultKind};

/// Anthropic's clients say which version of its API they speak; all others get OpenAI's shape.
pub(super) fn dialect(parts: &Parts) -> Dialect {
    if parts.headers.contains_key("anthropic-version") { Dialect::Messages } else { Dialect::Chat }
}

fn admit(app: &App, parts: &Parts, peer: SocketAddr) -> Result<Caller, Fault> {
    caller::identify(parts, peer, &app.snapshot(), app.config.require_key)
}

fn entry(dialect: Dialect, name: &str) -> Value {
    match dialect {
        Dialect::Messages => {
            json!({ "type": "model", "id": name, "display_name": name, "created_at": "1970-01-01T00:00:00Z" })
        }
        _ => {
            let owner = name.split_once('/').map_or("ninerouter", |(prefix, _)| prefix);
            json!({ "id": name, "object": "model", "created": 0, "owned_by": owner })
        }
    }
}

/// All of them.
pub async fn list(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parts: Parts,
) -> Response {
    let dialect = dialect(&parts);
    if let Err(fault) = admit(&app, &parts, peer) {
        return fault_response(&fault, dialect);
    }
    let names = app.snapshot().model_names();
    let data: Vec<Value> = names.iter().map(|name| entry(dialect, name)).collect();
    let list = match dialect {
        Dialect::Messages => {
            json!({ "data": data, "has_more": false, "first_id": names.first(), "last_id": names.last() })
        }
        _ => json!({ "object": "list", "data": data }),
    };
    Json(list).into_response()
}

/// One of them.
pub async fn one(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(name): Path<String>,
    parts: Parts,
) -> Response {
    let dialect = dialect(&parts);
    let found = admit(&app, &parts, peer).and_then(|_| {
        if app.snapshot().model_names().contains(&name) {
            return Ok(Json(entry(dialect, &name)).into_response());
        }
        let message = format!("No model is called {name:?}. GET /v1/models lists what is connected.");
        Err(Fault::new(FaultKind::UnknownModel, message))
    });
    found.unwrap_or_else(|fault| fault_response(&fault, dialect))
}
