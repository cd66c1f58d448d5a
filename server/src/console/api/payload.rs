//! The payload log, for programs.

use super::{Answer, At, Refused, body};
use crate::console::payload::{self, Whose};
use app::api::Problem;
use app::api::payload::{ComparePage, LogFor, Payload, PayloadLog, Payloads};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, Query};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

/// Whose requests are logged, and how much is kept.
pub async fn payload_log(Extension(desk): At) -> Answer<PayloadLog> {
    Ok(Json(desk.payload_log().await?))
}

/// How long requests are logged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogBody {
    #[serde(rename = "for")]
    how_long: Option<LogFor>,
}

/// Logs the requests of a key from now on (0: those without a key).
pub async fn log_payloads(
    Extension(desk): At,
    Path(key): Path<i64>,
    bytes: Bytes,
) -> Result<StatusCode, Refused> {
    let LogBody { how_long } = body(&bytes)?;
    let how_long = how_long.ok_or_else(|| Problem::invalid("for", "Choose 1h, 8h, 1d or 7d."))?;
    desk.set_payload_log(key, Some(how_long)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Logs them no longer. What was logged stays.
pub async fn stop_payloads(Extension(desk): At, Path(key): Path<i64>) -> Result<StatusCode, Refused> {
    desk.set_payload_log(key, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes what was logged of a key, or all.
pub async fn forget_payloads(Extension(desk): At, Query(whose): Query<Whose>) -> Result<StatusCode, Refused> {
    desk.forget_payloads(whose.key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was logged of a key, or all, a request a line.
pub async fn export_payloads(Extension(desk): At, Query(whose): Query<Whose>) -> Result<Response, Refused> {
    Ok(payload::stream(desk, whose.key).await?)
}

/// What was logged of a request.
pub async fn payload(Extension(desk): At, Path(id): Path<String>) -> Answer<Payload> {
    Ok(Json(Payloads::payload(&desk, id).await?))
}

/// Which other request it is compared with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct With {
    with: Option<String>,
}

/// A request beside the one before it in its conversation.
pub async fn compare(
    Extension(desk): At,
    Path(id): Path<String>,
    Query(With { with }): Query<With>,
) -> Answer<ComparePage> {
    Ok(Json(Payloads::compare(&desk, id, with).await?))
}
