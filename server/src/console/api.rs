//! The management API: the console's methods over JSON, for programs with a bearer. `openapi.json` beside this file
//! describes it; a test holds the two together.

mod alerts;
mod endpoints;
mod models;
mod prices;
mod sign_in;
mod usage;
mod what_if;

pub use alerts::{alert_settings, alerts, dismiss_alert, save_alert_settings, test_alert};
pub use endpoints::{add_endpoint, change_endpoint, endpoints, remove_endpoint};
pub use models::{refresh_models, switch_models};
pub use prices::{prices, recalculate, recalculation, set_price, unset_price};
pub use sign_in::{begin_sign_in, cancel_sign_in, opt_in, paste_sign_in, quota, sign_in};
pub use usage::usage;
pub use what_if::what_if;

use super::Desk;
use crate::clock;
use crate::gate::problem_response;
use crate::session::bearer::{Bearers, LIFETIME};
use app::api::combos::{Alias, Combo, Combos, RoutePlan};
use app::api::connect::{Connect, KeyRow, NewKey};
use app::api::overview::{Overview, OverviewPage};
use app::api::providers::{
    AccountChange, AccountRow, NewAccount, ProviderDetail, ProviderRow, Providers, ProvidersPage, Rotation,
    TestResult,
};
use app::api::requests::{RequestDetail, RequestFilter, RequestList, Requests};
use app::api::saver::{Saver, SaverLevel, SaverPage};
use app::api::settings::{Policy, Settings, SettingsPage};
use app::api::terse::Terse;
use app::api::translator::{Asking, Translated, Translator};
use app::api::{Clock, Problem, ProblemKind};
use axum::body::Bytes;
use axum::extract::{Extension, Path, Query};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The desk of a program's request.
type At = Extension<Desk>;
/// An answer, or the problem as JSON.
type Answer<T> = Result<axum::Json<T>, Refused>;

/// A problem on its way out.
pub struct Refused(Problem);

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        problem_response(&self.0)
    }
}

/// The body as a value; what is wrong with it, in words that name the member.
fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(bytes).map_err(|error| {
        Refused(Problem::new(ProblemKind::Invalid, format!("The body does not fit: {error}.")))
    })
}

/// A new thing was made.
fn created<T: Serialize>(value: T) -> Response {
    (StatusCode::CREATED, axum::Json(value)).into_response()
}

/// `POST /api/v1/login`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginBody {
    #[serde(default = "admin")]
    name: String,
    password: String,
}

fn admin() -> String {
    "admin".to_owned()
}

/// A bearer.
#[derive(Serialize)]
pub struct Bearer {
    token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
}

/// Gives a bearer for a name and password.
pub async fn login(Extension(desk): At, bytes: Bytes) -> Answer<Bearer> {
    let given: LoginBody = body(&bytes)?;
    let person = desk.authenticate(&given.name, given.password).await?;
    let bearers = Bearers::new(&desk.app.config, desk.app.store.seal());
    let made = bearers.make(person.id, person.epoch, clock::now().unix_ms / 1000);
    let token = made.ok_or_else(|| Problem::new(ProblemKind::Internal, "The bearer could not be made."))?;
    Ok(axum::Json(Bearer { token, token_type: "Bearer", expires_in: LIFETIME }))
}

