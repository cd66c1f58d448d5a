//! The proxied request. [`handle`] calls the steps top to bottom; each step is the file of its name.

mod attempt;
pub mod blocks;
mod call;
pub mod caller;
mod capture;
pub mod count;
mod driven;
mod headers;
mod inbound;
mod judge;
pub mod live;
mod lost;
pub mod models;
pub mod pins;
pub mod plan;
pub mod record;
mod relay;
mod rescue;
pub mod save;
pub mod standing;
mod terse;
pub mod translate;
mod trial;
pub mod under_way;

pub use trial::{route, try_out, would_plan};

use crate::clock::{self, Moment};
use crate::state::App;
use crate::store::snapshot::Snapshot;
use attempt::Left;
use axum::extract::{ConnectInfo, Path, Request as Http, State};
use axum::response::Response;
use call::Course;
use caller::Caller;
use capture::Capture;
use catalog::Also;
use http::request::Parts;
use inbound::{Asking, Inbound, Side};
use lost::Lost;
use record::Trace;
use rescue::Rest;
use standing::Now;
use std::net::SocketAddr;
use std::sync::Arc;
use translate::Request;
use wire::{Dialect, Fault, FaultKind};

/// `POST /v1/chat/completions`.
pub async fn chat(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    answer(app, Asking::of(Dialect::Chat), peer, request).await
}

/// `POST /v1/responses`.
pub async fn responses(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    answer(app, Asking::of(Dialect::Responses), peer, request).await
}

/// `POST /v1/responses/compact`.
pub async fn compact(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    answer(app, Asking::side(Dialect::Responses, Side::Compact), peer, request).await
}

/// `POST /v1/embeddings`, `/v1/audio/speech` and all else that some providers have beside chat.
pub async fn also(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix("/v1").unwrap_or(path).to_owned();
    let segment = path.split('/').nth(1).unwrap_or_default();
    match Also::ALL.into_iter().find(|also| also.segment() == segment) {
        Some(also) => answer(app, Asking::side(Dialect::Chat, Side::Also(also, path)), peer, request).await,
        None => unknown(State(app), ConnectInfo(peer), request.into_parts().0).await,
    }
}

/// `POST /v1/messages`.
pub async fn messages(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    answer(app, Asking::of(Dialect::Messages), peer, request).await
}

/// `POST /api/chat`, as Ollama has it.
pub async fn ollama(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    answer(app, Asking::of(Dialect::Ollama), peer, request).await
}

/// `POST /v1beta/models/{model}:{verb}`. Names of models may hold slashes and colons: the verb is behind the last.
pub async fn gemini(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(rest): Path<String>,
    request: Http,
) -> Response {
    let stream = match rest.rsplit_once(':') {
        Some((_, "generateContent")) => false,
        Some((_, "streamGenerateContent")) => true,
        Some((model, "countTokens")) => {
            let asking = Asking { in_path: Some((model.to_owned(), false)), ..Asking::of(Dialect::Gemini) };
            return count::count(&app, asking, peer, request).await;
        }
        _ => return unknown(State(app), ConnectInfo(peer), request.into_parts().0).await,
    };
    let model = rest.rsplit_once(':').map_or(rest.as_str(), |(model, _)| model).to_owned();
    let asking = Asking { in_path: Some((model, stream)), ..Asking::of(Dialect::Gemini) };
    answer(app, asking, peer, request).await
}

/// Any other address a client may try: said in JSON, to callers only.
pub async fn unknown(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parts: Parts,
) -> Response {
    let dialect = models::dialect(&parts);
    let fault = match caller::identify(&parts, peer, &app.snapshot(), app.config.require_key) {
        Err(fault) => fault,
        Ok(_) => {
            let (method, path) = (&parts.method, parts.uri.path());
            let message = format!(
                "Ninerouter does not answer {method} {path}. It takes POST /v1/chat/completions, /v1/responses, \
                 /v1/messages and /v1beta/models/{{model}}:generateContent, and lists what can be asked for at GET \
                 /v1/models."
            );
            Fault::new(FaultKind::NotFound, message)
        }
    };
    relay::fault_response(&fault, dialect)
}

