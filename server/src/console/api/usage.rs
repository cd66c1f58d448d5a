//! Usage over JSON.

use super::{Answer, At};
use app::api::Clock;
use app::api::usage::{UsagePage, UsageQuery, Usages};
use axum::extract::{Extension, Query};

/// Usage of a period.
pub async fn usage(
    Extension(desk): At,
    Query(query): Query<UsageQuery>,
    Query(clock): Query<Clock>,
) -> Answer<UsagePage> {
    Ok(axum::Json(Usages::usage(&desk, query, clock).await?))
}
