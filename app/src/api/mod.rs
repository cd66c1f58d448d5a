//! The contract pages have with the server: per page its row types, one trait and its server functions.
//!
//! A page never sees a database or an HTTP client. The server puts an `Arc<dyn Console>` into the Leptos
//! context of each request, already bound to the person who asks; a test puts a fake there.

pub mod accounts;
pub mod alerts;
pub mod budget_fields;
pub mod combo_fields;
pub mod combos;
pub mod connect;
pub mod endpoints;
pub mod login;
pub mod models;
pub mod overview;
pub mod prices;
pub mod providers;
pub mod quota;
pub mod requests;
pub mod saver;
pub mod settings;
pub mod sign_in;
pub mod terse;
pub mod translator;
pub mod usage;
pub mod what_if;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Unix time in milliseconds, UTC.
pub type Millis = i64;

/// By whose clock days begin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clock {
    /// The time zone by its IANA name, such as `Europe/Berlin`; empty where it is not known.
    pub zone: String,
    /// Minutes by which the clock is ahead of UTC: counts where the zone is not known.
    pub utc_offset_minutes: i32,
}

/// USD in units of 10^-9, so that sums stay exact.
pub type NanoUsd = i64;

/// Everything the pages can ask of the server.
pub trait Console:
    accounts::Accounts
    + alerts::Alerts
    + combos::Combos
    + connect::Connect
    + endpoints::Endpoints
    + login::Login
    + models::Models
    + overview::Overview
    + prices::Prices
    + providers::Providers
    + quota::Quotas
    + requests::Requests
    + saver::Saver
    + settings::Settings
    + sign_in::SignIns
    + translator::Translator
    + usage::Usages
    + what_if::WhatIf
{
}

impl<T> Console for T where
    T: accounts::Accounts
        + alerts::Alerts
        + combos::Combos
        + connect::Connect
        + endpoints::Endpoints
        + login::Login
        + models::Models
        + overview::Overview
        + prices::Prices
        + providers::Providers
        + quota::Quotas
        + requests::Requests
        + saver::Saver
        + settings::Settings
        + sign_in::SignIns
        + translator::Translator
        + usage::Usages
        + what_if::WhatIf
        + what_if::WhatIf
{
}

/// Why the server did not do what was asked, in words a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What happened and what to do next. Never holds a secret.
    pub message: String,
    /// The form field or JSON member at fault, when there is one.
    pub field: Option<String>,
    /// What sort of problem it is; decides the HTTP status of the management API.
    pub kind: ProblemKind,
}

/// The sort of a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The input makes no sense as it stands (400).
    Invalid,
    /// Nobody is signed in, or the password is wrong (401).
    SignedOut,
    /// No such thing (404).
    NotFound,
    /// The name is taken, or the thing is in use (409).
    Conflict,
    /// Too many tries (429).
    TooMany,
    /// Our own fault; the log has the details (500).
    Internal,
}

impl ProblemKind {
    /// The HTTP status that says the same.
    pub fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::SignedOut => 401,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::Internal => 500,
        }
    }
}

impl Problem {
    /// Input refused by name.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { message: message.into(), field: Some(field.to_owned()), kind: ProblemKind::Invalid }
    }

    /// A problem that belongs to no single field.
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { message: message.into(), field: None, kind }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let kind = match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => ProblemKind::Invalid,
            _ => ProblemKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

/// The console of this request.
#[cfg(feature = "ssr")]
pub fn console() -> Result<std::sync::Arc<dyn Console>, Problem> {
    leptos::prelude::use_context().ok_or_else(|| {
        Problem::new(ProblemKind::Internal, "This page was rendered without a server behind it.")
    })
}

/// Gives a refusal its own HTTP status where a form was sent by script. A form that the browser posts itself is
/// answered with a redirect, whatever became of it.
#[cfg(feature = "ssr")]
pub(crate) fn told<T>(result: Result<T, Problem>) -> Result<T, Problem> {
    use leptos::prelude::use_context;
    if let Err(problem) = &result
        && let Some(request) = use_context::<http::request::Parts>()
        && request.method == http::Method::POST
        && request.headers.get(http::header::ACCEPT).is_some_and(|accepts| accepts == "application/json")
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = http::StatusCode::from_u16(problem.kind.status())
    {
        response.set_status(status);
    }
    result
}

/// Token counts of one or many requests. The four counts are disjoint; reasoning is part of `output`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Prompt tokens neither read from nor written to the provider's cache.
    pub input: i64,
    /// Prompt tokens read from the provider's cache.
    pub cache_read: i64,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: i64,
    /// Tokens the model produced, reasoning included.
    pub output: i64,
}

impl Tokens {
    /// All prompt tokens, cached or not.
    pub fn prompt(&self) -> i64 {
        self.input + self.cache_read + self.cache_write
    }
}

/// The price of a number of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The sum over requests whose price is known.
    pub known: NanoUsd,
    /// How many requests have no known price. They are not in `known`, and never counted as free.
    pub unknown_requests: i64,
    /// What requests that a flat fee, a free tier or one's own machine covered would have cost at list price, where that
    /// is known. Not in `known`: nothing was paid for them.
    #[serde(default)]
    pub covered: NanoUsd,
    /// How many covered requests have no known list price.
    #[serde(default)]
    pub covered_unknown: i64,
}

impl Cost {
    /// Adds another.
    pub fn add(&mut self, other: &Self) {
        self.known += other.known;
        self.unknown_requests += other.unknown_requests;
        self.covered += other.covered;
        self.covered_unknown += other.covered_unknown;
    }

    /// Whether nothing was billed, and something was covered.
    pub fn all_covered(&self) -> bool {
        self.known == 0 && self.unknown_requests == 0 && (self.covered > 0 || self.covered_unknown > 0)
    }
}

/// What an account costs to use: decides its colour everywhere and the order in which it is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Paid by the month.
    Subscription,
    /// Paid by the token.
    Cheap,
    /// Free of charge, usually with tight limits.
    Free,
    /// On the person's own hardware.
    Local,
}