/// What a client is told that asks without a caller key for something else than an answer; `None` where it may.
pub(crate) fn turned_away(app: &App, parts: &Parts, peer: SocketAddr) -> Option<Response> {
    let fault = caller::identify(parts, peer, &app.snapshot(), app.config.require_key).err()?;
    Some(relay::fault_response(&fault, models::dialect(parts)))
}

async fn answer(app: App, asking: Asking, peer: SocketAddr, request: Http) -> Response {
    let dialect = asking.dialect;
    let cutting = app.tasks.cutting();
    let answer = tokio::select! {
        answer = handle(&app, asking, peer, request) => answer,
        () = cutting.cancelled() => {
            let message = "Ninerouter is stopping. Send the request again when it is back.";
            Err(Fault::new(FaultKind::Unavailable, message))
        }
    };
    answer.unwrap_or_else(|fault| relay::fault_response(&fault, dialect))
}

/// One request, step by step. A fault here came before there was a request worth recording.
async fn handle(app: &App, asking: Asking, peer: SocketAddr, request: Http) -> Result<Response, Fault> {
    let arrived = clock::now();
    let snapshot = app.snapshot();
    let (parts, body) = request.into_parts();

    let caller = caller::identify(&parts, peer, &snapshot, app.config.require_key)?;
    let inbound = inbound::read(asking, parts, body, snapshot.policy.max_body_bytes).await?;
    let inbound = save::save(app, &snapshot, &caller, inbound, arrived.unix_ms)?;
    if let (true, Some(conversation)) = (inbound.savings.kept, inbound.conversation) {
        app.pins.keep(conversation, inbound.savings.pin, arrived.unix_ms);
    }
    Ok(served(app, arrived, snapshot, caller, inbound).await)
}

/// The steps of a request that was let in and read: from here on there is a record of it.
async fn served(
    app: &App,
    arrived: Moment,
    snapshot: Arc<Snapshot>,
    caller: Caller,
    inbound: Inbound,
) -> Response {
    let request = Request::new(&inbound, &caller.tool);
    let mut trace = Trace::open(arrived, &caller, &inbound, app, app.recorder.place().await);
    if snapshot.logs(caller.key.as_deref(), arrived.unix_ms) {
        let key_id = caller.key.as_ref().map_or(0, |key| key.id);
        trace.capture(Capture::begin(&app.payloads, key_id, &inbound));
    }
    let standing = Now::new(app, arrived.unix_ms, snapshot.policy.affinity_ms, inbound.conversation);
    let plan = match plan::plan(&snapshot, &request, &standing) {
        Ok(plan) => plan,
        Err(none) => {
            trace.excluded(none.combo, none.exclusions);
            let lost = Lost::AllOut { fault: none.fault, retry_after: none.retry_after };
            return relay::refuse(lost, inbound.dialect, trace);
        }
    };
    trace.planned(&plan);
    let (id, policy, tool) = (trace.id(), &snapshot.policy, &caller.tool);
    let course = Course {
        app,
        policy,
        limits: plan.limits,
        request: &request,
        tool,
        id: &id,
        said: None,
        logs: trace.logs(),
    };
    let mut left = Left::all(&plan);
    let winner = match attempt::run(course, &plan, &mut left, &mut trace).await {
        Ok(winner) => winner,
        Err(lost) => return relay::refuse(lost, inbound.dialect, trace),
    };
    if let (true, Some(step)) = (plan.keeps, plan.steps.get(winner.step))
        && let Some(conversation) = inbound.conversation
    {
        app.memory.keep(conversation, step.account.id, &step.target.name(), arrived.unix_ms);
    }
    let current = winner.step;
    drop(request);
    let rest =
        Rest { app: app.clone(), snapshot, plan, left, current, again: 0, tool: caller.tool, inbound, id };
    relay::respond(winner, rest, trace, &app.tasks)
}
