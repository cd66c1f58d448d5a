//! One call to a provider, up to the commit point: nothing goes to the client before a provider has shown that it
//! answers.

use super::caller::Tool;
use super::headers::to_provider;
use super::inbound::Inbound;
use super::lost::{Failed, broken};
use super::plan::{Limits, Step};
use super::translate::{Back, Outgoing, Request};
use crate::accounts::renew::ready;
use crate::clock;
use crate::state::App;
use crate::upstream::ReplyBody;
use crate::upstream::http::{Call, NoAnswer, Reply, send};
use crate::upstream::kiro::ordinary;
use app::api::settings::Policy;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use std::time::Duration;
use wire::{Dropped, Kind, Malformed, Passage, ProviderError, Report, Resume};

/// Most of a failed reply's body that is read: enough for any error.
pub(super) const ERROR_BODY: usize = 1024 * 1024;
/// Most of a whole reply that is held.
const WHOLE_BODY: usize = 256 * 1024 * 1024;

/// What every call for a request goes by.
#[derive(Clone, Copy)]
pub(super) struct Course<'a, 'i> {
    pub(super) app: &'a App,
    pub(super) policy: &'a Policy,
    pub(super) limits: Limits,
    pub(super) request: &'a Request<'i>,
    pub(super) tool: &'a Tool,
    /// The request's id.
    pub(super) id: &'a str,
    /// What the client has of an answer that broke off; `None`: nothing yet.
    pub(super) said: Option<&'a str>,
    /// Whether the request is logged in full.
    pub(super) logs: bool,
}

/// An answer, committed to.
pub(super) struct Answer {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// What of the request could not be said in the provider's dialect.
    pub(super) dropped: Vec<Dropped>,
    /// The answer itself.
    pub(super) won: Won,
}

/// What an answer comes as.
pub(super) enum Won {
    /// A stream that has shown its first meaningful frame.
    Stream {
        /// What came so far, to be forwarded first.
        ready: Vec<Bytes>,
        /// The way of the rest.
        passage: Box<Passage>,
        /// The rest.
        body: ReplyBody,
    },
    /// The rest of an answer that another began: as the provider sent it, up to its first meaningful frame and beyond.
    Rest {
        /// What came so far.
        chunks: Vec<Bytes>,
        /// How it gets back.
        back: Box<Back>,
        /// What is still to come.
        body: ReplyBody,
    },
    /// A whole reply.
    Whole {
        /// Its body.
        body: Bytes,
        /// What it states.
        report: Box<Report>,
    },
}

/// One call, up to the first sign that it answers. `resume`: how the model is made to go on, where it is to. `sent`: the
/// body that went out, where the request is logged.
pub(super) async fn call(
    course: Course<'_, '_>,
    step: &Step,
    resume: Resume,
    sent: &mut Option<Bytes>,
) -> Result<Answer, Failed> {
    let token = ready(course.app, &step.target.provider, &step.account).await?;
    answer(course, step, resume, sent).await.map_err(|failed| Failed { token, ..failed })
}

/// One call with whatever the account shows now.
async fn answer(
    course: Course<'_, '_>,
    step: &Step,
    resume: Resume,
    sent: &mut Option<Bytes>,
) -> Result<Answer, Failed> {
    let Course { app, policy, request, tool, .. } = course;
    let inbound = request.inbound;
    // A client that has none of the answer yet gets a new one.
    let rest = course.said.filter(|said| !said.is_empty()).map(|said| (said, resume));
    let outgoing =
        request.outgoing(step, course.id, clock::now().unix_ms, rest).map_err(|why| broken(&why))?;
    let Outgoing { url, body, dropped, streams, back, relay } = outgoing;
    *sent = course.logs.then(|| body.clone());
    let Some(speaks) = step.speaks() else {
        return Err(broken("The catalogue changed while this request was under way."));
    };
    let spec = &step.target.provider.spec;
    let limit = if inbound.peek.stream { policy.first_byte_ms } else { policy.whole_reply_ms };
    let limit = Duration::from_millis(limit.unsigned_abs());
    let headers = headers_for(step, inbound, tool);
    let (provider, account) = (&step.target.provider, &step.account);
    let content_type = inbound.content_type();
    let call = Call { provider, speaks, account, headers, content_type, url, body, limit };
    let answering = async {
        let mut reply = send(&app.clients, call).await?;
        if let Some(relay) = relay {
            reply = ordinary(reply, relay).await;
        }
        if !reply.status.is_success() {
            return Err(error_reply(reply).await);
        }
        if course.said.is_some() {
            return first_of_rest(reply, back).await;
        }
        match (streams && back.is_stream(&reply.headers), inbound.peek.stream || inbound.side.is_some()) {
            (true, true) => first_frame(reply, &back, course.limits).await,
            (true, false) => collected(reply, &back).await,
            (false, _) => whole(reply, &back, inbound.peek.stream && inbound.side.is_none()).await,
        }
    };
    match tokio::time::timeout(limit, answering).await {
        Ok(answer) => answer.map(|answer| Answer { dropped, ..answer }),
        Err(_) => Err(NoAnswer::Silent(spec.name.clone(), limit.as_secs()).into()),
    }
}

