//! What vendors say of their limits: when one that is reached is renewed (Anthropic's and ChatGPT's plans as their own
//! tools read them, GLM's coding plan, Google's RetryInfo), and when those that still hold are (rate limit pages of
//! Anthropic and OpenAI; all read in November 2026).

use serde_json::json;
use time::OffsetDateTime;
use wire::Dialect;

/// Seconds until the limit of `plan-limit` is renewed.
pub(crate) const RENEWED_IN_S: i64 = 7200;

type Headers = Vec<(&'static str, String)>;

/// The next full second in so many seconds, Unix seconds.
fn later(seconds: i64) -> i64 {
    (server::clock::now().unix_ms + 999).div_euclid(1000) + seconds
}

/// The refusal of an account whose plan is used up: body and headers of a 429.
pub(super) fn used_up(dialect: Dialect) -> (String, Headers) {
    let at = later(RENEWED_IN_S);
    match dialect {
        Dialect::Messages => {
            let error = json!({ "type": "rate_limit_error", "message": "This request would exceed your account's rate limit. Please try again later." });
            let headers = vec![
                ("anthropic-ratelimit-unified-status", "rejected".to_owned()),
                ("anthropic-ratelimit-unified-5h-status", "rejected".to_owned()),
                ("anthropic-ratelimit-unified-5h-reset", at.to_string()),
                ("anthropic-ratelimit-unified-reset", at.to_string()),
            ];
            (json!({ "type": "error", "error": error }).to_string(), headers)
        }
        Dialect::Responses => {
            let error = json!({
                "type": "usage_limit_reached", "message": "The usage limit has been reached", "plan_type": "plus",
                "resets_at": at,
            });
            (json!({ "error": error }).to_string(), Vec::new())
        }
        Dialect::Gemini => {
            let info = json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{RENEWED_IN_S}s") });
            let error = json!({
                "code": 429, "message": "You exceeded your current quota.", "status": "RESOURCE_EXHAUSTED",
                "details": [info],
            });
            (json!({ "error": error }).to_string(), Vec::new())
        }
        Dialect::Chat | Dialect::Ollama => {
            let time = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
            let message = format!(
                "Usage limit reached for 5 hour. Your limit will reset at {} {:02}:{:02}:{:02}",
                time.date(),
                time.hour(),
                time.minute(),
                time.second()
            );
            (json!({ "error": { "code": "1308", "message": message } }).to_string(), Vec::new())
        }
    }
}

/// The headers of a good answer that say in how many seconds a limit is renewed.
pub(super) fn renewed_in(dialect: Dialect, seconds: i64) -> Headers {
    match dialect {
        Dialect::Messages => vec![
            ("anthropic-ratelimit-unified-5h-status", "allowed".to_owned()),
            ("anthropic-ratelimit-unified-5h-reset", later(seconds).to_string()),
            ("anthropic-ratelimit-unified-7d-reset", later(seconds + 400_000).to_string()),
        ],
        Dialect::Responses => vec![
            ("x-codex-primary-used-percent", "12".to_owned()),
            ("x-codex-primary-reset-after-seconds", seconds.to_string()),
        ],
        Dialect::Chat | Dialect::Gemini | Dialect::Ollama => vec![
            ("x-ratelimit-remaining-requests", "9999".to_owned()),
            ("x-ratelimit-reset-requests", format!("{}h0m0s", seconds / 3600)),
        ],
    }
}
