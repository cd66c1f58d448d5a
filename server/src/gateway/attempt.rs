//! Step 5: the loop over the plan, up to the commit point: nothing goes to the client before a provider has shown
//! that it answers.

use super::caller::Tool;
use super::headers::to_provider;
use super::inbound::Inbound;
use super::lost::{Failed, Lost, all_out, broken, refusal};
use super::plan::{Plan, Step};
use super::record::Trace;
use super::translate::{Back, Outgoing, Request};
use crate::clock;
use crate::state::App;
use crate::upstream::ReplyBody;
use crate::upstream::http::{Call, NoAnswer, Reply, send};
use app::api::settings::Policy;
use bytes::Bytes;
use catalog::{Park, Ruling, Verdict};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use std::time::Duration;
use wire::{Kind, Malformed, Passage, ProviderError, Report};

/// Most of a failed reply's body that is read: enough for any error.
pub(super) const ERROR_BODY: usize = 1024 * 1024;
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
        /// The way of the rest.
        passage: Box<Passage>,
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
    request: &Request<'_>,
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
            let failed = match once(app, policy, step, request, tool, trace).await {
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
                Verdict::Stop => return Err(refusal(failed, step, &ruling, request.inbound.dialect)),
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
    Err(all_out(plan, failures, request.inbound.dialect))
}

/// One call, up to the first sign that it answers.
async fn once(
    app: &App,
    policy: &Policy,
    step: &Step,
    request: &Request<'_>,
    tool: &Tool,
    trace: &mut Trace,
) -> Result<Won, Failed> {
    let inbound = request.inbound;
    let outgoing = request.outgoing(step, trace.id(), clock::now().unix_ms).map_err(|why| broken(&why))?;
    let Outgoing { url, body, dropped, streams, back } = outgoing;
    trace.translated(back.from, dropped);
    let Some(speaks) = step.target.speaks() else {
        return Err(broken("The catalogue changed while this request was under way."));
    };
    let spec = &step.target.provider.spec;
    let limit = if inbound.peek.stream { policy.first_byte_ms } else { policy.whole_reply_ms };
    let limit = Duration::from_millis(limit.unsigned_abs());
    let headers =
        if back.is_same() { to_provider(&inbound.headers, tool, &spec.id) } else { HeaderMap::new() };
    let (provider, account) = (&step.target.provider, &step.account);
    let content_type = inbound.content_type();
    let call = Call { provider, speaks, account, headers, content_type, url, body, limit };
    let whole_call = async {
        let reply = send(&app.clients, call).await?;
        if !reply.status.is_success() {
            return Err(error_reply(reply).await);
        }
        match (streams && back.is_stream(&reply.headers), inbound.peek.stream || inbound.side.is_some()) {
            (true, true) => first_frame(reply, &back).await,
            (true, false) => collected(reply, &back).await,
            (false, _) => whole(reply, &back, inbound.peek.stream && inbound.side.is_none()).await,
        }
    };
    match tokio::time::timeout(limit, whole_call).await {
        Ok(Ok(Won::Stream { status, headers, ready, passage, mut body })) => {
            body.limit_silence(Duration::from_millis(policy.idle_ms.unsigned_abs()));
            Ok(Won::Stream { status, headers, ready, passage, body })
        }
        Ok(result) => result,
        Err(_) => Err(NoAnswer::Silent(spec.name.clone(), limit.as_secs()).into()),
    }
}

/// The client's headers as they go on: those of a dialect mean nothing in another.
pub(super) fn headers_for(step: &Step, inbound: &Inbound, tool: &Tool) -> HeaderMap {
    let same = step.target.speaks().is_some_and(|speaks| speaks.dialect == inbound.dialect);
    if same { to_provider(&inbound.headers, tool, &step.target.provider.spec.id) } else { HeaderMap::new() }
}

async fn error_reply(reply: Reply) -> Failed {
    let (status, headers) = (Some(reply.status), reply.headers);
    let body = reply.body.whole(ERROR_BODY).await.unwrap_or_default();
    Failed { status, headers, error: wire::read_error(&body), body, silent: false }
}

/// A reply that came whole, as the client wants it.
async fn whole(reply: Reply, back: &Back, streamed: bool) -> Result<Won, Failed> {
    let (status, mut headers) = (reply.status, reply.headers);
    // A connection that breaks is a connection that breaks, whatever status it began with.
    let body = reply.body.whole(WHOLE_BODY).await.map_err(|why| broken(&why.to_string()))?;
    let unreadable = |why: Malformed| Failed {
        error: ProviderError {
            message: format!("The answer could not be read: {why}"),
            ..ProviderError::default()
        },
        status: None,
        headers: HeaderMap::new(),
        body: body.clone(),
        silent: false,
    };
    let report = wire::read_reply(back.from, &body).map_err(unreadable)?;
    if let Some(error) = report.error {
        return Err(Failed { status: Some(status), headers, body, error, silent: false });
    }
    let written = if streamed {
        back.name_stream(&mut headers);
        back.streamed(&body, &report)
    } else {
        if !back.is_same() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        back.whole(&body, &report)
    };
    let written = written.map_err(unreadable)?;
    Ok(Won::Whole { status, headers, body: written, report })
}

/// A stream that the client wants as one reply.
async fn collected(reply: Reply, back: &Back) -> Result<Won, Failed> {
    let Reply { status, mut headers, mut body } = reply;
    let mut translation = back.collecting();
    while let Some(chunk) = body.chunk().await {
        let chunk = chunk.map_err(|why| broken(&why.to_string()))?;
        translation.push(chunk).map_err(|why| broken(&why.to_string()))?;
    }
    let (reply, report) = translation.into_reply();
    let fail =
        |error, headers| Failed { status: Some(status), headers, body: Bytes::new(), error, silent: false };
    match reply {
        Err(error) => Err(fail(error, headers)),
        Ok(mut reply) => {
            reply.usage = report.usage;
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok(Won::Whole { status, headers, body: back.written(&reply), report })
        }
    }
}

/// Reads a stream up to its first meaningful frame: providers say 200 and then fail.
async fn first_frame(reply: Reply, back: &Back) -> Result<Won, Failed> {
    let Reply { status, mut headers, mut body } = reply;
    let mut passage = back.passage();
    let mut ready = Vec::new();
    while let Some(chunk) = body.chunk().await {
        let chunk = chunk.map_err(|why| broken(&why.to_string()))?;
        let seen = passage.push(chunk).map_err(|why| broken(&why.to_string()))?;
        let mut meaningful = false;
        for frame in seen {
            match frame.kind {
                Kind::Idle => {}
                Kind::Content | Kind::Finish | Kind::End => meaningful = true,
                Kind::Error(error) if !meaningful => {
                    let body = if back.is_same() { frame.raw } else { Bytes::new() };
                    return Err(Failed { status: Some(status), headers, body, error, silent: false });
                }
                Kind::Error(_) => {}
            }
            if !frame.raw.is_empty() {
                ready.push(frame.raw);
            }
        }
        if meaningful {
            if back.frames_anew() {
                back.name_stream(&mut headers);
            }
            return Ok(Won::Stream { status, headers, ready, passage: Box::new(passage), body });
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
