//! Alerts, and where they go, for programs.

use super::{Answer, At, Refused, body};
use app::api::alerts::{AlertChange, AlertRow, AlertSettings, Alerts};
use app::api::providers::TestResult;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path};
use http::StatusCode;

/// The alerts that are open and not dismissed.
pub async fn alerts(Extension(desk): At) -> Answer<Vec<AlertRow>> {
    Ok(Json(Alerts::alerts(&desk).await?))
}

/// Takes an alert off the dashboard.
pub async fn dismiss_alert(Extension(desk): At, Path(id): Path<i64>) -> Result<StatusCode, Refused> {
    Alerts::dismiss_alert(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// When alerts are raised, and where they go.
pub async fn alert_settings(Extension(desk): At) -> Answer<AlertSettings> {
    Ok(Json(Alerts::alert_settings(&desk).await?))
}

/// Changes that.
pub async fn save_alert_settings(Extension(desk): At, bytes: Bytes) -> Answer<AlertSettings> {
    let change: AlertChange = body(&bytes)?;
    Ok(Json(Alerts::save_alert_settings(&desk, change).await?))
}

/// Sends a test alert.
pub async fn test_alert(Extension(desk): At) -> Answer<TestResult> {
    Ok(Json(Alerts::test_alert(&desk).await?))
}
