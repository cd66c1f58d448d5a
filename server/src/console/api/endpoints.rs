//! Custom endpoints, for programs.

use super::{Answer, At, Refused, body, created};
use app::api::endpoints::{Endpoints, NewEndpoint};
use app::api::providers::{ProviderRow, Providers};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path};
use axum::response::Response;
use http::StatusCode;

/// All custom endpoints.
pub async fn endpoints(Extension(desk): At) -> Answer<Vec<ProviderRow>> {
    let page = Providers::providers(&desk).await?;
    Ok(Json(page.connected.into_iter().filter(|row| row.custom).collect()))
}

/// Makes a custom endpoint.
pub async fn add_endpoint(Extension(desk): At, bytes: Bytes) -> Result<Response, Refused> {
    let endpoint: NewEndpoint = body(&bytes)?;
    Ok(created(Endpoints::add_endpoint(&desk, endpoint).await?))
}

/// Changes a custom endpoint.
pub async fn change_endpoint(
    Extension(desk): At,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Answer<ProviderRow> {
    let endpoint: NewEndpoint = body(&bytes)?;
    Ok(Json(Endpoints::change_endpoint(&desk, id, endpoint).await?))
}

/// Removes a custom endpoint and its accounts.
pub async fn remove_endpoint(Extension(desk): At, Path(id): Path<String>) -> Result<StatusCode, Refused> {
    Endpoints::remove_endpoint(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
