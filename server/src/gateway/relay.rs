//! Step 7: the provider's answer goes to the client as it comes, watched for its usage and its end.

use super::attempt::Won;
use super::headers::to_client;
use super::lost::{Lost, retry_after_header};
use super::record::Trace;
use crate::tasks::Tasks;
use crate::upstream::ReplyBody;
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
use tokio_util::sync::WaitForCancellationFutureOwned;
use wire::{Dialect, Fault, FaultKind, Kind, Passage};

/// The answer for the client.
pub(super) fn respond(won: Won, mut trace: Trace, tasks: &Tasks) -> Response {
    match won {
        Won::Whole { status, headers, body, report } => {
            trace.committed(status.as_u16());
            trace.learn(&report);
            trace.sent(body.len());
            trace.answered();
            response(status, to_client(&headers), &trace, Body::from(body))
        }
        Won::Stream { status, headers, ready, passage, body } => {
            trace.committed(status.as_u16());
            let mut response = response(status, to_client(&headers), &trace, Body::empty());
            let relay = Relay {
                body: Some(body),
                passage: Some(passage),
                ready: ready.into(),
                trace,
                error: String::new(),
                cutting: Box::pin(tasks.cutting().cancelled_owned()),
            };
            *response.body_mut() = Body::new(relay);
            response
        }
    }
}

/// The refusal for the client.
pub(super) fn refuse(lost: Lost, dialect: Dialect, mut trace: Trace) -> Response {
    match lost {
        Lost::Refusal { status, headers, body, sentence } => {
            trace.sent(body.len());
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
    name_request(&mut headers, trace);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Says which request this was, what answered and how many attempts it took.
fn name_request(headers: &mut HeaderMap, trace: &Trace) {
    let texts = [("x-ninerouter-request", Some(trace.id())), ("x-ninerouter-target", trace.target_name())];
    for (name, text) in texts {
        if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers.insert(HeaderName::from_static("x-ninerouter-attempts"), HeaderValue::from(trace.attempts()));
}

/// A stream under way. Dropping it cancels the call to the provider and writes the record.
struct Relay {
    /// `None` once it has ended.
    body: Option<ReplyBody>,
    /// `None` once its report was taken.
    passage: Option<Box<Passage>>,
    ready: VecDeque<Bytes>,
    trace: Trace,
    /// What the provider said went wrong inside the stream.
    error: String,
    /// Resolves when shutdown waits no longer.
    cutting: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Relay {
    fn take_chunk(&mut self, chunk: Bytes) {
        let Some(passage) = &mut self.passage else { return };
        match passage.push(chunk) {
            Ok(seen) => {
                for frame in seen {
                    if let Kind::Error(error) = frame.kind {
                        self.error = error.message;
                    }
                    if !frame.raw.is_empty() {
                        self.ready.push_back(frame.raw);
                    }
                }
            }
            Err(why) => self.break_off(&why.to_string()),
        }
    }

    /// The provider's stream is over.
    fn end(&mut self) {
        self.body = None;
        let Some(passage) = self.passage.take() else { return };
        let broken = self.broken("the provider ended the stream before its end");
        let (rest, report) = passage.finish(&broken);
        self.trace.learn(&report);
        if !rest.is_empty() {
            self.ready.push_back(rest);
        }
        if let Some(error) = &report.error {
            self.error.clone_from(&error.message);
        }
        if report.error.is_some() || !self.error.is_empty() {
            let error = std::mem::take(&mut self.error);
            self.trace.broke(&error);
        } else if report.ended {
            self.trace.answered();
        } else {
            self.note(&broken);
        }
    }

    /// The provider's stream broke: the client is told in its own dialect, never left with what looks like an end.
    fn break_off(&mut self, why: &str) {
        self.body = None;
        let Some(passage) = self.passage.take() else { return };
        let broken = self.broken(why);
        let (told, report) = passage.fail(&broken);
        self.trace.learn(&report);
        self.ready.push_back(told);
        self.note(&broken);
    }

    fn broken(&self, why: &str) -> Fault {
        let target = self.trace.target_name().unwrap_or_default();
        Fault::new(FaultKind::BadGateway, format!("The answer of {target} broke off: {why}."))
    }

    fn note(&mut self, broken: &Fault) {
        self.trace.broke(&broken.message);
        tracing::warn!(request = self.trace.id(), "stream broke off: {}", broken.message);
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
                self.trace.sent(bytes.len());
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            match body.poll_chunk(context) {
                Poll::Pending if self.cutting.as_mut().poll(context).is_ready() => {
                    self.break_off("Ninerouter is stopping")
                }
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(chunk))) => self.take_chunk(chunk),
                Poll::Ready(Some(Err(why))) => self.break_off(&why.to_string()),
                Poll::Ready(None) => self.end(),
            }
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // The client left: what the provider stated so far was still used.
        if let Some(passage) = &self.passage {
            self.trace.learn(passage.report());
        }
    }
}
