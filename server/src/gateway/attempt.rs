//! Step 5: the loop over the plan, up to the commit point: nothing goes to the client before a provider has shown
//! that it answers.

use super::caller::Tool;
use super::headers::to_provider;
use super::inbound::Inbound;
use super::lost::{Failed, Lost, all_out, broken, refusal};
use super::plan::{Plan, Step};
use super::record::Trace;
use crate::clock;
use crate::state::App;
use crate::upstream::ReplyBody;
use crate::upstream::http::{Call, NoAnswer, Reply, send};
use app::api::settings::Policy;
use bytes::Bytes;
use catalog::{Park, Ruling, Verdict};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use std::time::Duration;
use wire::{Kind, ProviderError, Report, StreamTap};

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
        return Err(broken("The catalogue changed while this request was under way."));
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
    let body = wire::splice(&inbound.bytes, edits).map_err(|_| broken("The request could not be edited."))?;
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

async fn error_reply(reply: Reply) -> Failed {
    let (status, headers) = (Some(reply.status), reply.headers);
    let body = reply.body.whole(ERROR_BODY).await.unwrap_or_default();
    Failed { status, headers, error: wire::read_error(&body), body, silent: false }
}

async fn whole(reply: Reply, inbound: &Inbound) -> Result<Won, Failed> {
    let (status, headers) = (reply.status, reply.headers);
    // A connection that breaks is a connection that breaks, whatever status it began with.
    let body = reply.body.whole(WHOLE_BODY).await.map_err(|why| broken(&why.to_string()))?;
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
        let chunk = chunk.map_err(|why| broken(&why.to_string()))?;
        let seen = tap.push(chunk).map_err(|why| broken(&why.to_string()))?;
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
    Err(broken("The stream ended before it said anything."))
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
    write_down(app, step, park, &ruling.sentence, error);
}

/// Keeps an account's failure across restarts, beside the request.
fn write_down(app: &App, step: &Step, park: Option<Park>, why: &str, error: String) {
    let (store, why) = (app.store.clone(), why.to_owned());
    let (account, model) = (step.account.id, step.target.model.clone());
    app.tasks.spawn(async move {
        let now = clock::now().unix_ms;
        let mut written = store.note_error(account, &error, now).await;
        if let (Ok(()), Some(park)) = (&written, park) {
            written = store.park_account(account, &model, park, &why).await;
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
