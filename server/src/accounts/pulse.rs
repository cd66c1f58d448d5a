//! How one model is doing at one account, in atomics: how many requests are under way, how soon its first token comes,
//! and a circuit that opens when it keeps failing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};

/// So many failures in a row open the circuit.
const OPENS_AT: u32 = 3;
/// The first wait is this part of the longest; it doubles with each failure.
const FIRST_WAIT: i64 = 8;
/// How much of the mean a new measurement makes, as one part of so many.
const WEIGHT: i64 = 4;

/// How one model is doing at one account.
#[derive(Debug, Default)]
pub struct Pulse {
    in_flight: AtomicI64,
    /// The first token's mean time of late, in microseconds; 0 when it has not answered yet.
    first_token: AtomicI64,
    /// Failures since it last answered.
    failures: AtomicU32,
    /// Unix ms until which nobody tries it.
    open_until: AtomicI64,
    /// Whether one request is trying whether it is back.
    probing: AtomicBool,
}

/// What the circuit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// Nothing is known to be wrong.
    Closed,
    /// It failed again and again; tried again at this time, Unix ms.
    Open(i64),
    /// Its time has come: one request may try it.
    Trying {
        /// Whether one does already.
        taken: bool,
    },
}

impl Pulse {
    /// What the circuit says now.
    pub fn circuit(&self, now: i64) -> Circuit {
        if self.failures.load(Ordering::Relaxed) < OPENS_AT {
            return Circuit::Closed;
        }
        let until = self.open_until.load(Ordering::Relaxed);
        if until > now {
            Circuit::Open(until)
        } else {
            Circuit::Trying { taken: self.probing.load(Ordering::Relaxed) }
        }
    }

    /// It failed through no fault of the request's. `longest`: the longest wait of the circuit, in ms.
    pub fn failed(&self, now: i64, longest: i64) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if let Some(beyond) = failures.checked_sub(OPENS_AT) {
            let wait = (longest / FIRST_WAIT).saturating_mul(1 << beyond.min(8)).clamp(1, longest.max(1));
            self.open_until.store(now.saturating_add(wait), Ordering::Relaxed);
        }
    }

    /// It answers; `first_token` in microseconds.
    pub fn answered(&self, first_token: i64) {
        self.failures.store(0, Ordering::Relaxed);
        self.open_until.store(0, Ordering::Relaxed);
        let mean = self.first_token.load(Ordering::Relaxed);
        let mean = if mean == 0 { first_token } else { mean + (first_token - mean) / WEIGHT };
        self.first_token.store(mean.max(1), Ordering::Relaxed);
    }

    /// Forgets its failures.
    pub fn close(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.open_until.store(0, Ordering::Relaxed);
    }

    /// Its first token's mean time of late, in microseconds.
    pub fn first_token(&self) -> Option<i64> {
        Some(self.first_token.load(Ordering::Relaxed)).filter(|micros| *micros > 0)
    }

    /// Requests under way.
    pub fn in_flight(&self) -> i64 {
        self.in_flight.load(Ordering::Relaxed)
    }
}

/// A request under way at a model of an account, for as long as this lives.
#[derive(Debug)]
pub struct Under {
    pulse: Arc<Pulse>,
    probe: bool,
}

impl Under {
    /// Begins. `None` where the circuit lets one request through at a time, and another is on its way.
    pub fn begin(pulse: &Arc<Pulse>, now: i64) -> Option<Self> {
        let probe = matches!(pulse.circuit(now), Circuit::Trying { .. });
        if probe && pulse.probing.swap(true, Ordering::AcqRel) {
            return None;
        }
        pulse.in_flight.fetch_add(1, Ordering::Relaxed);
        Some(Self { pulse: Arc::clone(pulse), probe })
    }

    /// Begins whatever the circuit says.
    pub fn regardless(pulse: &Arc<Pulse>) -> Self {
        pulse.in_flight.fetch_add(1, Ordering::Relaxed);
        Self { pulse: Arc::clone(pulse), probe: false }
    }

    /// The model at the account.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }
}

impl Drop for Under {
    fn drop(&mut self) {
        self.pulse.in_flight.fetch_sub(1, Ordering::Relaxed);
        if self.probe {
            self.pulse.probing.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circuit_opens_after_three_failures_in_a_row_for_longer_each_time() {
        let pulse = Pulse::default();
        pulse.failed(0, 20_000);
        pulse.failed(0, 20_000);
        assert_eq!(pulse.circuit(0), Circuit::Closed);
        for (at, until) in [(100, 2_600), (2_600, 7_600), (7_600, 17_600), (17_600, 37_600), (37_600, 57_600)]
        {
            pulse.failed(at, 20_000);
            assert_eq!(pulse.circuit(at), Circuit::Open(until));
            assert_eq!(pulse.circuit(until), Circuit::Trying { taken: false });
        }
        pulse.answered(5);
        assert_eq!(pulse.circuit(0), Circuit::Closed);
        pulse.failed(0, 20_000);
        assert_eq!(pulse.circuit(0), Circuit::Closed, "counted anew");
    }

    #[test]
    fn one_request_at_a_time_tries_whether_it_is_back() {
        let pulse = Arc::new(Pulse::default());
        (0..3).for_each(|_| pulse.failed(0, 8));
        let first = Under::begin(&pulse, 10).unwrap();
        assert!(Under::begin(&pulse, 10).is_none());
        assert_eq!((pulse.in_flight(), pulse.circuit(10)), (1, Circuit::Trying { taken: true }));
        drop(Under::regardless(&pulse));
        assert!(Under::begin(&pulse, 10).is_none(), "the one that tries is still at it");
        drop(first);
        assert!(Under::begin(&pulse, 10).is_some(), "one that was given up frees the place");
        assert_eq!(pulse.in_flight(), 0);
    }

    #[test]
    fn the_first_token_s_mean_follows_what_is_measured() {
        let pulse = Pulse::default();
        assert_eq!(pulse.first_token(), None);
        pulse.answered(1_000);
        pulse.answered(2_000);
        assert_eq!(pulse.first_token(), Some(1_250));
    }
}
