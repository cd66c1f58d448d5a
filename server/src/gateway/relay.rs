//! Step 7: the provider's answer goes to the client as it comes, watched for its usage and its end. Where it breaks off,
//! another goes on.

use super::attempt::Winner;
use super::call::{Answer, Won};
use super::capture::Tape;
use super::headers::to_client;
use super::lost::{Failed, Lost, broken, retry_after_header, stalled};
use super::record::Trace;
use super::rescue::{Flow, Outcome, Rescued, Rest, go_on};
use crate::tasks::Tasks;
use crate::upstream::ReplyBroken;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Frame;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Interval, interval};
use tokio_util::sync::WaitForCancellationFutureOwned;
use wire::{Dialect, Fault, FaultKind, Kind};

/// A client that hears nothing for so long is told that the line is still there.
const QUIET: Duration = Duration::from_secs(15);

/// An answer that is whole is waited for no longer than this: some providers keep the connection open.
const LINGER: Duration = Duration::from_secs(3);

/// The answer for the client.
pub(super) fn respond(winner: Winner, rest: Rest, mut trace: Trace, tasks: &Tasks) -> Response {
    let Winner { answer: Answer { status, headers, dropped, won }, under, .. } = winner;
    trace.translated(dropped);
    trace.committed(status.as_u16());
    match won {
        Won::Whole { body, report } => {
            trace.learn(&report);
            trace.sent(&body);
            trace.answered();
            response(status, to_client(&headers), &trace, Body::from(body))
        }
        Won::Stream { ready, passage, mut body } => {
            body.limit_silence(if passage.report().ended { LINGER } else { rest.silence() });
            let response_headers = to_client(&headers);
            let mut response = response(status, response_headers, &trace, Body::empty());
            let relay = Relay {
                dialect: rest.inbound.dialect,
                pings: rest.inbound.side.is_none(),
                stage: Stage::Flows(Flow { passage, body, under }),
                rest: Some(Box::new(rest)),
                ready: ready.into(),
                tape: trace.tape().cloned(),
                trace: Some(trace),
                error: None,
                quiet: interval(QUIET),
                sent: true,
                cutting: Box::pin(tasks.cutting().cancelled_owned()),
            };
            *response.body_mut() = Body::new(relay);
            response
        }
        // Only a rescue asks for a rest.
        Won::Rest { .. } => {
            let fault = Fault::new(FaultKind::Internal, "The beginning of the answer is missing.");
            trace.refused(fault.status(), &fault.message);
            fault_response(&fault, rest.inbound.dialect)
        }
    }
}

/// The refusal for the client.
pub(super) fn refuse(lost: Lost, dialect: Dialect, mut trace: Trace) -> Response {
    match lost {
        Lost::Refusal { status, headers, body, sentence } => {
            trace.sent(&body);
            trace.refused(status.as_u16(), &sentence);
            response(status, to_client(&headers), &trace, Body::from(body))
        }
        Lost::AllOut { fault, retry_after } => {
            trace.refused(fault.status(), &fault.message);
            let mut response = fault_response(&fault, dialect);
            name_request(response.headers_mut(), &trace);
            if let Some(seconds) = retry_after {
                let (name, value) = retry_after_header(seconds);
                response.headers_mut().insert(name, value);
            }
            if let Some(tape) = trace.tape() {
                tape.head(response.status(), response.headers());
                tape.take(&fault.body(dialect));
            }
            response
        }
    }
}

