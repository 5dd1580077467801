//! How long to wait before the line is tried again.

use std::time::Duration;

/// First pause.
const FIRST_MS: u64 = 1_000;
/// Longest pause: a line that comes back is noticed within this time.
const LONGEST_MS: u64 = 30_000;

/// The pause after so many failures in a row (from 1): 1 s, 2 s, 4 s … 30 s, of which between a half and the whole
/// is taken. `jitter` is a random number: without it all kiosks of a centre would come back at the same moment.
#[must_use]
pub fn pause(failures: u32, jitter: u64) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let whole = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    let half = whole / 2;
    Duration::from_millis(half.saturating_add(jitter % half.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_pause_doubles_up_to_half_a_minute() {
        for (failures, least, most) in
            [(1, 500, 1000), (2, 1000, 2000), (5, 8000, 16000), (6, 15000, 30000), (u32::MAX, 15000, 30000)]
        {
            assert_eq!(pause(failures, 0).as_millis(), least, "{failures}");
            let half = u64::try_from(most - least).unwrap();
            assert_eq!(pause(failures, half).as_millis(), most, "{failures}");
        }
    }

    proptest! {
        #[test]
        fn the_pause_is_never_outside_its_bounds(failures: u32, jitter: u64) {
            let pause = pause(failures, jitter).as_millis();
            prop_assert!((500..=30_000).contains(&pause));
        }
    }
}
