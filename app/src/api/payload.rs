//! The payload log: requests and replies of chosen keys in full, for a limited time, without their secrets.

use super::requests::RequestRow;
use super::saver::Stretch;
use super::{Millis, Problem};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How long requests of a key are logged. There is no way to log them for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogFor {
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
    /// A working day.
    #[serde(rename = "8h")]
    EightHours,
    /// A day.
    #[serde(rename = "1d")]
    Day,
    /// A week.
    #[serde(rename = "7d")]
    Week,
}

impl LogFor {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::EightHours, Self::Day, Self::Week];

    /// Its name in forms and the management API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::EightHours => "8h",
            Self::Day => "1d",
            Self::Week => "7d",
        }
    }

    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hour => "1 hour",
            Self::EightHours => "8 hours",
            Self::Day => "1 day",
            Self::Week => "7 days",
        }
    }

    /// In milliseconds.
    pub const fn millis(self) -> i64 {
        const HOUR: i64 = 3_600_000;
        match self {
            Self::Hour => HOUR,
            Self::EightHours => 8 * HOUR,
            Self::Day => 24 * HOUR,
            Self::Week => 7 * 24 * HOUR,
        }
    }
}

/// Whose requests are or were logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// The caller key; 0: requests without one.
    pub key: i64,
    /// Its name; empty for requests without one.
    pub name: String,
    /// Until when they are logged; `None`: they are not, now.
    pub until: Option<Millis>,
    /// Requests of which something is kept.
    pub requests: i64,
    /// Bytes that takes in the database.
    pub bytes: i64,
}

/// The payload log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadLog {
    /// Every key, newest first, then requests without one.
    pub rows: Vec<LogRow>,
    /// Requests of which something is kept, those of revoked keys among them.
    pub requests: i64,
    /// Bytes that takes in the database.
    pub bytes: i64,
}

/// A part of a payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What the client sent.
    #[default]
    Request,
    /// What the provider was sent that answered; only where that is something else.
    Sent,
    /// What the client got.
    Reply,
}

/// What is known of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartSize {
    /// Which.
    pub part: Part,
    /// Its bytes as it was.
    pub bytes: i64,
    /// How many of these are kept, counted before secrets were taken out.
    pub kept: i64,
    /// Secrets that were taken out.
    pub redacted: i64,
}

/// A part as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartText {
    /// What is known of it.
    #[serde(flatten)]
    pub size: PartSize,
    /// Headers that matter, never those with credentials; of a reply, `status` is among them.
    pub headers: Vec<(String, String)>,
    /// The text; empty where it was none, such as sound.
    pub text: String,
}

/// What was logged of a request, as it is exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The request as in the list.
    pub request: RequestRow,
    /// Its parts.
    pub parts: Vec<PartText>,
}

/// A piece of a text: what is in sight, and what is folded away behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    /// In sight.
    pub shown: String,
    /// Folded away; empty: nothing.
    pub folded: String,
}

/// A block of an answer that came as a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidBlock {
    /// "Text", "Thinking", "Refusal", "Call of Bash".
    pub what: String,
    /// What it says.
    pub text: String,
}

/// A part as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPart {
    /// What is known of it.
    pub size: PartSize,
    /// Headers that matter.
    pub headers: Vec<(String, String)>,
    /// What a stream came to; empty for what is none.
    pub said: Vec<SaidBlock>,
    /// Whether `text` is a stream as it came.
    pub stream: bool,
    /// The text: JSON a member a line, a stream as it came, or what it is.
    pub text: Vec<Folded>,
}

/// The payload page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadPage {
    /// The request as in the list.
    pub request: RequestRow,
    /// Its parts.
    pub parts: Vec<ShownPart>,
}

/// What became of the beginning of a prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turned {
    /// Both prompts are the same.
    #[default]
    Same,
    /// All of the earlier prompt is there, and more behind it.
    Longer,
    /// The earlier prompt went on where this one ends.
    Shorter,
    /// Something in it is another.
    Changed,
}

