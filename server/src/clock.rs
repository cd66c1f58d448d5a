//! The only place that reads a clock. Steps that depend on time take a [`Moment`] as a value.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A point in time, on the wall and on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Unix time in milliseconds, UTC.
    pub unix_ms: i64,
    /// For durations: never jumps.
    pub instant: Instant,
}

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment { unix_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX), instant: Instant::now() }
}

impl Moment {
    /// Microseconds since this moment.
    pub fn elapsed_micros(&self) -> u128 {
        now().instant.duration_since(self.instant).as_micros()
    }

    /// Milliseconds since this moment.
    pub fn elapsed_ms(&self) -> i64 {
        i64::try_from(now().instant.duration_since(self.instant).as_millis()).unwrap_or(i64::MAX)
    }
}
