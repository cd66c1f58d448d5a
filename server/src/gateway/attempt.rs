//! Step 5: the loop over the plan, up to the commit point: nothing goes to the client before a provider has shown
//! that it answers.

use super::caller::Tool;
use super::headers::to_provider;
use super::inbound::Inbound;
use super::plan::{Plan, Step, duration};
use super::record::Trace;
use crate::clock;
use crate::state::App;
use crate::upstream::ReplyBody;
use crate::upstream::http::{Call, NoAnswer, Reply, send};
use app::api::settings::Policy;
use bytes::Bytes;
use catalog::{Failure, Park, Ruling, Verdict};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::time::Duration;
use wire::{Fault, FaultKind, Kind, ProviderError, Report, StreamTap};

/// Most of a failed reply's body that is read: enough for any error.
const ERROR_BODY: usize = 1024 * 1024;
/// Most of a whole reply that is held.
const WHOLE_BODY: usize = 256 * 1024 * 1024;

/// An answer, committed to.
pub(super) enum Won {
    /// A stream that has shown its first meaningful frame.
    Stream {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: HeaderMap,
        /// What came so far, to be forwarded first.
        ready: Vec<Bytes>,
        /// Watches the rest.
        tap: Box<StreamTap>,
        /// The rest.
        body: ReplyBody,
    },
    /// A whole reply.
    Whole {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: HeaderMap,
        /// Its body.
        body: Bytes,
        /// What it states.
        report: Report,
    },
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

/// An attempt that failed.
struct Failed {
    /// The provider's status, if it answered.
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Bytes,
    error: ProviderError,
    silent: bool,
}

impl Failed {
    fn rule(&self, step: &Step, now: i64) -> Ruling {
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
        Self {
            status: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            silent: matches!(why, NoAnswer::Silent(..)),
            error: ProviderError { message: why.to_string(), ..ProviderError::default() },
        }
    }
}

/// Works through the plan until something answers.
pub(super) async fn run(
    app: &App,
    policy: &Policy,
    plan: &Plan,
    inbound: &Inbound,
    tool: &Tool,
    trace: &mut Trace,
) -> Result<Won, Lost> {
    let mut failures: Vec<(&Step, Failed, Ruling)> = Vec::new();
    let mut skipped: Option<&Step> = None;
    for step in &plan.steps {
        if skipped.is_some_and(|skip| std::sync::Arc::ptr_eq(&skip.target, &step.target)) {
            continue;
        }
        let mut retried = false;
        loop {
            trace.begin(step);
            let failed = match once(app, policy, step, inbound, tool).await {
                Ok(won) => return Ok(won),
                Err(failed) => failed,
            };
            let now = clock::now().unix_ms;
            let ruling = failed.rule(step, now);
            note(app, step, &failed, &ruling, trace);
            match ruling.verdict {
                Verdict::RetryHere { after_ms } if !retried => {
                    retried = true;
                    tokio::time::sleep(Duration::from_millis(jittered(after_ms))).await;
                }
                Verdict::Stop => return Err(refusal(failed, &ruling)),
                Verdict::NextTarget { .. } => {
                    skipped = Some(step);
                    failures.push((step, failed, ruling));
                    break;
                }
                Verdict::NextAccount { .. } | Verdict::RetryHere { .. } => {
                    failures.push((step, failed, ruling));
                    break;
                }
            }
        }
    }
    Err(all_out(plan, failures))
}

/// One call, up to the first sign that it answers.
async fn once(
    app: &App,
    policy: &Policy,
    step: &Step,
    inbound: &Inbound,
    tool: &Tool,
) -> Result<Won, Failed> {
    let Some(speaks) = step.target.speaks() else {
        return Err(broken("The catalogue changed while this request was under way.", None));
    };
    let spec = &step.target.provider.spec;
    let mut edits = Vec::new();
    edits.extend(inbound.peek.model_edit(step.target.sent_as()));
    let usage_edit = if spec.tweak.include_usage { inbound.peek.usage_edit() } else { None };
    let injected = usage_edit.is_some();
    edits.extend(usage_edit);
    if !spec.tweak.drop.is_empty() {
        edits.extend(wire::drop_members(&inbound.bytes, &spec.tweak.drop));
    }
    let body =
        wire::splice(&inbound.bytes, edits).map_err(|_| broken("The request could not be edited.", None))?;
    let streaming = inbound.peek.stream;
    let limit = if streaming { policy.first_byte_ms } else { policy.whole_reply_ms };
    let limit = Duration::from_millis(limit.unsigned_abs());
    let call = Call {
        provider: &step.target.provider,
        speaks,
        account: &step.account,
        headers: to_provider(&inbound.headers, tool, &spec.id),
        query: inbound.query.as_deref(),
        body,
        limit,
    };
    let whole_call = async {
        let reply = send(&app.clients, call).await?;
        if !reply.status.is_success() {
            return Err(error_reply(reply).await);
        }
        let is_events = reply
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/event-stream"));
        if streaming && is_events {
            first_frame(reply, Box::new(StreamTap::new(inbound.dialect, injected))).await
        } else {
            whole(reply, inbound).await
        }
    };
    match tokio::time::timeout(limit, whole_call).await {
        Ok(Ok(Won::Stream { status, headers, ready, tap, mut body })) => {
            body.limit_silence(Duration::from_millis(policy.idle_ms.unsigned_abs()));
            Ok(Won::Stream { status, headers, ready, tap, body })
        }
        Ok(result) => result,
        Err(_) => Err(NoAnswer::Silent(spec.name.clone(), limit.as_secs()).into()),
    }
}

fn broken(message: &str, status: Option<StatusCode>) -> Failed {
    Failed {
        status,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        silent: false,
        error: ProviderError { message: message.to_owned(), ..ProviderError::default() },
    }
}

async fn error_reply(reply: Reply) -> Failed {
    let (status, headers) = (Some(reply.status), reply.headers);
    let body = reply.body.whole(ERROR_BODY).await.unwrap_or_default();
    Failed { status, headers, error: wire::read_error(&body), body, silent: false }
}

async fn whole(reply: Reply, inbound: &Inbound) -> Result<Won, Failed> {
    let (status, headers) = (reply.status, reply.headers);
    // A connection that breaks is a connection that breaks, whatever status it began with.
    let body = reply.body.whole(WHOLE_BODY).await.map_err(|why| broken(&why.to_string(), None))?;
    let report = wire::read_reply(inbound.dialect, &body).map_err(|why| Failed {
        error: ProviderError {
            message: format!("The answer could not be read: {why}"),
            ..ProviderError::default()
        },
        status: None,
        headers: headers.clone(),
        body: body.clone(),
        silent: false,
    })?;
    match report.error {
        Some(error) => Err(Failed { status: Some(status), headers, body, error, silent: false }),
        None => Ok(Won::Whole { status, headers, body, report }),
    }
}

/// Reads a stream up to its first meaningful frame: providers say 200 and then fail.
async fn first_frame(reply: Reply, mut tap: Box<StreamTap>) -> Result<Won, Failed> {
    let Reply { status, headers, mut body } = reply;
    let mut ready = Vec::new();
    while let Some(chunk) = body.chunk().await {
        let chunk = chunk.map_err(|why| broken(&why.to_string(), None))?;
        let seen = tap.push(chunk).map_err(|why| broken(&why.to_string(), None))?;
        let mut meaningful = false;
        for frame in seen {
            match frame.kind {
                Kind::Idle => {}
                Kind::Content | Kind::Finish | Kind::End => meaningful = true,
                Kind::Error(error) if !meaningful => {
                    return Err(Failed {
                        status: Some(status),
                        headers,
                        body: frame.raw,
                        error,
                        silent: false,
                    });
                }
                Kind::Error(_) => {}
            }
            if !frame.raw.is_empty() {
                ready.push(frame.raw);
            }
        }
        if meaningful {
            return Ok(Won::Stream { status, headers, ready, tap, body });
        }
    }
    Err(broken("The stream ended before it said anything.", None))
}

/// Writes a failure down where it matters: the trace, the account's health, the log.
fn note(app: &App, step: &Step, failed: &Failed, ruling: &Ruling, trace: &mut Trace) {
    let status = failed.status.map(|status| status.as_u16());
    let message = &failed.error.message;
    let verdict = match &ruling.verdict {
        Verdict::RetryHere { .. } => "tried the same account again",
        Verdict::NextAccount { park: Some(_) } => "parked the account and went on to the next",
        Verdict::NextAccount { park: None } => "went on to the next account",
        Verdict::NextTarget { .. } => "went on to the next target",
        Verdict::Stop => "handed the provider's answer to the client",
    };
    let error =
        if message.is_empty() { ruling.sentence.clone() } else { format!("{}: {message}", ruling.sentence) };
    trace.failed(status, verdict, &ruling.rule, &error);
    tracing::warn!(
        request = trace.id(),
        target = step.target.name(),
        account = step.account.name,
        status,
        rule = ruling.rule,
        "attempt failed: {}",
        ruling.sentence
    );
    let park = match ruling.verdict {
        Verdict::NextAccount { park } | Verdict::NextTarget { park } => park,
        Verdict::RetryHere { .. } => None,
        Verdict::Stop => return,
    };
    if let Some(park) = park {
        step.account.health.park(park, &step.target.model, &ruling.sentence);
    }
    write_down(app, step.account.id, park.filter(|park| park.whole_account), &ruling.sentence, error);
}

/// Keeps an account's failure across restarts, beside the request.
fn write_down(app: &App, account: i64, park: Option<Park>, why: &str, error: String) {
    let (store, why) = (app.store.clone(), why.to_owned());
    app.tasks.spawn(async move {
        let now = clock::now().unix_ms;
        let mut written = store.note_error(account, &error, now).await;
        if let (Ok(()), Some(park)) = (&written, park) {
            written = store.park_account(account, Some(park.until), park.needs_person, &why).await;
        }
        if let Err(error) = written {
            tracing::error!(%error, account, "an account's failure could not be written down");
        }
    });
}

/// Between half of `after_ms` and all of it, so that many requests do not come back at once.
fn jittered(after_ms: u64) -> u64 {
    let mut random = [0_u8; 8];
    crate::accounts::seal::fill(&mut random);
    let half = after_ms / 2;
    half + u64::from_le_bytes(random) % (after_ms - half + 1)
}

fn refusal(failed: Failed, ruling: &Ruling) -> Lost {
    let sentence = format!("{}: {}", ruling.sentence, failed.error.message);
    match failed.status {
        // An error inside a 200 stream has no status of its own; the client must not take it for an answer.
        Some(status) if !status.is_success() => {
            Lost::Refusal { status, headers: failed.headers, body: failed.body, sentence }
        }
        _ => Lost::AllOut { fault: Fault::new(FaultKind::Malformed, sentence), retry_after: None },
    }
}

fn all_out(plan: &Plan, mut failures: Vec<(&Step, Failed, Ruling)>) -> Lost {
    // The only attempt failed because the provider has no such model, or the like: its own words say it best.
    if let [(_, failed, ruling)] = failures.as_slice()
        && matches!(ruling.verdict, Verdict::NextTarget { park: None })
        && failed.status.is_some_and(|status| status.is_client_error())
        && let Some((_, failed, ruling)) = failures.pop()
    {
        return refusal(failed, &ruling);
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
    let earliest = parks.iter().flatten().map(|park| park.until).chain(plan.earliest).min();
    let retry_after = earliest.map(|until| (until - now).div_euclid(1000).max(0) + 1).filter(|_| limited);
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
