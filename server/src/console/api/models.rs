//! The models of a provider, for programs.

use super::{Answer, At, Refused, body};
use app::api::models::{ModelSwitch, Models};
use app::api::providers::TestResult;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path};
use http::StatusCode;

/// Asks a provider for its own list of models.
pub async fn refresh_models(Extension(desk): At, Path(id): Path<String>) -> Answer<TestResult> {
    Ok(Json(Models::refresh_models(&desk, id).await?))
}

/// Switches models of a provider on or off.
pub async fn switch_models(
    Extension(desk): At,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<StatusCode, Refused> {
    let switch: ModelSwitch = body(&bytes)?;
    Models::switch_models(&desk, id, switch).await?;
    Ok(StatusCode::NO_CONTENT)
}
