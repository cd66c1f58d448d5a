//! A person's own look at the gateway, from the dashboard or the management API: what would answer for a model name,
//! and whether it does.

use super::caller::{self, Caller, Tool};
use super::inbound::{self, Asking};
use super::plan::{self, Asked};
use super::relay::fault_response;
use super::save::save;
use super::standing::Now;
use super::translate::Request;
use crate::clock;
use crate::state::App;
use app::api::combos::RoutePlan;
use app::api::providers::TestResult;
use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Limited};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use wire::{Dialect, Fault, Malformed, Needs};

/// How long a trial may take: fallbacks included.
const LIMIT: Duration = Duration::from_secs(60);
/// Most of an answer that is read.
const BODY: usize = 4 * 1024 * 1024;
/// The header that names what answered.
const TARGET: &str = "x-ninerouter-target";
/// What the request is called among those of tools.
const TOOL: &str = "Ninerouter dashboard";

/// A short chat request.
struct Short<'m>(&'m str);

impl Asked for Short<'_> {
    fn model(&self) -> &str {
        self.0
    }

    fn dialect(&self) -> Dialect {
        Dialect::Chat
    }

    fn needs(&self) -> Result<Needs, Malformed> {
        Ok(Needs::default())
    }
}

/// What a short chat request for a model name would be answered by now. Sends nothing, and takes nobody's turn.
pub fn would_plan(app: &App, model: &str) -> RoutePlan {
    plan::told(model, plan::plan(&app.snapshot(), &Short(model), &Now::looking(app)))
}

/// `POST /v1/route`: what would be done for a request, in whatever dialect, without sending it.
pub async fn route(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: http::Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let planned = async {
        let snapshot = app.snapshot();
        let caller = caller::identify(&parts, peer, &snapshot, app.config.require_key)?;
        let inbound = inbound::read_any(parts, body, snapshot.policy.max_body_bytes).await?;
        let at = clock::now().unix_ms;
        let inbound = save(&app, &snapshot, &caller, inbound, at)?;
        let request = Request::new(&inbound, &caller.tool);
        let now = Now::new(&app, at, snapshot.policy.affinity_ms, inbound.conversation);
        let made = plan::plan(&snapshot, &request, &now.without_turns());
        Ok::<_, Fault>(plan::told(&inbound.peek.model, made))
    };
    match planned.await {
        Ok(plan) => Json(plan).into_response(),
        Err(fault) => fault_response(&fault, Dialect::Chat),
    }
}

/// Sends one small real request for a model name through every step, as a tool's would go.
pub async fn try_out(app: &App, model: &str) -> TestResult {
    let began = clock::now();
    let result = match tokio::time::timeout(LIMIT, ask(app, model)).await {
        Ok(result) => result,
        Err(_) => Err(format!("Nothing answered within {} seconds.", LIMIT.as_secs())),
    };
    let millis = began.elapsed_ms();
    match result {
        Ok(sentence) => TestResult { ok: true, sentence, millis },
        Err(sentence) => TestResult { ok: false, sentence, millis },
    }
}

async fn ask(app: &App, model: &str) -> Result<String, String> {
    let arrived = clock::now();
    let snapshot = app.snapshot();
    let question = json!({
        "model": model,
        "messages": [{ "role": "user", "content": "Reply with the word ok." }],
    });
    let mut request = http::Request::new(Body::from(question.to_string()));
    request.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    let (parts, body) = request.into_parts();
    let inbound = inbound::read(Asking::of(Dialect::Chat), parts, body, snapshot.policy.max_body_bytes)
        .await
        .map_err(|fault| fault.message)?;
    // The person is signed in, which is more than a key says.
    let caller = Caller { key: None, tool: Tool { name: TOOL.to_owned(), vendor: "" } };
    let response = super::served(app, arrived, snapshot, caller, inbound).await;
    told(response).await
}

async fn told(response: Response) -> Result<String, String> {
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, BODY).collect().await;
    let body = body.map_err(|_| "It began to answer, but broke off.".to_owned())?.to_bytes();
    let target = parts.headers.get(TARGET).and_then(|target| target.to_str().ok()).unwrap_or("It");
    if !parts.status.is_success() {
        let said = wire::read_error(&body).message;
        let status = parts.status.as_u16();
        return Err(if said.is_empty() { format!("{target} answered with {status}.") } else { said });
    }
    match wire::read_reply(Dialect::Chat, &body) {
        Ok(report) if report.error.is_none() => Ok(format!("{target} answered.")),
        Ok(_) => Err(format!("{target} answered with an error.")),
        Err(why) => Err(format!("{target} answered, but it cannot be read: {why}")),
    }
}
