//! Background work that shutdown waits for.

use std::future::Future;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// How long tasks may take to end once nothing vital is under way any more.
const END: Duration = Duration::from_secs(1);

/// The tracked task set. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    vital: TaskTracker,
    stopping: CancellationToken,
    cutting: CancellationToken,
}

impl Tasks {
    /// Runs `task` until it ends; shutdown waits for it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(task);
    }

    /// Something is under way, until this is dropped, that would be lost for good if it were cut off: shutdown waits for
    /// it longer than for other tasks. Only for what runs within a task.
    pub fn vital(&self) -> TaskTrackerToken {
        self.vital.token()
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

    /// Waits until every task has ended, at most `limit`, and after that at most `longer` for what is vital. False when
    /// some had not.
    pub async fn wait(&self, limit: Duration, longer: Duration) -> bool {
        self.tracker.close();
        self.vital.close();
        if tokio::time::timeout(limit, self.tracker.wait()).await.is_ok() {
            return true;
        }
        let vital = !self.vital.is_empty();
        let ended = tokio::time::timeout(longer, self.vital.wait()).await.is_ok();
        ended && vital && tokio::time::timeout(END, self.tracker.wait()).await.is_ok()
    }
}
