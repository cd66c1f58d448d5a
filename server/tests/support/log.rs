//! What Ninerouter logs, kept for looking at, and shown with a test that fails.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

static KEPT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Both;

impl Write for Both {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        print!("{}", String::from_utf8_lossy(bytes));
        KEPT.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to keep the log. The first call in this process decides how much.
pub(crate) fn keep(filter: &str) {
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_env_filter(filter).with_writer(|| Both);
    let _ = tracing::subscriber::set_global_default(subscriber.finish());
}

/// Everything so far.
pub(crate) fn kept() -> String {
    String::from_utf8_lossy(&KEPT.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
