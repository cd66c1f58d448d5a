//! Settings: password, sessions, key policy, limits, retention.

#![expect(clippy::too_many_arguments, reason = "a server function takes the fields of its form")]

use super::payload::PayloadLog;
use super::{Millis, Problem};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Names the session without being usable as its cookie.
    pub id: String,
    /// Whether it is the reader's own.
    pub current: bool,
    /// The browser, in words, e.g. "Firefox on Linux".
    pub browser: String,
    /// Where it signed in from.
    pub address: String,
    /// When it signed in.
    pub created_at: Millis,
    /// When it ends by itself.
    pub expires_at: Millis,
}

/// What a person can change. Durations in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether clients on this machine need a key; beyond it they always do.
    pub require_key: bool,
    /// Days that single requests are kept; sums are kept for good.
    pub retention_days: i32,
    /// Largest request body accepted, in bytes.
    pub max_body_bytes: i64,
    /// To open a connection to a provider.
    pub connect_ms: i64,
    /// From sending a streaming request to the provider's first meaningful frame.
    pub first_byte_ms: i64,
    /// From sending a request that does not stream to its whole reply.
    pub whole_reply_ms: i64,
    /// Between two frames of a stream that nothing else could continue.
    pub idle_ms: i64,
    /// How long a target may be silent before the next one of the plan is started beside it.
    pub first_token_ms: i64,
    /// Between two frames of a stream that another target could continue.
    pub stall_ms: i64,
    /// How long a conversation stays at its account, counted from its last answer: providers keep prompts cached so
    /// long. 0 means not at all.
    pub affinity_ms: i64,
    /// The longest time that a model which keeps failing at an account is left alone before it is tried again.
    pub circuit_ms: i64,
    /// Bytes that the payload log takes at most; the oldest goes first.
    pub payload_bytes: i64,
    /// Days that payloads are kept, at most as long as their requests.
    pub payload_days: i32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            require_key: true,
            retention_days: 30,
            max_body_bytes: 64 * 1024 * 1024,
            connect_ms: 10_000,
            first_byte_ms: 120_000,
            whole_reply_ms: 600_000,
            idle_ms: 120_000,
            first_token_ms: 12_000,
            stall_ms: 20_000,
            affinity_ms: 300_000,
            circuit_ms: 20_000,
            payload_bytes: 256 * 1024 * 1024,
            payload_days: 7,
        }
    }
}

/// The settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsPage {
    /// The person who is signed in.
    pub person: String,
    /// What can be changed.
    pub policy: Policy,
    /// Why `require_key` cannot be switched off here, in words; empty when it can.
    pub key_lock: String,
    /// Who is signed in where, newest first.
    pub sessions: Vec<SessionRow>,
    /// e.g. "0.1.0".
    pub version: String,
    /// Where data and the secret key live.
    pub data_dir: String,
    /// Which, and how much it takes: "SQLite, 1.2 MB".
    pub database: String,
    /// Whose requests are logged in full, and how much is kept of them.
    pub payload_log: PayloadLog,
}

/// Settings.
#[async_trait]
pub trait Settings: Send + Sync {
    /// The whole page.
    async fn settings(&self) -> Result<SettingsPage, Problem>;
    /// Changes the password of the person who asks and signs out their other sessions.
    async fn change_password(&self, current: String, new: String) -> Result<(), Problem>;
    /// Ends one session of the person who asks.
    async fn end_session(&self, id: String) -> Result<(), Problem>;
    /// Ends every session and bearer of the person who asks, this one included.
    async fn sign_out_everywhere(&self) -> Result<(), Problem>;
    /// Replaces the policy.
    async fn save_policy(&self, policy: Policy) -> Result<Policy, Problem>;
}

/// The whole page.
#[server(prefix = "/console", endpoint = "settings")]
pub async fn load_settings() -> Result<SettingsPage, Problem> {
    super::console()?.settings().await
}

/// Changes the password and signs out all other sessions.
#[server(prefix = "/console", endpoint = "change_password")]
pub async fn change_password(current: String, new: String) -> Result<(), Problem> {
    super::told(super::console()?.change_password(current, new).await)
}

/// Ends one session.
#[server(prefix = "/console", endpoint = "end_session")]
pub async fn end_session(id: String) -> Result<(), Problem> {
    super::told(super::console()?.end_session(id).await)
}

/// Ends every session of the person and opens the login page.
#[server(prefix = "/console", endpoint = "sign_out_everywhere")]
pub async fn sign_out_everywhere() -> Result<(), Problem> {
    super::told(super::console()?.sign_out_everywhere().await)?;
    leptos_axum::redirect("/login");
    Ok(())
}

/// Replaces the policy. Takes what a person types: seconds and megabytes.
#[server(prefix = "/console", endpoint = "save_policy")]
pub async fn save_policy(
    #[server(default)] require_key: bool,
    retention_days: i32,
    max_body_mb: f64,
    connect_s: f64,
    first_byte_s: f64,
    whole_reply_s: f64,
    idle_s: f64,
    first_token_s: f64,
    stall_s: f64,
    affinity_s: f64,
    circuit_s: f64,
    payload_mb: f64,
    payload_days: i32,
) -> Result<Policy, Problem> {
    let policy = Policy {
        require_key,
        retention_days,
        max_body_bytes: bytes(max_body_mb),
        connect_ms: millis(connect_s),
        first_byte_ms: millis(first_byte_s),
        whole_reply_ms: millis(whole_reply_s),
        idle_ms: millis(idle_s),
        first_token_ms: millis(first_token_s),
        stall_ms: millis(stall_s),
        affinity_ms: millis(affinity_s),
        circuit_ms: millis(circuit_s),
        payload_bytes: bytes(payload_mb),
        payload_days,
    };
    super::told(super::console()?.save_policy(policy).await).map_err(|problem| Problem {
        field: problem.field.map(|field| form_field(&field).to_owned()),
        ..problem
    })
}

/// Seconds as typed, in milliseconds. A number that makes no sense becomes one that is refused by name.
#[cfg(feature = "ssr")]
fn millis(seconds: f64) -> i64 {
    (seconds * 1e3).round() as i64
}

/// Megabytes as typed, in bytes.
#[cfg(feature = "ssr")]
fn bytes(megabytes: f64) -> i64 {
    (megabytes * f64::from(1 << 20)).round() as i64
}

/// The name that a member of [`Policy`] has in the form.
#[cfg(feature = "ssr")]
fn form_field(member: &str) -> &str {
    match member {
        "max_body_bytes" => "max_body_mb",
        "connect_ms" => "connect_s",
        "first_byte_ms" => "first_byte_s",
        "whole_reply_ms" => "whole_reply_s",
        "idle_ms" => "idle_s",
        "first_token_ms" => "first_token_s",
        "stall_ms" => "stall_s",
        "affinity_ms" => "affinity_s",
        "circuit_ms" => "circuit_s",
        "payload_bytes" => "payload_mb",
        other => other,
    }
}
