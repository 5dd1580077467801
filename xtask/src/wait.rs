//! Waiting: for a while, or for something to become true.

use crate::fail::{Fail, Outcome};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Waits so long.
pub fn pause(time: Duration) {
    let gate = Mutex::new(());
    let nobody = Condvar::new();
    let end = Instant::now() + time;
    let mut guard = gate.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        guard = nobody.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Looks again and again until there is an answer.
///
/// # Errors
/// What `look` fails with, or that `what` did not happen within `patience`.
pub fn until<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    let end = Instant::now() + patience;
    let mut gap = Duration::from_millis(20);
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() >= end {
            return Err(Fail::new(format!("{what}: not within {} s", patience.as_secs())));
        }
        pause(gap);
        gap = (gap * 2).min(Duration::from_millis(500));
    }
}
