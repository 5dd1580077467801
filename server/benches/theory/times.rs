//! How long requests took.

use std::time::{Duration, Instant};

/// How long requests took.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub fn since(&mut self, begun: Instant) {
        self.0.push(begun.elapsed());
    }

    /// Those of another, too.
    pub fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Mean in milliseconds.
    pub fn mean(&self) -> f64 {
        let sum: f64 = self.0.iter().map(Duration::as_secs_f64).sum();
        1000.0 * sum / f64::from(u32::try_from(self.count().max(1)).unwrap_or(u32::MAX))
    }

    /// So many hundredths were not longer than this, in milliseconds.
    pub fn percentile(&mut self, hundredths: usize) -> f64 {
        self.0.sort_unstable();
        let at = (self.count() * hundredths / 100).min(self.count().saturating_sub(1));
        self.0.get(at).map_or(0.0, |time| 1000.0 * time.as_secs_f64())
    }
}
