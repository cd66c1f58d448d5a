//! A provider's reply body, with a limit on silence.

use bytes::Bytes;
use http_body::Body as _;
use reqwest::Body;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};
use wire::kiro::{Broken, Relay};

/// Why a body ended before its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyBroken {
    /// The connection broke.
    #[error("the connection broke in the middle of the answer: {0}")]
    Cut(String),
    /// Nothing came within the limit.
    #[error("nothing more came for {0} s")]
    Silent(u64),
    /// What came is not what the provider's protocol has.
    #[error("the answer could not be read: {0}")]
    Unreadable(Broken),
    /// It is larger than we are willing to hold.
    #[error("the answer is larger than {0} MB")]
    TooLarge(usize),
}

/// A provider's reply body. Dropping it cancels the call.
pub struct ReplyBody {
    body: Body,
    /// Turns what comes into a stream of Messages; `None` where it is forwarded as it comes, and after the end.
    relay: Option<Box<Relay>>,
    silence: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl ReplyBody {
    pub(super) fn new(body: Body) -> Self {
        Self { body, relay: None, silence: None }
    }

    pub(super) fn relayed(self, relay: Box<Relay>) -> Self {
        Self { relay: Some(relay), ..self }
    }

    /// Waits at most `limit` for each chunk from now on.
    pub fn limit_silence(&mut self, limit: Duration) {
        self.silence = Some((limit, Box::pin(sleep_until(soon(limit)))));
    }

    /// The next chunk; `None` at the end.
    pub fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, ReplyBroken>>> {
        loop {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(None) => {
                    let end = self.relay.take().map(|relay| relay.finish().map_err(ReplyBroken::Unreadable));
                    return Poll::Ready(end.filter(|end| !matches!(end, Ok(rest) if rest.is_empty())));
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Some(Err(ReplyBroken::Cut(innermost(&error)))));
                }
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers carry nothing of use.
                    let Ok(chunk) = frame.into_data() else { continue };
                    if let Some((limit, timer)) = &mut self.silence {
                        timer.as_mut().reset(soon(*limit));
                    }
                    let Some(relay) = &mut self.relay else { return Poll::Ready(Some(Ok(chunk))) };
                    match relay.push(&chunk) {
                        Ok(ready) if ready.is_empty() => {}
                        turned => return Poll::Ready(Some(turned.map_err(ReplyBroken::Unreadable))),
                    }
                }
                Poll::Pending => break,
            }
        }
        let Some((limit, timer)) = &mut self.silence else { return Poll::Pending };
        ready!(timer.as_mut().poll(context));
        Poll::Ready(Some(Err(ReplyBroken::Silent(limit.as_secs()))))
    }

    /// The next chunk; `None` at the end.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, ReplyBroken>> {
        std::future::poll_fn(|context| self.poll_chunk(context)).await
    }

    /// The whole body, at most `limit` bytes.
    pub async fn whole(mut self, limit: usize) -> Result<Bytes, ReplyBroken> {
        let mut first = Bytes::new();
        let mut all: Vec<u8> = Vec::new();
        while let Some(chunk) = self.chunk().await {
            let chunk = chunk?;
            if first.len().max(all.len()) + chunk.len() > limit {
                return Err(ReplyBroken::TooLarge(limit / (1024 * 1024)));
            }
            // Most replies come in one piece: no copy then.
            if first.is_empty() && all.is_empty() {
                first = chunk;
            } else {
                if all.is_empty() {
                    all.extend_from_slice(&first);
                }
                all.extend_from_slice(&chunk);
            }
        }
        Ok(if all.is_empty() { first } else { all.into() })
    }
}

#[expect(clippy::disallowed_methods, reason = "a timer needs tokio's clock, which tests can pause")]
fn soon(limit: Duration) -> Instant {
    Instant::now() + limit
}

fn innermost(error: &reqwest::Error) -> String {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
