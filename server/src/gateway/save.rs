//! Step 3: what tools gave is shortened before it goes to a model, in the client's own dialect and before anything is
//! translated. Only the strings that became shorter are replaced; every other byte stays. Here, too, is where a terse
//! answer is asked for.

use super::blocks::Block;
use super::caller::{self, Caller};
use super::inbound::Inbound;
use super::pins::Pin;
use super::relay::fault_response;
use super::{models, plan, terse};
use crate::state::App;
use crate::store::snapshot::Snapshot;
use app::api::saver::SaverLevel;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use saver::{Call, Rules};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use wire::{Edit, Fault, FaultKind};

/// Says how far one request is shortened, whatever the settings say.
const HEADER: &str = "x-ninerouter-saver";

/// What was shortened in a request.
#[derive(Debug, Default)]
pub struct Savings {
    /// How far, and how tersely an answer is asked for.
    pub pin: Pin,
    /// Whether the conversation keeps that. One request may say otherwise for itself.
    pub kept: bool,
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
        self.edits.iter().map(|edit| edit.span.len().saturating_sub(edit.with.len())).sum()
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

/// Shortens what tools gave in a request that arrived at `at`, Unix ms, and asks for a terse answer where that is wanted.
pub(super) fn save(
    app: &App,
    snapshot: &Snapshot,
    caller: &Caller,
    mut inbound: Inbound,
    at: i64,
) -> Result<Inbound, Fault> {
    let stated = stated(&inbound.headers)?;
    // Endpoints at the side hold no conversation of a dialect.
    if inbound.side.is_some() {
        return Ok(inbound);
    }
    inbound.conversation = conversation(caller, &inbound);
    let wanted = wanted(snapshot, caller, &inbound);
    let mut savings = Savings { pin: wanted, ..Savings::default() };
    if let Some(conversation) = inbound.conversation {
        savings.pin = app.pins.look(conversation, wanted, at);
        savings.kept = true;
    }
    if let Some(level) = stated {
        savings.pin.level = level;
        savings.kept = false;
    }
    if let Some(rules) = rules(savings.pin) {
        shorten(app, caller, &inbound, rules, &mut savings);
    }
    let instruction = terse::instruction(savings.pin.terse);
    let told = instruction.and_then(|text| wire::instruction(inbound.dialect, &inbound.bytes, &text));
    savings.edits.extend(told);
    inbound.savings = savings;
    Ok(inbound)
}

/// How far a request itself says that it is to be shortened.
fn stated(headers: &HeaderMap) -> Result<Option<SaverLevel>, Fault> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let word = value.to_str().unwrap_or_default();
    word.parse().map(Some).map_err(|_| {
        let message = format!("The header {HEADER} is {word:?}, but takes off, exact, safe or strong.");
        Fault::new(FaultKind::Malformed, message)
    })
}

/// Tells a conversation from others of the same caller, by a hash that is the same in every version of Ninerouter.
fn conversation(caller: &Caller, inbound: &Inbound) -> Option<u64> {
    let mut hasher = SipHasher13::new();
    hasher.write_i64(caller.key.as_ref().map_or(0, |key| key.id).to_be());
    hasher.write(inbound.peek.model.as_bytes());
    hasher.write_u8(0);
    wire::opening(inbound.dialect, &inbound.bytes, &mut hasher).then(|| hasher.finish())
}

/// What is wanted for a caller's conversations that begin now.
fn wanted(snapshot: &Snapshot, caller: &Caller, inbound: &Inbound) -> Pin {
    let key = caller.key.as_deref();
    let (level, filters) = snapshot.saver;
    let of_combo = || snapshot.combo(plan::plain_name(&inbound.peek.model)).map(|combo| combo.terse);
    Pin {
        level: key.and_then(|key| key.saver).unwrap_or(level),
        filters,
        version: saver::VERSION,
        terse: key.and_then(|key| key.terse).or_else(of_combo).unwrap_or_default(),
    }
}

fn shorten(app: &App, caller: &Caller, inbound: &Inbound, rules: Rules, savings: &mut Savings) {
    let owner = caller.key.as_ref().map_or(0, |key| key.id);
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
pub(crate) fn rules(pin: Pin) -> Option<Rules> {
    let level = match pin.level {
        SaverLevel::Off => return None,
        SaverLevel::Exact => saver::Level::Exact,
        SaverLevel::Safe => saver::Level::Safe,
        SaverLevel::Strong => saver::Level::Strong,
    };
    Some(Rules { level, filters: pin.filters, version: pin.version })
}