/// The client's headers as they go on: those of a dialect mean nothing in another.
pub(super) fn headers_for(step: &Step, inbound: &Inbound, tool: &Tool) -> HeaderMap {
    let same = step.speaks().is_some_and(|speaks| speaks.takes(inbound.dialect));
    if same { to_provider(&inbound.headers, tool, &step.target.provider.spec) } else { HeaderMap::new() }
}

async fn error_reply(reply: Reply) -> Failed {
    let (status, headers) = (Some(reply.status), reply.headers);
    let body = reply.body.whole(ERROR_BODY).await.unwrap_or_default();
    Failed { status, headers, error: wire::read_error(&body), body, ..Failed::default() }
}

/// A reply that came whole, as the client wants it.
async fn whole(reply: Reply, back: &Back, streamed: bool) -> Result<Answer, Failed> {
    let (status, mut headers) = (reply.status, reply.headers);
    // A connection that breaks is a connection that breaks, whatever status it began with.
    let body = reply.body.whole(WHOLE_BODY).await.map_err(|why| broken(&why.to_string()))?;
    let unreadable = |why: Malformed| Failed {
        error: ProviderError {
            message: format!("The answer could not be read: {why}"),
            ..ProviderError::default()
        },
        body: body.clone(),
        ..Failed::default()
    };
    let mut report = wire::read_reply(back.from, &body).map_err(unreadable)?;
    if back.images {
        report.images = wire::count_images(&body);
    }
    if let Some(error) = report.error {
        return Err(Failed { status: Some(status), headers, body, error, ..Failed::default() });
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
    Ok(Answer {
        status,
        headers,
        dropped: Vec::new(),
        won: Won::Whole { body: written, report: Box::new(report) },
    })
}

/// A stream that the client wants as one reply.
async fn collected(reply: Reply, back: &Back) -> Result<Answer, Failed> {
    let Reply { status, mut headers, mut body } = reply;
    let mut translation = back.collecting();
    while let Some(chunk) = body.chunk().await {
        let chunk = chunk.map_err(|why| broken(&why.to_string()))?;
        translation.push(chunk).map_err(|why| broken(&why.to_string()))?;
    }
    let (reply, report) = translation.into_reply();
    let fail = |error, headers| Failed { status: Some(status), headers, error, ..Failed::default() };
    match reply {
        Err(error) => Err(fail(error, headers)),
        Ok(mut reply) => {
            reply.usage = report.usage;
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let won = Won::Whole { body: back.written(&reply), report: Box::new(report) };
            Ok(Answer { status, headers, dropped: Vec::new(), won })
        }
    }
}

/// Reads a stream up to its first meaningful frame: providers say 200 and then fail.
async fn first_frame(reply: Reply, back: &Back, limits: Limits) -> Result<Answer, Failed> {
    let Reply { status, mut headers, mut body } = reply;
    let mut passage = back.passage(limits, &headers);
    let mut ready = Vec::new();
    while let Some(chunk) = body.chunk().await {
        let chunk = chunk.map_err(|why| broken(&why.to_string()))?;
        let seen = passage.push(chunk).map_err(|why| broken(&why.to_string()))?;
        let mut meaningful = false;
        for frame in seen {
            match frame.kind {
                Kind::Idle => {}
                Kind::Content | Kind::Call | Kind::Finish | Kind::End => meaningful = true,
                Kind::Error(error) if !meaningful => {
                    let body = if back.is_same() { frame.raw } else { Bytes::new() };
                    return Err(Failed { status: Some(status), headers, body, error, ..Failed::default() });
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
            let won = Won::Stream { ready, passage: Box::new(passage), body };
            return Ok(Answer { status, headers, dropped: Vec::new(), won });
        }
    }
    Err(broken("The stream ended before it said anything."))
}

/// Reads the stream of one that is to go on, up to its first meaningful frame. What it becomes for the client is another
/// matter: nothing is touched as long as somebody else might have to go on instead.
async fn first_of_rest(reply: Reply, back: Back) -> Result<Answer, Failed> {
    let Reply { status, headers, mut body } = reply;
    let mut probe = back.probe();
    let mut chunks = Vec::new();
    loop {
        let chunk = match body.chunk().await {
            Some(chunk) => chunk.map_err(|why| broken(&why.to_string()))?,
            None => {
                probe.close();
                if probe.report().content && probe.report().error.is_none() {
                    break;
                }
                let error = probe.report().error.clone();
                return Err(error.map_or_else(
                    || broken("The stream ended before it said anything."),
                    |error| in_stream(status, &headers, error),
                ));
            }
        };
        let seen = probe.push(chunk.clone()).map_err(|why| broken(&why.to_string()))?;
        chunks.push(chunk);
        let mut meaningful = false;
        for frame in seen {
            match frame.kind {
                Kind::Idle => {}
                Kind::Content | Kind::Call | Kind::Finish | Kind::End => meaningful = true,
                Kind::Error(error) if !meaningful => return Err(in_stream(status, &headers, error)),
                Kind::Error(_) => {}
            }
        }
        if meaningful {
            break;
        }
    }
    let won = Won::Rest { chunks, back: Box::new(back), body };
    Ok(Answer { status, headers, dropped: Vec::new(), won })
}

fn in_stream(status: StatusCode, headers: &HeaderMap, error: ProviderError) -> Failed {
    Failed { status: Some(status), headers: headers.clone(), error, ..Failed::default() }
}
