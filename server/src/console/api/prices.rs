//! Prices, for programs.

use super::{Answer, At, Refused, body};
use app::api::Clock;
use app::api::prices::{ListPrice, PriceQuery, PriceRow, Prices, PricesPage, Recalculation};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;

/// What models cost, and who says so.
pub async fn prices(Extension(desk): At, Query(query): Query<PriceQuery>) -> Answer<PricesPage> {
    Ok(Json(Prices::prices(&desk, query).await?))
}

/// The price of a model, in USD per million tokens (`image`: per image) in units of 10^-9 USD; what is absent is unknown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceBody {
    model: String,
    input: Option<i64>,
    output: Option<i64>,
    cache_read: Option<i64>,
    cache_write: Option<i64>,
    image: Option<i64>,
}

/// Sets the price of a model.
pub async fn set_price(Extension(desk): At, bytes: Bytes) -> Answer<PriceRow> {
    let PriceBody { model, input, output, cache_read, cache_write, image } = body(&bytes)?;
    let price = ListPrice { input, output, cache_read, cache_write, image };
    Ok(Json(Prices::set_price(&desk, model, price).await?))
}

/// Which model's price is taken back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct UnsetQuery {
    model: String,
}

/// Takes the price that was set for a model back.
pub async fn unset_price(Extension(desk): At, Query(query): Query<UnsetQuery>) -> Answer<PriceRow> {
    Ok(Json(Prices::unset_price(&desk, query.model).await?))
}

/// The last recalculation of recorded costs.
pub async fn recalculation(Extension(desk): At) -> Answer<Option<Recalculation>> {
    Ok(Json(Prices::recalculation(&desk).await?))
}

/// From which day on recorded costs are calculated anew.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RecalculationBody {
    from: String,
    zone: String,
    utc_offset_minutes: i32,
}

/// Begins to calculate recorded costs anew.
pub async fn recalculate(Extension(desk): At, bytes: Bytes) -> Result<Response, Refused> {
    let RecalculationBody { from, zone, utc_offset_minutes } = body(&bytes)?;
    let begun = Prices::recalculate(&desk, from, Clock { zone, utc_offset_minutes }).await?;
    Ok((StatusCode::ACCEPTED, Json(begun)).into_response())
}
