//! The test's clock: it stands still until the test moves it forward.

use super::TestApp;
use shared::time::Instant;

impl TestApp {
    /// Sets the clock to a time (RFC 3339); it only goes forward.
    pub fn at(&self, time: &str) {
        let wanted = Instant::parse(time).unwrap();
        let seconds = wanted.seconds_since(self.clock.now());
        assert!(seconds >= 0, "the clock only goes forward");
        self.clock.advance(seconds);
    }

    /// Moves the clock forward.
    pub fn after_minutes(&self, minutes: i64) {
        self.clock.advance(minutes * 60);
    }
}
