//! Connect: the endpoint, the caller keys, and what to paste into each tool.

use super::{Millis, Problem};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One caller key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Stays the same for the life of the key.
    pub id: i64,
    /// Unique.
    pub name: String,
    /// The key with all but its last four characters masked.
    pub masked: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last used.
    pub last_used_at: Option<Millis>,
    /// Requests made with it so far.
    pub requests: i64,
}

/// A key just made: the only time its text is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// The row as in the list.
    pub row: KeyRow,
    /// The whole key.
    pub secret: String,
}

/// The connect page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectPage {
    /// Where clients reach us, without a path, e.g. `http://127.0.0.1:20128`.
    pub base_url: String,
    /// Whether a client needs a key at that address.
    pub key_required: bool,
    /// Newest first.
    pub keys: Vec<KeyRow>,
    /// Names a client can ask for now: combos, aliases, then models of connected providers.
    pub models: Vec<String>,
}

/// Caller keys.
#[async_trait]
pub trait Connect: Send + Sync {
    /// The whole page.
    async fn connect(&self) -> Result<ConnectPage, Problem>;
    /// Makes a key.
    async fn create_key(&self, name: String) -> Result<NewKey, Problem>;
    /// Renames a key.
    async fn rename_key(&self, id: i64, name: String) -> Result<KeyRow, Problem>;
    /// Revokes a key at once; its past usage stays.
    async fn revoke_key(&self, id: i64) -> Result<(), Problem>;
}

/// The whole page.
#[server(prefix = "/console", endpoint = "connect")]
pub async fn load_connect() -> Result<ConnectPage, Problem> {
    super::console()?.connect().await
}

/// Makes a key.
#[server(prefix = "/console", endpoint = "create_key")]
pub async fn create_key(name: String) -> Result<NewKey, Problem> {
    super::told(super::console()?.create_key(name).await)
}

/// Renames a key.
#[server(prefix = "/console", endpoint = "rename_key")]
pub async fn rename_key(id: i64, name: String) -> Result<KeyRow, Problem> {
    super::told(super::console()?.rename_key(id, name).await)
}

/// Revokes a key at once.
#[server(prefix = "/console", endpoint = "revoke_key")]
pub async fn revoke_key(id: i64) -> Result<(), Problem> {
    super::told(super::console()?.revoke_key(id).await)
}