/// A value that is not the same in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differs {
    /// Where it stands: `messages[12].content[0].text`.
    pub path: String,
    /// What the earlier request had there, from a little before the difference on; empty: nothing.
    pub before: String,
    /// What this one has there.
    pub now: String,
}

/// An earlier request beside this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The earlier request.
    pub earlier: String,
    /// When it arrived.
    pub at: Millis,
    /// Whether it went to the same model and account: providers keep prompts by these.
    pub same_target: bool,
    /// `provider/model` and account of the earlier one, for showing.
    pub target: String,
    /// What became of the beginning.
    pub turned: Turned,
    /// Bytes at the beginning of the prompt that are the same in both.
    pub same_bytes: i64,
    /// Tokens that these are, by an estimate.
    pub same_tokens: i64,
    /// Bytes of this request's prompt.
    pub prompt_bytes: i64,
    /// Where the prompts first differ; `None` where they do not.
    pub first: Option<Differs>,
    /// What else differs and is no part of the prompt, such as the model or a limit.
    pub beside: Vec<Differs>,
    /// Whether bodies as they went to providers are compared, rather than as they came from the client.
    pub sent: bool,
    /// Whether one of the bodies is not kept whole.
    pub cut: bool,
    /// Whether secrets were taken out of what is compared: two of these look the same here.
    pub redacted: bool,
    /// Both bodies line by line, without what is far from a change.
    pub stretches: Vec<Stretch>,
}

/// The compare page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparePage {
    /// The request as in the list.
    pub request: RequestRow,
    /// The earlier request beside it; `None`: there is none.
    pub compared: Option<Compared>,
    /// Why there is nothing to compare with; empty when there is.
    pub why: String,
}

/// The payload log.
#[async_trait]
pub trait Payloads: Send + Sync {
    /// Whose requests are logged, and how much is kept.
    async fn payload_log(&self) -> Result<PayloadLog, Problem>;
    /// Logs the requests of a key from now on for so long (0: those without a key); `None` stops it, and what is under way
    /// is not kept.
    async fn set_payload_log(&self, key: i64, how_long: Option<LogFor>) -> Result<(), Problem>;
    /// Deletes what was logged of a key (0: of requests without one), or all.
    async fn forget_payloads(&self, key: Option<i64>) -> Result<(), Problem>;
    /// What was logged of a request, as it is kept.
    async fn payload(&self, id: String) -> Result<Payload, Problem>;
    /// The same as the page shows it.
    async fn payload_page(&self, id: String) -> Result<PayloadPage, Problem>;
    /// A request beside the last one before it, or beside the one of that id.
    async fn compare(&self, id: String, with: Option<String>) -> Result<ComparePage, Problem>;
}

/// What was logged of a request.
#[server(prefix = "/console", endpoint = "payload")]
pub async fn load_payload(id: String) -> Result<PayloadPage, Problem> {
    super::console()?.payload_page(id).await
}

/// A request beside an earlier one.
#[server(prefix = "/console", endpoint = "compare")]
pub async fn load_comparison(id: String, with: Option<String>) -> Result<ComparePage, Problem> {
    super::console()?.compare(id, with).await
}

/// Logs the requests of a key from now on.
#[server(prefix = "/console", endpoint = "log_payloads")]
pub async fn log_payloads(key: i64, how_long: LogFor) -> Result<(), Problem> {
    super::told(super::console()?.set_payload_log(key, Some(how_long)).await)
}

/// Logs them no longer. With `forget` what was logged is deleted, too.
#[server(prefix = "/console", endpoint = "stop_payloads")]
pub async fn stop_payloads(key: i64, #[server(default)] forget: bool) -> Result<(), Problem> {
    let console = super::console()?;
    super::told(console.set_payload_log(key, None).await)?;
    if forget { super::told(console.forget_payloads(Some(key)).await) } else { Ok(()) }
}

/// Deletes what was logged of a key, or all.
#[server(prefix = "/console", endpoint = "forget_payloads")]
pub async fn forget_payloads(key: Option<i64>) -> Result<(), Problem> {
    super::told(super::console()?.forget_payloads(key).await)
}