/// The description of this API.
pub async fn openapi() -> Response {
    let mut response = Response::new(include_str!("openapi.json").into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Today's and yesterday's sums.
pub async fn overview(Extension(desk): At, Query(clock): Query<Clock>) -> Answer<OverviewPage> {
    Ok(axum::Json(desk.overview(clock).await?))
}

/// A page of requests.
pub async fn requests(Extension(desk): At, Query(filter): Query<RequestFilter>) -> Answer<RequestList> {
    Ok(axum::Json(Requests::requests(&desk, filter).await?))
}

/// One request.
pub async fn request(Extension(desk): At, Path(id): Path<String>) -> Answer<RequestDetail> {
    Ok(axum::Json(Requests::request(&desk, id).await?))
}

/// All providers.
pub async fn providers(Extension(desk): At) -> Answer<ProvidersPage> {
    Ok(axum::Json(Providers::providers(&desk).await?))
}

/// One provider.
pub async fn provider(Extension(desk): At, Path(id): Path<String>) -> Answer<ProviderDetail> {
    Ok(axum::Json(Providers::provider(&desk, id).await?))
}

/// All accounts.
pub async fn accounts(Extension(desk): At) -> Answer<Vec<AccountRow>> {
    Ok(axum::Json(desk.account_rows().await?))
}

/// Makes an account.
pub async fn add_account(Extension(desk): At, bytes: Bytes) -> Result<Response, Refused> {
    let account: NewAccount = body(&bytes)?;
    Ok(created(Providers::add_account(&desk, account).await?))
}

/// Changes an account.
pub async fn change_account(Extension(desk): At, Path(id): Path<i64>, bytes: Bytes) -> Answer<AccountRow> {
    let change: AccountChange = body(&bytes)?;
    Ok(axum::Json(Providers::change_account(&desk, id, change).await?))
}

/// Removes an account.
pub async fn remove_account(Extension(desk): At, Path(id): Path<i64>) -> Result<StatusCode, Refused> {
    Providers::remove_account(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a minimal real request through an account.
pub async fn test_account(Extension(desk): At, Path(id): Path<i64>) -> Answer<TestResult> {
    Ok(axum::Json(Providers::test_account(&desk, id).await?))
}

/// Forgets that an account was parked.
pub async fn unpark_account(Extension(desk): At, Path(id): Path<i64>) -> Answer<AccountRow> {
    Ok(axum::Json(Providers::unpark_account(&desk, id).await?))
}

/// In which order a provider's accounts are tried.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RotationBody {
    rotation: Rotation,
}

/// Says in which order a provider's accounts are tried.
pub async fn rotate_accounts(
    Extension(desk): At,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Answer<ProviderRow> {
    let said: RotationBody = body(&bytes)?;
    Ok(axum::Json(Providers::rotate_accounts(&desk, id, said.rotation).await?))
}

/// A key's name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyBody {
    name: String,
}

/// All caller keys.
pub async fn keys(Extension(desk): At) -> Answer<Vec<KeyRow>> {
    Ok(axum::Json(desk.connect().await?.keys))
}

/// Makes a caller key; the only time its text is shown.
pub async fn create_key(Extension(desk): At, bytes: Bytes) -> Result<Response, Refused> {
    let key: KeyBody = body(&bytes)?;
    let made: NewKey = Connect::create_key(&desk, key.name).await?;
    Ok(created(made))
}

/// Renames a caller key.
pub async fn rename_key(Extension(desk): At, Path(id): Path<i64>, bytes: Bytes) -> Answer<KeyRow> {
    let key: KeyBody = body(&bytes)?;
    Ok(axum::Json(Connect::rename_key(&desk, id, key.name).await?))
}

/// Revokes a caller key.
pub async fn revoke_key(Extension(desk): At, Path(id): Path<i64>) -> Result<StatusCode, Refused> {
    Connect::revoke_key(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All combos.
pub async fn combos(Extension(desk): At) -> Answer<Vec<Combo>> {
    Ok(axum::Json(Combos::combos(&desk).await?))
}

/// Makes a combo.
pub async fn add_combo(Extension(desk): At, bytes: Bytes) -> Result<Response, Refused> {
    let combo: Combo = body(&bytes)?;
    Ok(created(desk.save_combo(None, combo).await?))
}

/// Replaces a combo.
pub async fn change_combo(Extension(desk): At, Path(name): Path<String>, bytes: Bytes) -> Answer<Combo> {
    let combo: Combo = body(&bytes)?;
    Ok(axum::Json(desk.save_combo(Some(name), combo).await?))
}

/// Removes a combo.
pub async fn remove_combo(Extension(desk): At, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    Combos::remove_combo(&desk, name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A model name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelBody {
    model: String,
}

/// What a request for a model name would be answered by now.
pub async fn route(Extension(desk): At, bytes: Bytes) -> Answer<RoutePlan> {
    let asked: ModelBody = body(&bytes)?;
    Ok(axum::Json(desk.dry_run(asked.model).await?))
}

/// Sends a minimal real request for a model name.
pub async fn try_model(Extension(desk): At, bytes: Bytes) -> Answer<TestResult> {
    let asked: ModelBody = body(&bytes)?;
    Ok(axum::Json(desk.try_model(asked.model).await?))
}

/// All aliases.
pub async fn aliases(Extension(desk): At) -> Answer<Vec<Alias>> {
    Ok(axum::Json(Combos::aliases(&desk).await?))
}

/// Makes an alias.
pub async fn add_alias(Extension(desk): At, bytes: Bytes) -> Result<Response, Refused> {
    let alias: Alias = body(&bytes)?;
    Ok(created(desk.save_alias(None, alias).await?))
}

/// Replaces an alias.
pub async fn change_alias(Extension(desk): At, Path(name): Path<String>, bytes: Bytes) -> Answer<Alias> {
    let alias: Alias = body(&bytes)?;
    Ok(axum::Json(desk.save_alias(Some(name), alias).await?))
}

/// Removes an alias.
pub async fn remove_alias(Extension(desk): At, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    Combos::remove_alias(&desk, name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Settings and limits.
pub async fn settings(Extension(desk): At) -> Answer<SettingsPage> {
    Ok(axum::Json(Settings::settings(&desk).await?))
}

/// Replaces the policy.
pub async fn save_policy(Extension(desk): At, bytes: Bytes) -> Answer<Policy> {
    let policy: Policy = body(&bytes)?;
    Ok(axum::Json(Settings::save_policy(&desk, policy).await?))
}

/// The saver: its level, filters, and what it saved.
pub async fn saver(Extension(desk): At) -> Answer<SaverPage> {
    Ok(axum::Json(Saver::saver(&desk).await?))
}

/// How far output of tools is shortened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelBody {
    level: Option<SaverLevel>,
}

/// Says how far output is shortened.
pub async fn save_saver_level(Extension(desk): At, bytes: Bytes) -> Result<StatusCode, Refused> {
    let LevelBody { level } = body(&bytes)?;
    let level = level.ok_or_else(|| Problem::invalid("level", "Choose off, exact, safe or strong."))?;
    desk.save_level(level).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a filter is in use.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchBody {
    on: bool,
}

/// Switches a filter.
pub async fn switch_filter(
    Extension(desk): At,
    Path(name): Path<String>,
    bytes: Bytes,
) -> Result<StatusCode, Refused> {
    let SwitchBody { on } = body(&bytes)?;
    desk.switch_filter(name, on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far the requests of a key are shortened, and how tersely they are answered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeySaverBody {
    level: Option<SaverLevel>,
    terse: Option<Terse>,
}

/// Says how far a key's requests are shortened, and how tersely they are answered; null: as everything else.
pub async fn save_key_saver(
    Extension(desk): At,
    Path(id): Path<i64>,
    bytes: Bytes,
) -> Result<StatusCode, Refused> {
    let KeySaverBody { level, terse } = body(&bytes)?;
    Saver::save_key_saver(&desk, id, level, terse).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Translates a text from one dialect into another.
pub async fn translate(Extension(desk): At, bytes: Bytes) -> Answer<Translated> {
    let asking: Asking = body(&bytes)?;
    Ok(axum::Json(desk.translate(asking).await?))
}

/// A change of password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    current: String,
    new: String,
}

/// Changes the password; every session and bearer ends.
pub async fn change_password(Extension(desk): At, bytes: Bytes) -> Result<StatusCode, Refused> {
    let change: PasswordBody = body(&bytes)?;
    Settings::change_password(&desk, change.current, change.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every session and bearer of the person.
pub async fn sign_out_everywhere(Extension(desk): At) -> Result<StatusCode, Refused> {
    Settings::sign_out_everywhere(&desk).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Any other address below `/api/v1`.
pub async fn unknown() -> Refused {
    let message = "The management API has no such address. GET /api/v1/openapi.json describes what it has.";
    Refused(Problem::new(ProblemKind::NotFound, message))
}
