//! How many tokens a prompt has: the provider's own count where it gives one, else an estimate that says it is one.
//! Nothing is used, so nothing is recorded.

use super::call::{ERROR_BODY, headers_for};
use super::inbound::{self, Asking, Inbound};
use super::plan::{self, Step};
use super::relay::fault_response;
use super::save::save;
use super::standing::Now;
use super::translate::Request;
use super::{Http, caller};
use crate::accounts::renew::ready;
use crate::clock;
use crate::state::App;
use crate::upstream::http::{Call, send};
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use std::net::SocketAddr;
use std::time::Duration;
use tiktoken_rs::o200k_base_singleton;
use wire::{Dialect, Fault, FaultKind};

/// How long a provider may take to count.
const LIMIT: Duration = Duration::from_secs(10);

/// `POST /v1/messages/count_tokens`.
pub async fn messages(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    count(&app, Asking::of(Dialect::Messages), peer, request).await
}

/// `POST /v1/responses/input_tokens`.
pub async fn responses(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Http,
) -> Response {
    count(&app, Asking::of(Dialect::Responses), peer, request).await
}

/// Counts a prompt's tokens for a client of any dialect.
pub(super) async fn count(app: &App, asking: Asking, peer: SocketAddr, request: Http) -> Response {
    let dialect = asking.dialect;
    match counted(app, asking, peer, request).await {
        Ok((tokens, estimate)) => {
            let mut response = Response::new(Body::from(wire::write_count(dialect, tokens, estimate)));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(fault) => fault_response(&fault, dialect),
    }
}

async fn counted(app: &App, asking: Asking, peer: SocketAddr, request: Http) -> Result<(u64, bool), Fault> {
    let snapshot = app.snapshot();
    let (parts, body) = request.into_parts();
    let caller = caller::identify(&parts, peer, &snapshot, app.config.require_key)?;
    let inbound = inbound::read(asking, parts, body, snapshot.policy.max_body_bytes).await?;
    // What is counted is what would be sent.
    let inbound = save(app, &snapshot, &caller, inbound, clock::now().unix_ms)?;
    let request = Request::new(&inbound, &caller.tool);
    let plan = plan::plan(&snapshot, &request, &Now::looking(app));
    // Accounts that are parked can still be estimated for; a name that is unknown cannot.
    let step = match &plan {
        Ok(plan) => plan.steps.first(),
        Err(none) if none.fault.kind == FaultKind::UnknownModel => return Err(none.fault.clone()),
        Err(_) => None,
    };
    if let Some(step) = step
        && let Some(tokens) = ask(app, step, &request, &inbound, &caller.tool).await
    {
        return Ok((tokens, false));
    }
    let malformed = |why: &wire::Malformed| Fault::new(FaultKind::Malformed, why.to_string());
    request.conversation().map_err(malformed)?;
    // Half a megabyte takes tens of milliseconds: not on a thread that serves streams.
    let estimate = tokio::task::spawn_blocking(move || {
        let request = Request::new(&inbound, &caller.tool);
        let encoding = o200k_base_singleton();
        let tokens = |text: &str| encoding.encode_ordinary(text).len() as u64;
        request.conversation().map(|conversation| conversation.estimate(tokens)).ok()
    });
    match estimate.await {
        Ok(Some(tokens)) => Ok((tokens, true)),
        _ => Err(Fault::new(FaultKind::Internal, "The tokens could not be estimated.")),
    }
}

/// Asks the provider. `None` where it has no such endpoint, or does not answer as it should: an estimate is better than
/// an error.
async fn ask(
    app: &App,
    step: &Step,
    request: &Request<'_>,
    inbound: &Inbound,
    tool: &caller::Tool,
) -> Option<u64> {
    let speaks = step.speaks()?;
    let call = Call {
        provider: &step.target.provider,
        speaks,
        account: &step.account,
        headers: headers_for(step, inbound, tool),
        content_type: HeaderValue::from_static("application/json"),
        url: speaks.counting(step.target.sent_as())?,
        body: request.counting(step)?,
        limit: LIMIT,
    };
    ready(app, &step.target.provider, &step.account).await.ok()?;
    let reply = send(&app.clients, call).await.ok()?;
    let status = reply.status;
    let body = tokio::time::timeout(LIMIT, reply.body.whole(ERROR_BODY)).await.ok()?.ok()?;
    let tokens = wire::read_count(speaks.dialect, &body).filter(|_| status.is_success());
    if tokens.is_none() {
        tracing::debug!(target = step.target.name(), %status, "the provider did not count; tokens are estimated");
    }
    tokens
}
