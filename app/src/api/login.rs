//! First-run set-up, sign-in and sign-out.

use super::Problem;
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Visitor {
    /// No person exists yet: the set-up page is the only page.
    SetUpNeeded,
    /// Nobody is signed in.
    SignedOut,
    /// This person is signed in.
    Person {
        /// The name the person signs in with.
        name: String,
    },
}

/// Set-up, sign-in and sign-out.
#[async_trait]
pub trait Login: Send + Sync {
    /// Who is asking.
    async fn visitor(&self) -> Result<Visitor, Problem>;
    /// Makes the first person. `token` is the one printed on the console, from the set-up link.
    async fn set_up(&self, token: String, name: String, password: String) -> Result<(), Problem>;
    /// Starts a session for the person of that name.
    async fn log_in(&self, name: String, password: String) -> Result<(), Problem>;
    /// Ends the current session.
    async fn log_out(&self) -> Result<(), Problem>;
}

/// Who is asking.
#[server(prefix = "/console", endpoint = "visitor")]
pub async fn load_visitor() -> Result<Visitor, Problem> {
    super::console()?.visitor().await
}

/// Makes the first person and opens the overview.
#[server(prefix = "/console", endpoint = "set_up")]
pub async fn set_up(token: String, name: String, password: String) -> Result<(), Problem> {
    super::told(super::console()?.set_up(token, name, password).await)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Starts a session and opens the overview.
#[server(prefix = "/console", endpoint = "log_in")]
pub async fn log_in(name: String, password: String) -> Result<(), Problem> {
    super::told(super::console()?.log_in(name, password).await)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Ends the session and opens the login page.
#[server(prefix = "/console", endpoint = "log_out")]
pub async fn log_out() -> Result<(), Problem> {
    super::told(super::console()?.log_out().await)?;
    leptos_axum::redirect("/login");
    Ok(())
}
