//! Signing in to accounts and what is left of them, for programs.

use super::{Answer, At, Refused, body, created};
use app::api::quota::{QuotaPage, Quotas};
use app::api::sign_in::{NewSignIn, SignIn, SignIns};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

/// Whether a provider's sign-in may be used.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptInBody {
    on: bool,
}

/// What a person pastes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasteBody {
    text: String,
}

/// How much is left.
pub async fn quota(Extension(desk): At) -> Answer<QuotaPage> {
    Ok(Json(Quotas::quota(&desk).await?))
}

/// Turns a provider's sign-in on or off.
pub async fn opt_in(
    Extension(desk): At,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<StatusCode, Refused> {
    let said: OptInBody = body(&bytes)?;
    SignIns::opt_in(&desk, id, said.on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a sign-in.
pub async fn begin_sign_in(Extension(desk): At, bytes: Bytes) -> Result<Response, Refused> {
    let new: NewSignIn = body(&bytes)?;
    Ok(created(SignIns::begin_sign_in(&desk, new).await?))
}

/// How far a sign-in is.
pub async fn sign_in(Extension(desk): At, Path(id): Path<String>) -> Answer<SignIn> {
    Ok(Json(SignIns::sign_in(&desk, id).await?))
}

/// Finishes a sign-in with what the person pasted.
pub async fn paste_sign_in(Extension(desk): At, Path(id): Path<String>, bytes: Bytes) -> Answer<SignIn> {
    let said: PasteBody = body(&bytes)?;
    Ok(Json(SignIns::paste_sign_in(&desk, id, said.text).await?))
}

/// Gives a sign-in up.
pub async fn cancel_sign_in(Extension(desk): At, Path(id): Path<String>) -> Result<StatusCode, Refused> {
    SignIns::cancel_sign_in(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
