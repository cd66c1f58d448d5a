//! Tells a webhook of an alert. Its URL commonly holds a secret: it is named by its host only, and no word of what it
//! answers is repeated.

use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::StoredAlerting;
use crate::upstream::client::Way;
use crate::upstream::http::{NoAnswer, ask};
use app::api::alerts::AlertRow;
use app::parts::format::iso;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use serde::Serialize;
use std::time::Duration;
use url::Url;

/// How long a webhook may take to answer.
const LIMIT: Duration = Duration::from_secs(15);
/// Before each further try, in seconds.
const WAITS: [u64; 4] = [1, 5, 30, 120];
/// The longest wait that a webhook may ask for, in seconds.
const LONGEST: u64 = 600;

/// What a webhook gets, as JSON. `text` is what Slack, Mattermost and Teams show, `content` what Discord shows; the rest
/// is for programs, and stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// `quota.threshold`, or `test`.
    event: &'static str,
    /// One sentence for people.
    text: String,
    /// The same.
    content: String,
    /// The provider's id.
    provider: Option<String>,
    /// The account's name.
    account: Option<String>,
    /// The limit's name.
    window: Option<String>,
    /// The models it is for; `None`: all.
    model: Option<String>,
    used_percent: Option<u32>,
    threshold_percent: Option<u32>,
    /// When it begins anew, RFC 3339; `None` for what does not.
    resets_at: Option<String>,
    /// When the alert was raised, RFC 3339.
    at: String,
    /// The Quota page.
    url: String,
}

impl Message {
    /// That a threshold was passed.
    pub fn passed(app: &App, row: &AlertRow, now: i64) -> Self {
        Self {
            event: "quota.threshold",
            provider: Some(row.provider_id.clone()),
            account: Some(row.account.clone()),
            window: Some(row.window.clone()),
            model: Some(row.model.clone()).filter(|model| !model.is_empty()),
            used_percent: Some(row.used_percent),
            threshold_percent: Some(row.threshold_percent),
            resets_at: row.resets_at.map(iso),
            ..Self::saying(app, &row.sentence, now)
        }
    }

    /// A test.
    pub fn test(app: &App, now: i64) -> Self {
        Self::saying(
            app,
            "This is a test alert of Ninerouter: alerts of limits that fill up arrive here.",
            now,
        )
    }

    fn saying(app: &App, text: &str, now: i64) -> Self {
        Self {
            event: "test",
            text: text.to_owned(),
            content: text.to_owned(),
            provider: None,
            account: None,
            window: None,
            model: None,
            used_percent: None,
            threshold_percent: None,
            resets_at: None,
            at: iso(now),
            url: format!("{}/quota", app.public_url()),
        }
    }
}

/// Why a webhook did not take a message.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// It gave no answer.
    #[error(transparent)]
    Net(#[from] NoAnswer),
    /// It answered otherwise than well.
    #[error("{host} answered {}", .status.as_u16())]
    Answered {
        /// Who.
        host: String,
        /// With what.
        status: StatusCode,
        /// How long to wait before another try, in seconds.
        wait: u64,
    },
    /// What is kept as its URL is none.
    #[error("its address cannot be used")]
    NoUrl,
}

impl Undelivered {
    /// How long to wait at least before another try, in seconds; `None` where that would come to the same.
    fn again(&self) -> Option<u64> {
        match self {
            Self::Net(NoAnswer::Address(crate::upstream::address::AddressError::Private(_)))
            | Self::NoUrl => None,
            Self::Net(_) => Some(0),
            Self::Answered { status, wait, .. } => {
                let passes = status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS;
                passes.then_some(*wait)
            }
        }
    }
}

/// Sends one message once. Gives the host that took it, and its status.
pub async fn send(
    app: &App,
    webhook: &Secret,
    private_network: bool,
    message: &Message,
) -> Result<(String, StatusCode), Undelivered> {
    let url = Url::parse(webhook.reveal()).map_err(|_| Undelivered::NoUrl)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let body = serde_json::to_vec(message).map_err(|_| Undelivered::NoUrl)?;
    let request = Request::post(url.as_str()).header(CONTENT_TYPE, "application/json").body(body);
    let request = request.map_err(|_| Undelivered::NoUrl)?;
    let way = if private_network { Way::Any } else { Way::Public };
    let reply = ask(&app.clients, way, request, LIMIT).await?;
    let status = reply.status();
    if status.is_success() {
        return Ok((host, status));
    }
    Err(Undelivered::Answered { host, status, wait: wait(&reply) })
}

/// How long one is told to wait, in seconds.
fn wait(reply: &Response<Vec<u8>>) -> u64 {
    let told = || reply.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<u64>().ok();
    told().unwrap_or(0).min(LONGEST)
}

/// Delivers a message where alerts go, with some patience; where they go is looked up at each try. What became of it is
/// written down.
pub async fn deliver(app: App, message: Message) {
    let stopping = app.tasks.stopping();
    let mut waits = WAITS.into_iter();
    let failed = loop {
        let (webhook, private_network) = match app.store.alerting().await {
            Ok(StoredAlerting { webhook: Some(webhook), private_network, .. }) => (webhook, private_network),
            // Alerts stay on the dashboard.
            Ok(_) => return,
            Err(error) => {
                tracing::error!(%error, "where alerts go could not be read; one is on the dashboard only");
                return;
            }
        };
        let why = match send(&app, &webhook, private_network, &message).await {
            Ok(_) => break None,
            Err(why) => why,
        };
        let Some((least, wait)) = why.again().zip(waits.next()) else { break Some(why) };
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(wait.max(least))) => {}
            () = stopping.cancelled() => break Some(why),
        }
    };
    let failed = failed.map(|why| (clock::now().unix_ms, why.to_string()));
    if let Some((_, why)) = &failed {
        tracing::warn!("an alert could not be delivered: {why}");
    }
    note(&app, failed.as_ref().map(|(at, why)| (*at, why.as_str()))).await;
}

/// Writes down what became of the last message.
pub async fn note(app: &App, failed: Option<(i64, &str)>) {
    if let Err(error) = app.store.note_delivery(failed).await {
        tracing::error!(%error, "what became of an alert could not be written down");
    }
}
