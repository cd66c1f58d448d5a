//! What a failed attempt was, and what the client is told when none succeeded.

use super::judge::TOO_LONG;
use super::plan::{Plan, Step, duration};
use crate::accounts::renew::NotReady;
use crate::clock;
use crate::upstream::http::NoAnswer;
use bytes::Bytes;
use catalog::{Failure, Park, Ruling, Verdict};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use wire::{Dialect, Fault, FaultKind, ProviderError};

/// An attempt that failed.
#[derive(Default)]
pub(super) struct Failed {
    /// The provider's status, if it answered.
    pub(super) status: Option<StatusCode>,
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// Its body.
    pub(super) body: Bytes,
    /// What it says went wrong.
    pub(super) error: ProviderError,
    /// Whether the wait for an answer ran out.
    pub(super) silent: bool,
    /// Which of the account's tokens was shown, where it was signed in to.
    pub(super) token: Option<i64>,
    /// Whether the account has to be signed in to again.
    pub(super) ended: bool,
}

impl Failed {
    /// What it means for the plan.
    pub(super) fn rule(&self, step: &Step, now: i64) -> Ruling {
        let headers: Vec<(String, String)> = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let failure = Failure {
            status: self.error.status.or(self.status.map(|status| status.as_u16())),
            silent: self.silent,
            message: &self.error.message,
            code: &self.error.code,
            kind: &self.error.kind,
            body: std::str::from_utf8(&self.body).unwrap_or_default(),
            headers: &headers,
        };
        step.target.provider.spec.rule_on(&failure, now)
    }
}

impl From<NoAnswer> for Failed {
    fn from(why: NoAnswer) -> Self {
        let silent = matches!(why, NoAnswer::Silent(..) | NoAnswer::TimedOut(_));
        Self { silent, ..broken(&why.to_string()) }
    }
}

impl From<NotReady> for Failed {
    fn from(why: NotReady) -> Self {
        Self { ended: matches!(why, NotReady::Ended(_)), ..broken(&why.to_string()) }
    }
}

/// A failure that is not the provider's own statement.
pub(super) fn broken(message: &str) -> Failed {
    let error = ProviderError { message: message.to_owned(), ..ProviderError::default() };
    Failed { error, ..Failed::default() }
}

/// A stream that stood still for too long.
pub(super) fn stalled(message: &str) -> Failed {
    Failed { silent: true, ..broken(message) }
}

/// No answer.
pub(super) enum Lost {
    /// The provider's own refusal, to be handed on unchanged: the request itself is at fault.
    Refusal {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: HeaderMap,
        /// Its body.
        body: Bytes,
        /// The same in words.
        sentence: String,
    },
    /// Every attempt failed.
    AllOut {
        /// What to tell the client.
        fault: Fault,
        /// When to come back, in seconds.
        retry_after: Option<i64>,
    },
}

/// The provider's own refusal: its very bytes where the client speaks its dialect, else its status and words in the
/// client's.
pub(super) fn refusal(mut failed: Failed, step: &Step, sentence: String, client: Dialect) -> Lost {
    let sentence = format!("{sentence}: {}", failed.error.message);
    let same = step.speaks().is_some_and(|speaks| speaks.dialect == client);
    match failed.status {
        // An error inside a 200 stream has no status of its own; the client must not take it for an answer.
        Some(status) if !status.is_success() => {
            if !same {
                let fault = Fault::of_provider(status.as_u16(), &failed.error);
                failed.body = fault.body(client).into();
                failed.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            Lost::Refusal { status, headers: failed.headers, body: failed.body, sentence }
        }
        _ => Lost::AllOut { fault: Fault::new(FaultKind::Malformed, sentence), retry_after: None },
    }
}

/// Nothing is left to try.
pub(super) fn all_out(plan: &Plan, mut failures: Vec<(&Step, Failed, Ruling)>, client: Dialect) -> Lost {
    // The only attempt failed because the provider has no such model, or the like: its own words say it best.
    if let [(_, failed, ruling)] = failures.as_slice()
        && matches!(ruling.verdict, Verdict::NextTarget { park: None })
        && failed.status.is_some_and(|status| status.is_client_error())
        && let Some((step, failed, ruling)) = failures.pop()
    {
        return refusal(failed, step, ruling.sentence, client);
    }
    // Told that no window is large enough, a tool can shorten the conversation.
    if failures.iter().all(|(_, _, ruling)| ruling.rule.ends_with(TOO_LONG))
        && let Some((step, failed, ruling)) = failures.pop()
    {
        return refusal(failed, step, ruling.sentence, client);
    }
    let now = clock::now().unix_ms;
    let parks: Vec<Option<Park>> = failures
        .iter()
        .map(|(_, _, ruling)| match ruling.verdict {
            Verdict::NextAccount { park } | Verdict::NextTarget { park } => park,
            Verdict::RetryHere { .. } | Verdict::Stop => None,
        })
        .collect();
    let limited = !parks.is_empty()
        && parks.iter().zip(&failures).all(|(park, (_, failed, _))| {
            park.is_some_and(|park| !park.needs_person)
                && failed.status.is_some_and(|status| status == StatusCode::TOO_MANY_REQUESTS)
        });
    let kind = match failures.last() {
        _ if limited => FaultKind::RateLimited,
        Some((_, failed, _)) if failed.silent => FaultKind::Timeout,
        Some((_, failed, _)) if failed.status.is_none() => FaultKind::BadGateway,
        _ => FaultKind::Unavailable,
    };
    let reasons: Vec<String> = failures
        .iter()
        .map(|(step, failed, ruling)| {
            let what = format!("{}, account {}", step.target.name(), step.account.name);
            let said = &failed.error.message;
            if said.is_empty() {
                format!("{what}: {}", ruling.sentence)
            } else {
                format!("{what}: {} ({said})", ruling.sentence)
            }
        })
        .chain(plan.exclusions.iter().map(|left| format!("{}: {}", left.what, left.why)))
        .collect();
    let by_itself = parks.iter().flatten().filter(|park| !park.needs_person).map(|park| park.until);
    let earliest = by_itself.chain(plan.earliest).min();
    // What failed without being parked may be back at any moment.
    let known = parks.iter().all(Option::is_some);
    let retry_after = earliest.map(|until| (until - now).div_euclid(1000).max(0) + 1).filter(|_| known);
    let next = match retry_after {
        Some(seconds) => format!(" The first comes back in {}.", duration(seconds)),
        None => " The request's page in the Ninerouter dashboard has the details.".to_owned(),
    };
    Lost::AllOut {
        fault: Fault::new(kind, format!("No account could answer. {}.{next}", reasons.join("; "))),
        retry_after,
    }
}

/// The `Retry-After` header for a number of seconds.
pub(super) fn retry_after_header(seconds: i64) -> (http::HeaderName, HeaderValue) {
    (RETRY_AFTER, HeaderValue::from(seconds))
}