/// A fault in the caller's dialect.
pub(super) fn fault_response(fault: &Fault, dialect: Dialect) -> Response {
    let mut response = Response::new(Body::from(fault.body(dialect)));
    *response.status_mut() =
        StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn response(status: StatusCode, mut headers: HeaderMap, trace: &Trace, body: Body) -> Response {
    trace.heads(status, &headers);
    name_request(&mut headers, trace);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Says which request this was, what answered, how many attempts it took and which texts were shortened.
fn name_request(headers: &mut HeaderMap, trace: &Trace) {
    let texts = [
        ("x-ninerouter-request", Some(trace.id())),
        ("x-ninerouter-target", trace.target_name()),
        ("x-ninerouter-originals", trace.originals()),
    ];
    for (name, text) in texts {
        if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers.insert(HeaderName::from_static("x-ninerouter-attempts"), HeaderValue::from(trace.attempts()));
}

/// A stream on its way to the client. Dropping it cancels the call to the provider and writes the record.
struct Relay {
    dialect: Dialect,
    stage: Stage,
    /// `None` while a rescue has it, and once nobody may go on.
    rest: Option<Box<Rest>>,
    ready: VecDeque<Bytes>,
    /// `None` while a rescue has it.
    trace: Option<Trace>,
    /// What goes out, where the request is logged: whoever has the trace.
    tape: Option<Tape>,
    /// What the provider said went wrong inside a stream that is not cared for.
    error: Option<String>,
    /// Whether the client may be pinged.
    pings: bool,
    quiet: Interval,
    /// Whether anything was sent since the last look.
    sent: bool,
    /// Resolves when shutdown waits no longer.
    cutting: Pin<Box<WaitForCancellationFutureOwned>>,
}

enum Stage {
    /// A provider answers.
    Flows(Flow),
    /// It broke off, and another is being found.
    Rescue(Pin<Box<dyn Future<Output = Rescued> + Send>>),
    /// Nothing more comes.
    Over,
}

impl Relay {
    fn take_chunk(&mut self, chunk: Bytes) {
        let Stage::Flows(flow) = &mut self.stage else { return };
        match flow.passage.push(chunk) {
            Ok(seen) => {
                if flow.passage.report().ended {
                    flow.body.limit_silence(LINGER);
                }
                let mut failed = None;
                for frame in seen {
                    if !frame.raw.is_empty() {
                        self.ready.push_back(frame.raw);
                    } else if let Kind::Error(error) = frame.kind {
                        failed = Some(error);
                        break;
                    }
                    if let Kind::Error(error) = frame.kind {
                        self.error = Some(error.message);
                    }
                }
                if let Some(error) = failed {
                    self.break_off(Failed { status: Some(StatusCode::OK), error, ..broken("") });
                }
            }
            Err(why) => self.break_off(broken(&why.to_string())),
        }
    }

    /// Nothing more comes of the provider's stream. An answer that was whole by then stays whole.
    fn stop(&mut self, failed: Failed) {
        match &self.stage {
            Stage::Flows(flow) if flow.passage.report().ended => self.end(),
            _ => self.break_off(failed),
        }
    }

    /// The provider's stream is over.
    fn end(&mut self) {
        let Stage::Flows(flow) = &mut self.stage else { return };
        let last = flow.passage.close();
        if !last.is_empty() {
            self.ready.push_back(last);
        }
        let report = flow.passage.report();
        if let Some(error) = report.error.clone().filter(|_| self.error.is_none()) {
            self.break_off(Failed { status: Some(StatusCode::OK), error, ..broken("") });
        } else if report.ended || self.error.is_some() {
            let Stage::Flows(flow) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
            let (rest, report) = flow.passage.finish(&Fault::new(FaultKind::BadGateway, ""));
            if !rest.is_empty() {
                self.ready.push_back(rest);
            }
            if let Some(trace) = &mut self.trace {
                trace.learn(&report);
                match &self.error {
                    Some(error) => trace.broke(error),
                    None => trace.answered(),
                }
            }
        } else {
            // The frame that nobody could read often says why.
            let slip = report.slip.as_ref().map(|slip| format!(": {}", slip.message)).unwrap_or_default();
            self.break_off(broken(&format!("The provider ended the stream before its end{slip}")));
        }
    }

    /// The provider's stream broke: another goes on, or the client is told in its own dialect; it is never left with
    /// what looks like an end.
    fn break_off(&mut self, failed: Failed) {
        let Stage::Flows(flow) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        let Some(mut trace) = self.trace.take() else { return };
        let target = trace.target_name().unwrap_or_default();
        let message =
            format!("The answer of {target} broke off: {}.", failed.error.message.trim_end_matches('.'));
        let fault = Fault::new(FaultKind::BadGateway, message);
        tracing::warn!(request = trace.id(), "stream broke off: {}", fault.message);
        trace.learn(flow.passage.report());
        let goes_on = self.rest.as_mut().is_some_and(|rest| rest.broke(&failed, &flow.under, &mut trace));
        let mut passage = flow.passage;
        if goes_on && let Some(rest) = self.rest.take() {
            match passage.interrupt() {
                Ok(interrupted) => {
                    self.stage = Stage::Rescue(Box::pin(go_on(rest, trace, interrupted, fault)));
                    return;
                }
                Err(whole) => passage = whole,
            }
        }
        let (told, report) = passage.fail(&fault);
        trace.learn(&report);
        trace.broke(&fault.message);
        self.trace = Some(trace);
        self.ready.push_back(told);
    }

    fn rescued(&mut self, rescued: Rescued) {
        let Rescued { rest, mut trace, outcome } = rescued;
        match outcome {
            Outcome::Flows(mut flow, chunks) => {
                flow.body.limit_silence(rest.silence());
                self.rest = Some(rest);
                self.trace = Some(trace);
                self.stage = Stage::Flows(flow);
                for chunk in chunks {
                    self.take_chunk(chunk);
                }
            }
            Outcome::Ends(told, why) => {
                trace.broke(&why);
                self.trace = Some(trace);
                self.ready.push_back(told);
                self.stage = Stage::Over;
            }
        }
    }

    /// A sign of life, when nothing has been sent for a while.
    fn ping(&mut self, context: &mut Context<'_>) -> Option<Bytes> {
        while self.quiet.poll_tick(context).is_ready() {
            if !std::mem::take(&mut self.sent) && self.pings {
                return Some(Bytes::from_static(self.dialect.ping())).filter(|ping| !ping.is_empty());
            }
        }
        None
    }
}

impl http_body::Body for Relay {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                self.sent = true;
                let relay = &mut *self;
                match (&mut relay.trace, &relay.tape) {
                    (Some(trace), _) => trace.sent(&bytes),
                    (None, Some(tape)) => tape.take(&bytes),
                    (None, None) => {}
                }
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            let polled = match &mut self.stage {
                Stage::Over => return Poll::Ready(None),
                Stage::Flows(flow) => flow.body.poll_chunk(context).map(Next::Chunk),
                Stage::Rescue(rescue) => {
                    rescue.as_mut().poll(context).map(|rescued| Next::Rescued(Box::new(rescued)))
                }
            };
            match polled {
                Poll::Pending if self.cutting.as_mut().poll(context).is_ready() => self.cut(),
                Poll::Pending => match self.ping(context) {
                    Some(ping) => self.ready.push_back(ping),
                    None => return Poll::Pending,
                },
                Poll::Ready(Next::Chunk(Some(Ok(chunk)))) => self.take_chunk(chunk),
                Poll::Ready(Next::Chunk(Some(Err(why)))) => self.stop(match why {
                    ReplyBroken::Silent(_) => stalled(&why.to_string()),
                    ReplyBroken::Cut(_) | ReplyBroken::TooLarge(_) | ReplyBroken::Unreadable(_) => {
                        broken(&why.to_string())
                    }
                }),
                Poll::Ready(Next::Chunk(None)) => self.end(),
                Poll::Ready(Next::Rescued(rescued)) => self.rescued(*rescued),
            }
        }
    }
}

/// What came.
enum Next {
    Chunk(Option<Result<Bytes, ReplyBroken>>),
    Rescued(Box<Rescued>),
}

impl Relay {
    /// Shutdown waits no longer.
    fn cut(&mut self) {
        self.rest = None;
        match &self.stage {
            Stage::Flows(_) => self.stop(broken("Ninerouter is stopping")),
            // Its record says so.
            _ => self.stage = Stage::Over,
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // The client left: what the provider stated so far was still used.
        if let (Stage::Flows(flow), Some(trace)) = (&self.stage, &mut self.trace) {
            trace.learn(flow.passage.report());
        }
    }
}
