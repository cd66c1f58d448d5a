//! Background work that shutdown waits for.

use std::future::Future;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tracked task set. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stopping: CancellationToken,
    cutting: CancellationToken,
}

impl Tasks {
    /// Runs `task` until it ends; shutdown waits for it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(task);
    }

    /// Resolves when shutdown has begun. Loops that never end by themselves watch it.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Tells every task that shutdown has begun.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Resolves when shutdown waits no longer for requests that are still open.
    pub fn cutting(&self) -> CancellationToken {
        self.cutting.clone()
    }

    /// Ends requests that are still open.
    pub fn cut(&self) {
        self.cutting.cancel();
    }

    /// Waits until every task has ended, at most `limit`. False when some had not.
    pub async fn wait(&self, limit: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(limit, self.tracker.wait()).await.is_ok()
    }
}
