//! The live feed of requests that ended and were written down, for dashboards that are open.

use crate::console::requests::row_of;
use crate::store::RequestRecord;
use std::sync::Arc;
use tokio::sync::broadcast::{Receiver, Sender, channel};
use uuid::Uuid;

/// Events a slow reader may fall behind by before it misses some.
const BACKLOG: usize = 64;

/// A request: its id, and its row as JSON.
pub type Ended = (Uuid, Arc<str>);

/// The feed. Clones share it.
#[derive(Clone, Debug)]
pub struct Live(Sender<Ended>);

impl Default for Live {
    fn default() -> Self {
        Self(channel(BACKLOG).0)
    }
}

impl Live {
    /// Tells every open dashboard of a request that was written down. Costs nothing while none is open.
    pub fn publish(&self, record: &RequestRecord) {
        if self.0.receiver_count() == 0 {
            return;
        }
        if let Ok(event) = serde_json::to_string(&row_of(record)) {
            // No receiver is left: the last dashboard was closed just now.
            let _ = self.0.send((record.id, event.into()));
        }
    }

    /// From now on.
    pub fn listen(&self) -> Receiver<Ended> {
        self.0.subscribe()
    }
}
