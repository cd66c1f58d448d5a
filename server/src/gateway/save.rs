//! Step 3: what tools gave is shortened before it goes to a model, in the client's own dialect and before anything is
//! translated. Only the strings that became shorter are replaced; every other byte stays.

use super::blocks::Block;
use super::caller::{self, Caller};
use super::inbound::Inbound;
use super::models;
use super::relay::fault_response;
use crate::state::App;
use crate::store::snapshot::Snapshot;
use app::api::saver::SaverLevel;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use saver::{Call, Rules};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use wire::{Edit, Fault, FaultKind};

/// Says how far one request is shortened, whatever the settings say.
const HEADER: &str = "x-ninerouter-saver";

/// What was shortened in a request.
#[derive(Debug, Default)]
pub struct Savings {
    /// How far.
    pub level: SaverLevel,
    /// The texts, and whether each is new in the conversation.
    pub blocks: Vec<(Arc<Block>, bool)>,
    edits: Vec<Edit>,
    body: OnceLock<Bytes>,
}

impl Savings {
    /// The replacements, as edits of the body as it came.
    pub fn edits(&self) -> impl Iterator<Item = Edit> + '_ {
        self.edits.iter().cloned()
    }

    /// Bytes of the body that go.
    pub fn bytes(&self) -> usize {
        self.edits.iter().map(|edit| edit.span.len() - edit.with.len()).sum()
    }

    /// The body with its texts shortened.
    pub fn body<'b>(&'b self, original: &'b Bytes) -> &'b Bytes {
        if self.edits.is_empty() {
            return original;
        }
        // Edits that were found one after the other do not overlap.
        let spliced = || wire::splice(original, self.edits.clone()).unwrap_or_else(|_| original.clone());
        self.body.get_or_init(spliced)
    }
}

/// Shortens what tools gave in a request.
pub(super) fn save(
    app: &App,
    snapshot: &Snapshot,
    caller: &Caller,
    mut inbound: Inbound,
) -> Result<Inbound, Fault> {
    let stated = inbound.headers.get(HEADER).map(|value| value.to_str().unwrap_or_default());
    let level = match stated {
        Some(stated) => stated.parse().map_err(|_| unknown(stated))?,
        None => caller.key.as_ref().and_then(|key| key.saver).unwrap_or(snapshot.saver.0),
    };
    // Endpoints at the side hold no conversation of a dialect.
    inbound.savings.level = if inbound.side.is_none() { level } else { SaverLevel::Off };
    let Some(rules) = rules(inbound.savings.level, snapshot.saver.1) else {
        return Ok(inbound);
    };
    let owner = caller.key.as_ref().map_or(0, |key| key.id);
    let mut savings = Savings { level, ..Savings::default() };
    let outputs = wire::tool_outputs(inbound.dialect, &inbound.bytes);
    for output in outputs.texts.iter().filter(|output| !output.failed) {
        let call = output.call.and_then(|call| outputs.calls.get(call));
        let call = call.map(|call| Call { tool: &call.tool, arguments: &call.arguments });
        let quoted = inbound.bytes.get(output.span.clone()).unwrap_or_default();
        if let Some(block) = app.blocks.shorten(quoted, call, rules, owner) {
            savings.edits.push(Edit { span: output.span.clone(), with: block.quoted.clone() });
            savings.blocks.push((block, output.fresh));
        }
    }
    inbound.savings = savings;
    Ok(inbound)
}

/// `GET /v1/saver/original/{id}`: a text as the tool gave it, for the caller whose request it came in, as long as it is
/// remembered.
pub async fn original(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    parts: Parts,
) -> Response {
    let caller = match caller::identify(&parts, peer, &app.snapshot(), app.config.require_key) {
        Ok(caller) => caller,
        Err(fault) => return fault_response(&fault, models::dialect(&parts)),
    };
    let owner = caller.key.as_ref().map_or(0, |key| key.id);
    let found = u128::from_str_radix(&id, 16).ok().and_then(|id| app.blocks.find(id, owner));
    match found {
        Some(block) => {
            let mut response = Response::new(Body::from(block.original()));
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, text);
            response
        }
        None => {
            let message = "There is no such original, or it is no longer remembered: texts are kept in memory only, for \
                           the key they came with.";
            fault_response(&Fault::new(FaultKind::NotFound, message), models::dialect(&parts))
        }
    }
}

/// The saver's rules; `None` where it is off.
pub(crate) fn rules(level: SaverLevel, filters: u32) -> Option<Rules> {
    let level = match level {
        SaverLevel::Off => return None,
        SaverLevel::Exact => saver::Level::Exact,
        SaverLevel::Safe => saver::Level::Safe,
        SaverLevel::Strong => saver::Level::Strong,
    };
    Some(Rules { level, filters })
}

fn unknown(stated: &str) -> Fault {
    let message = format!("The header {HEADER} is {stated:?}, but takes off, exact, safe or strong.");
    Fault::new(FaultKind::Malformed, message)
}
