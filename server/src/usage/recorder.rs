//! The batching writer behind every request: a bounded queue, written at least every 200 ms, drained on shutdown.

use crate::gateway::live::Live;
use crate::store::{RequestRecord, Store};
use crate::tasks::Tasks;
use crate::telemetry::Telemetry;
use crate::usage::budget::Budgets;
use crate::usage::savings::{Shortened, enter};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::OwnedPermit;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Requests under way and requests not yet written, together.
const QUEUE: usize = 16_384;
/// How long a record waits at most before it is written.
const FLUSH: Duration = Duration::from_millis(200);
/// Records written in one transaction.
const BATCH: usize = 4096;
/// How long a request waits for a place in the queue before it goes on unrecorded.
const PATIENCE: Duration = Duration::from_secs(1);
/// Bytes of texts that wait for their tokens to be counted, at most: a tenth of a second's work, which a record waits for
/// as it does for its batch. What comes beyond is written down without tokens.
const UNCOUNTED: usize = 2 * 1024 * 1024;
/// Between tries to write while the database fails.
const RETRY: Duration = Duration::from_secs(1);

/// A request that ended, and what was shortened in it.
type Ended = (RequestRecord, Option<Shortened>);

/// The sending half.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: Sender<Ended>,
    load: Arc<Load>,
}

/// What waits to be written.
#[derive(Debug, Default)]
struct Load {
    /// Records.
    records: AtomicUsize,
    /// Bytes of texts that wait for their tokens to be counted.
    uncounted: AtomicUsize,
}

/// What else goes by usage, once it is written.
pub struct Then {
    /// Counts it against budgets.
    pub budgets: Arc<Budgets>,
    /// Tells open dashboards of it.
    pub live: Live,
    /// Tells others who watch.
    pub telemetry: Arc<Telemetry>,
}

/// A place in the queue, so that writing down the end of a request can neither wait nor fail.
pub struct Place {
    permit: Option<OwnedPermit<Ended>>,
    load: Arc<Load>,
}

impl Place {
    /// Hands the record over.
    pub fn take(self, record: RequestRecord, mut shortened: Option<Shortened>) {
        let Self { permit: Some(permit), load } = self else { return };
        if let Some(shortened) = &mut shortened {
            shortened.uncounted.retain(|text| takes(&load.uncounted, text.bytes()));
        }
        load.records.fetch_add(1, Ordering::Relaxed);
        permit.send((record, shortened));
    }
}

/// Whether so many bytes more can wait to be counted.
fn takes(uncounted: &AtomicUsize, bytes: usize) -> bool {
    let waiting = uncounted.fetch_add(bytes, Ordering::Relaxed);
    let fits = waiting.saturating_add(bytes) <= UNCOUNTED;
    if !fits {
        uncounted.fetch_sub(bytes, Ordering::Relaxed);
    }
    fits
}

impl Recorder {
    /// Starts the writer, which also counts what it wrote against budgets and tells of it: a row that a dashboard shows
    /// can be opened. It ends when every clone of the recorder and every place is gone, all written.
    pub fn start(store: Store, then: Then, tasks: &Tasks) -> Self {
        let (queue, records) = channel(QUEUE);
        let load = Arc::<Load>::default();
        tasks.spawn(write(store, then, records, Arc::clone(&load), tasks.clone()));
        Self { queue, load }
    }

    /// Requests that ended and are not written yet.
    pub fn waiting(&self) -> usize {
        self.load.records.load(Ordering::Relaxed)
    }

    /// Takes a place in the queue. A full queue means that the database has failed for long: the request goes on,
    /// unrecorded, because a coding session matters more than its statistics.
    pub async fn place(&self) -> Place {
        if let Ok(permit) = self.queue.clone().try_reserve_owned() {
            return self.a_place(Some(permit));
        }
        match tokio::time::timeout(PATIENCE, self.queue.clone().reserve_owned()).await {
            Ok(Ok(permit)) => self.a_place(Some(permit)),
            _ => {
                tracing::error!("usage of a request will not be recorded: the database has not kept up");
                self.a_place(None)
            }
        }
    }

    fn a_place(&self, permit: Option<OwnedPermit<Ended>>) -> Place {
        Place { permit, load: Arc::clone(&self.load) }
    }
}

async fn write(store: Store, then: Then, mut records: Receiver<Ended>, load: Arc<Load>, tasks: Tasks) {
    let stopping = tasks.stopping();
    let mut ended = Vec::with_capacity(BATCH);
    while records.recv_many(&mut ended, BATCH).await > 0 {
        // Whatever ends in the next moment goes into the same transaction.
        if ended.len() < BATCH {
            tokio::select! {
                () = tokio::time::sleep(FLUSH) => {}
                () = stopping.cancelled() => {}
            }
            while ended.len() < BATCH
                && let Ok(one) = records.try_recv()
            {
                ended.push(one);
            }
        }
        let mut batch = entered(std::mem::take(&mut ended), &load.uncounted).await;
        let mut failing = false;
        while let Err(error) = then.budgets.write(&store, &batch).await {
            if !failing {
                tracing::error!(%error, requests = batch.len(), "usage could not be written; trying again every second");
                failing = true;
            }
            if stopping.is_cancelled() {
                tracing::error!(requests = batch.len(), "usage was lost: the database failed until the end");
                break;
            }
            tokio::time::sleep(RETRY).await;
        }
        if failing {
            tracing::info!("usage is being written again");
        }
        load.records.fetch_sub(batch.len(), Ordering::Relaxed);
        for record in batch.drain(..) {
            then.live.publish(&record);
            then.telemetry.note(record);
        }
    }
}

/// The records with what was saved.
async fn entered(mut ended: Vec<Ended>, uncounted: &AtomicUsize) -> Vec<RequestRecord> {
    let texts = ended.iter_mut().filter_map(|(_, shortened)| shortened.as_mut());
    let texts: Vec<_> = texts.flat_map(|shortened| std::mem::take(&mut shortened.uncounted)).collect();
    if !texts.is_empty() {
        let bytes = texts.iter().map(|text| text.bytes()).sum();
        // Tokens are counted on a thread that serves no streams. A text remembers its own.
        let count = move || {
            texts.iter().for_each(|text| {
                text.count();
            })
        };
        if let Err(error) = tokio::task::spawn_blocking(count).await {
            tracing::error!(%error, "tokens that were saved could not be counted");
        }
        uncounted.fetch_sub(bytes, Ordering::Relaxed);
    }
    let enter = |(mut record, shortened): Ended| {
        if let Some(shortened) = shortened {
            enter(&mut record, &shortened);
        }
        record
    };
    ended.into_iter().map(enter).collect()
}
