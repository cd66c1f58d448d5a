//! The writer of the payload log: beside that of usage, so that neither waits for the other. What it cannot keep up with
//! is left out and counted: a request is never held up by its log.

use super::redact::{ready, redact};
use crate::accounts::seal::Seal;
use crate::store::{KeptPart, PackedPart, PackedPayload, Store};
use crate::tasks::Tasks;
use app::api::payload::{Part, PartSize};
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

/// Bytes kept of each part. The prompts of coding tools seldom have more: a context of 200,000 tokens is about 800 KB.
/// What is longer is mostly pictures.
pub const PART_LIMIT: usize = 1024 * 1024;
/// Payloads that wait to be written.
const QUEUE: usize = 256;
/// Bytes of payloads that wait to be written.
const WAITING: usize = 64 * 1024 * 1024;
/// Payloads written in one transaction.
const BATCH: usize = 16;
/// A part that is cut off ends before a word of at most so many bytes: half a secret is not known as one.
const LAST_WORD: usize = 4096;

/// What was captured of a request, as it was.
#[derive(Debug)]
pub struct Captured {
    /// The request.
    pub id: Uuid,
    /// When it arrived, Unix ms.
    pub at: i64,
    /// The caller key; 0 where it had none.
    pub key_id: i64,
    /// Tells its conversation from others of the same caller.
    pub conversation: Option<u64>,
    /// Secrets that came with it, or went with it to a provider.
    pub known: Vec<String>,
    /// Its parts.
    pub parts: Vec<CapturedPart>,
}

/// One part, as far as it was captured.
#[derive(Debug)]
pub struct CapturedPart {
    /// Which.
    pub part: Part,
    /// Headers that matter.
    pub headers: Vec<(String, String)>,
    /// At most [`PART_LIMIT`] bytes of it.
    pub bytes: Bytes,
    /// How many there were.
    pub all: usize,
}

/// The sending half.
#[derive(Clone, Debug)]
pub struct PayloadWriter {
    queue: Sender<Captured>,
    load: Arc<Load>,
}

#[derive(Debug)]
struct Load {
    /// Bytes that wait.
    waiting: AtomicUsize,
    /// Payloads that were left out, and not yet told of.
    left_out: AtomicUsize,
    /// Bytes that all of them may take in the database.
    most: AtomicI64,
}

impl Captured {
    fn size(&self) -> usize {
        self.parts.iter().map(|part| part.bytes.len()).sum()
    }
}

impl PayloadWriter {
    /// Starts the writer. It ends when every clone is gone, all written. `most`: bytes that all payloads may take.
    pub fn start(store: Store, most: i64, tasks: &Tasks) -> Self {
        let (queue, captured) = channel(QUEUE);
        let (waiting, left_out) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let load = Arc::new(Load { waiting, left_out, most: AtomicI64::new(most) });
        tasks.spawn(write(store, captured, Arc::clone(&load)));
        Self { queue, load }
    }

    /// From now on all payloads may take so many bytes.
    pub fn limit(&self, most: i64) {
        self.load.most.store(most, Ordering::Relaxed);
    }

    /// Hands over what was captured, or leaves it out.
    pub fn take(&self, captured: Captured) {
        let size = captured.size();
        let waiting = self.load.waiting.fetch_add(size, Ordering::Relaxed);
        if waiting.saturating_add(size) > WAITING || self.queue.try_send(captured).is_err() {
            self.load.waiting.fetch_sub(size, Ordering::Relaxed);
            // Told of by the writer, once for all it missed.
            self.load.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn write(store: Store, mut captured: Receiver<Captured>, load: Arc<Load>) {
    let mut batch = Vec::with_capacity(BATCH);
    while captured.recv_many(&mut batch, BATCH).await > 0 {
        let (taken, seal) = (std::mem::take(&mut batch), store.seal().clone());
        let (size, requests) = (taken.iter().map(Captured::size).sum(), taken.len());
        // Seconds for many megabytes: not on a thread that serves streams.
        let packed = tokio::task::spawn_blocking(move || {
            taken.into_iter().map(|one| pack(&seal, one)).collect::<Vec<_>>()
        });
        let written = match packed.await {
            Ok(packed) => store.write_payloads(&packed, load.most.load(Ordering::Relaxed)).await,
            Err(_) => {
                // Not what it died of, which could quote a payload.
                tracing::error!(requests, "payloads could not be made ready for the log and are left out");
                Ok(())
            }
        };
        load.waiting.fetch_sub(size, Ordering::Relaxed);
        if let Err(error) = written {
            tracing::error!(%error, requests, "payloads could not be written and are left out of the log");
        }
        let left_out = load.left_out.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            tracing::warn!(
                requests = left_out,
                "payloads came faster than they could be written; some are left out"
            );
        }
    }
}

/// Takes the secrets out of what was captured, and makes it ready to be written.
fn pack(seal: &Seal, captured: Captured) -> PackedPayload {
    let Captured { id, at, key_id, conversation, known, parts } = captured;
    let parts = parts.into_iter();
    let parts = parts.map(|part| PackedPart::pack(seal, id, &kept(part, &known))).collect();
    PackedPayload { id, at, key_id, conversation, parts }
}

fn kept(captured: CapturedPart, known: &[String]) -> KeptPart {
    let CapturedPart { part, headers, bytes, all } = captured;
    let text = readable(&bytes, all > bytes.len()).filter(|_| ready()).unwrap_or_default();
    let kept = text.len();
    let redacted = redact(text, known);
    let mut count = redacted.count;
    let headers = headers.into_iter().map(|(name, value)| {
        let value = redact(&value, known);
        count += value.count;
        (name, value.text)
    });
    let headers = headers.collect();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let size = PartSize { part, bytes: number(all), kept: number(kept), redacted: number(count) };
    KeptPart { size, headers, text: redacted.text }
}

/// The bytes as text; `None` where they are none, such as sound. What was cut off ends before its last word.
fn readable(bytes: &[u8], cut: bool) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // Cut in the middle of a letter.
        Err(error) if cut && error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    if !cut {
        return Some(text);
    }
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./+=~\\".contains(byte);
    let last = text.bytes().rev().take(LAST_WORD).take_while(|byte| word(byte)).count();
    text.get(..text.len() - last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_ends_before_its_last_word() {
        assert_eq!(readable("a \"sk-ant-0123".as_bytes(), true), Some("a \""));
        assert_eq!(readable("a \"sk-ant-0123".as_bytes(), false), Some("a \"sk-ant-0123"));
        assert_eq!(readable(&"a ü".as_bytes()[..3], true), Some("a "));
        assert_eq!(readable(&[0xff, 0xfe, 0x00], false), None);
        assert_eq!(readable(&[0xff, 0xfe, 0x00], true), None);
    }
}
