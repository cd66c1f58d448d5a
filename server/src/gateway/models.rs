//! `GET /v1/models` and `/v1/models/{id}`: what a client can ask for now.

use super::caller::{self, Caller};
use super::plan;
use super::relay::fault_response;
use crate::state::App;
use crate::store::snapshot::Snapshot;
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

/// What is known of the model that a name stands for: of a combo, of the target that it asks first.
fn known<'s>(snapshot: &'s Snapshot, name: &str) -> Option<&'s catalog::Model> {
    let name = snapshot.alias(name).unwrap_or(name);
    if let Some(combo) = snapshot.combo(name) {
        let first = combo.targets.iter().find(|target| target.enabled)?;
        // A combo inside a combo is not followed: it may be the same one.
        return model(snapshot, snapshot.alias(&first.model).unwrap_or(&first.model));
    }
    model(snapshot, name)
}

fn model<'s>(snapshot: &'s Snapshot, name: &str) -> Option<&'s catalog::Model> {
    let (prefix, model) = name.split_once('/')?;
    snapshot.provider(prefix)?.spec.model(model)
}

/// Members beside those that every entry of a list has: window, longest answer and what the model can do, as far as a
/// source says, under the names that tools look for.
fn facts(dialect: Dialect, known: Option<&catalog::Model>) -> Vec<(&'static str, Value)> {
    let Some(known) = known else { return Vec::new() };
    let can = [("vision", known.images), ("documents", known.documents), ("tools", known.tools)];
    let can = can.into_iter().filter_map(|(name, able)| Some((name.to_owned(), able?.into())));
    let reasons =
        known.reasoning.map(|style| ("reasoning".to_owned(), (style != catalog::Reasoning::None).into()));
    let can: serde_json::Map<String, Value> = can.chain(reasons).collect();
    let (window, answer): (&[&str], &str) = match dialect {
        Dialect::Gemini => (&["inputTokenLimit"], "outputTokenLimit"),
        Dialect::Messages => (&["max_input_tokens"], "max_tokens"),
        Dialect::Ollama => return Vec::new(),
        _ => (&["context_length", "context_window"], "max_output_tokens"),
    };
    let windows = window.iter().filter_map(|name| Some((*name, known.context?.into())));
    let answer = known.max_output.map(|most| (answer, most.into()));
    let can = (!can.is_empty() && dialect != Dialect::Gemini).then_some(("capabilities", Value::Object(can)));
    windows.chain(answer).chain(can).collect()
}

/// A name as an entry of a list.
fn described(snapshot: &Snapshot, dialect: Dialect, name: &str) -> Value {
    let known = known(snapshot, name);
    // Without a name of its own it goes by the one that it is asked for by.
    let named = known.filter(|known| known.name != known.id);
    let mut entry = entry(dialect, name, named.map_or(name, |known| &known.name));
    if let Some(members) = entry.as_object_mut() {
        members.extend(facts(dialect, known).into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    entry
}

fn entry(dialect: Dialect, name: &str, display: &str) -> Value {
    match dialect {
        Dialect::Gemini => json!({
            "name": format!("models/{name}"), "version": "001", "displayName": display, "description": "",
            "inputTokenLimit": 1_048_576, "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
        }),
        Dialect::Ollama => json!({
            "name": name, "model": name, "modified_at": "1970-01-01T00:00:00Z", "size": 0, "digest": "",
            "details": {
                "parent_model": "", "format": "", "family": "", "families": [], "parameter_size": "",
                "quantization_level": "",
            },
        }),
        Dialect::Messages => {
            json!({ "type": "model", "id": name, "display_name": display, "created_at": "1970-01-01T00:00:00Z" })
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
    listed(&app, dialect(&parts), peer, &parts)
}

/// All of them, for Google's clients: `GET /v1beta/models`.
pub async fn list_gemini(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parts: Parts,
) -> Response {
    listed(&app, Dialect::Gemini, peer, &parts)
}

/// All of them, for clients of Ollama: `GET /api/tags`.
pub async fn list_ollama(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parts: Parts,
) -> Response {
    listed(&app, Dialect::Ollama, peer, &parts)
}

fn listed(app: &App, dialect: Dialect, peer: SocketAddr, parts: &Parts) -> Response {
    if let Err(fault) = admit(app, parts, peer) {
        return fault_response(&fault, dialect);
    }
    let snapshot = app.snapshot();
    let names = snapshot.model_names();
    let data: Vec<Value> = names.iter().map(|name| described(&snapshot, dialect, name)).collect();
    let list = match dialect {
        Dialect::Gemini | Dialect::Ollama => json!({ "models": data }),
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
    named(&app, dialect(&parts), peer, &parts, &name)
}

/// One of them, for Google's clients.
pub async fn one_gemini(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(name): Path<String>,
    parts: Parts,
) -> Response {
    named(&app, Dialect::Gemini, peer, &parts, &name)
}

fn named(app: &App, dialect: Dialect, peer: SocketAddr, parts: &Parts, name: &str) -> Response {
    let found = admit(app, parts, peer).and_then(|_| {
        let snapshot = app.snapshot();
        if snapshot.model_names().iter().any(|known| known == name) {
            return Ok(Json(described(&snapshot, dialect, name)).into_response());
        }
        if let Some(provider) = snapshot.switched_off(name) {
            return Err(plan::switched_off(provider, name));
        }
        let message = format!("No model is called {name:?}. GET /v1/models lists what is connected.");
        Err(Fault::new(FaultKind::UnknownModel, message))
    });
    found.unwrap_or_else(|fault| fault_response(&fault, dialect))
}
