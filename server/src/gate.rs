//! Who gets through to the dashboard and the management API, and what every answer of theirs says to browsers.

use crate::console::Desk;
use crate::router::{Access, page_access, program_access};
use crate::session::visitor::Visitor;
use crate::state::App;
use crate::store::{PERSON, Sessions, StoreError};
use app::api::{Console, Problem, ProblemKind};
use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use leptos::prelude::{provide_context, use_context};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

/// A session ends this long after it was last extended.
const SESSION: Duration = Duration::days(14);
/// A session is extended when it is this old: not at every click, which would write to the database each time.
const EXTEND_AFTER: Duration = Duration::days(1);

/// Sessions in a cookie that scripts cannot read and other sites cannot send along.
pub(crate) fn sessions(app: &App) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(app.store.sessions())
        .with_name("ninerouter")
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(app.config.cookie_secure)
        .with_expiry(Expiry::OnInactivity(SESSION))
}

/// A problem as JSON, under the status of its kind.
pub(crate) fn problem_response(problem: &Problem) -> Response {
    let status = match problem.kind {
        ProblemKind::Invalid => StatusCode::BAD_REQUEST,
        ProblemKind::SignedOut => StatusCode::UNAUTHORIZED,
        ProblemKind::NotFound => StatusCode::NOT_FOUND,
        ProblemKind::Conflict => StatusCode::CONFLICT,
        ProblemKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, Json(json!({ "error": problem }))).into_response()
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, "a visitor could not be identified");
    problem_response(&Problem::new(
        ProblemKind::Internal,
        "The database does not answer. Try again in a moment.",
    ))
}

/// The gate to pages and server functions.
pub(crate) async fn person(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    if changes(request.method()) && !same_origin(request.headers()) {
        let message = "This form came from another site. Open Ninerouter itself and try again.";
        return problem_response(&Problem::new(ProblemKind::SignedOut, message));
    }
    let visitor = match Visitor::by_session(&app, session, request.headers(), peer).await {
        Ok(visitor) => visitor,
        Err(error) => return failed(&error),
    };
    if visitor.person.is_none() && page_access(request.uri().path()) != Access::Public {
        return turn_away(&app, request.uri().path()).await;
    }
    if let (Some(_), Some(session)) = (&visitor.person, &visitor.session) {
        extend(session).await;
    }
    let desk = Desk::new(app, visitor);
    request.extensions_mut().insert(desk.clone());
    say_when(&desk, next.run(request).await)
}

/// A stranger is shown the door that leads in.
async fn turn_away(app: &App, path: &str) -> Response {
    if path.starts_with("/console/") {
        return problem_response(&Problem::new(
            ProblemKind::SignedOut,
            "Your session has ended. Sign in again.",
        ));
    }
    match app.store.count_people().await {
        Ok(0) => Redirect::to("/setup").into_response(),
        Ok(_) => Redirect::to("/login").into_response(),
        Err(error) => failed(&error),
    }
}

/// Writing a value again makes the session's end move on.
async fn extend(session: &Session) {
    if session.expiry_date() - time::OffsetDateTime::now_utc() > SESSION - EXTEND_AFTER {
        return;
    }
    if let Ok(Some(login)) = session.get::<serde_json::Value>(PERSON).await
        && let Err(error) = session.insert(PERSON, login).await
    {
        tracing::warn!(%error, "a session could not be extended");
    }
}

/// The gate to the management API.
pub(crate) async fn program(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = match Visitor::by_bearer(&app, request.headers(), peer).await {
        Ok(visitor) => visitor,
        Err(error) => return failed(&error),
    };
    if visitor.person.is_none() && program_access(request.uri().path()) != Access::Public {
        let message = "Send a bearer: POST /api/v1/login with {\"name\", \"password\"} gives one.";
        return problem_response(&Problem::new(ProblemKind::SignedOut, message));
    }
    let desk = Desk::new(app, visitor);
    request.extensions_mut().insert(desk.clone());
    say_when(&desk, in_json(next.run(request).await).await)
}

/// Tells programs when a try is worth it again. Not with a redirect, which browsers would hold back for that long.
fn say_when(desk: &Desk, mut response: Response) -> Response {
    if let Some(seconds) = desk.wait()
        && response.status() == StatusCode::TOO_MANY_REQUESTS
    {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What the framework refuses in plain words (a bad path, query, method or size), in the shape of all other refusals.
async fn in_json(response: Response) -> Response {
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if !response.status().is_client_error() || is_json {
        return response;
    }
    let status = response.status();
    let words = axum::body::to_bytes(response.into_body(), 4096).await.unwrap_or_default();
    let message = match String::from_utf8_lossy(&words).trim() {
        "" => format!("{}.", status.canonical_reason().unwrap_or("This cannot be done")),
        words => format!("{words}."),
    };
    let problem = Problem::new(ProblemKind::Invalid, message);
    (status, Json(json!({ "error": problem }))).into_response()
}

/// Gives pages and server functions the console of their request.
pub(crate) fn provide_console() {
    if let Some(desk) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Desk>().cloned()) {
        provide_context::<Arc<dyn Console>>(Arc::new(desk));
    }
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a form was sent by one of our own pages. Browsers state it themselves; scripts on other sites cannot.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &http::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok()) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(&ORIGIN), text(&HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        // No browser sends a form without either header; a cookie alone is not enough.
        _ => false,
    }
}

/// What every answer of the dashboard and the management API tells browsers. Pages bring a policy of their own.
pub(crate) async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
