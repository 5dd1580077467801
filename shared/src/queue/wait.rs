//! How long somebody will wait, from the service times of the day itself: a range, or nothing while too little is known.

use super::place::Served;

/// Service times that must be known before anything is said.
pub const NEEDED: usize = 5;
/// The pace is that of so many admissions, the last ones.
pub const RECENT: usize = 20;
/// A range begins and ends at a multiple of so many minutes.
const STEP: u64 = 5;
const MINUTE: u64 = 60_000;

/// Between so many and so many minutes; both are multiples of five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRange {
    /// At least; 0 means that it may be his turn at once.
    pub from_minutes: u32,
    /// At most; always more than `from_minutes`.
    pub to_minutes: u32,
}

/// The wait of somebody who has `ahead` people before him at a place with `windows` windows.
///
/// The time that one window takes for one person is the time between two admissions, times the windows that were open.
/// Of the last [`RECENT`] such times the median is the middle, and the lower and upper quartile say how far to each side:
/// for n people the middle grows with n and the distance to the sides with the square root of n, as sums of
/// independent times do. The project's own way; no rule lays one down.
///
/// `None` while fewer than [`NEEDED`] service times are known.
#[must_use]
pub fn estimate(served: &[Served], ahead: usize, windows: u32) -> Option<WaitRange> {
    let recent = served.iter().rev().take(RECENT);
    let mut times: Vec<u64> = recent
        .map(|one| u64::try_from(one.millis).unwrap_or(0).saturating_mul(u64::from(one.windows.max(1))))
        .collect();
    if times.len() < NEEDED {
        return None;
    }
    times.sort_unstable();
    let (lower, middle, upper) = (quartile(&times, 1)?, quartile(&times, 2)?, quartile(&times, 3)?);
    let people = u64::try_from(ahead).ok()?.saturating_add(1);
    let side = |distance: u64| people.saturating_mul(distance.saturating_mul(distance)).isqrt();
    let whole = people.saturating_mul(middle);
    let windows = u64::from(windows.max(1));
    let from = whole.saturating_sub(side(middle - lower)) / windows / MINUTE / STEP * STEP;
    let to = (whole.saturating_add(side(upper - middle)) / windows).div_ceil(MINUTE * STEP) * STEP;
    let minutes = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Some(WaitRange { from_minutes: minutes(from), to_minutes: minutes(to.max(from + STEP)) })
}

/// The k-th quartile of sorted values, by the nearest rank.
fn quartile(sorted: &[u64], k: usize) -> Option<u64> {
    let place = (sorted.len().checked_sub(1)? * k + 2) / 4;
    sorted.get(place).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(seconds: i64, count: usize, windows: u32) -> Vec<Served> {
        vec![Served { millis: seconds * 1000, windows }; count]
    }

    fn range(from_minutes: u32, to_minutes: u32) -> Option<WaitRange> {
        Some(WaitRange { from_minutes, to_minutes })
    }

    #[test]
    fn nothing_is_said_before_five_service_times_are_known() {
        assert_eq!(estimate(&[], 3, 1), None);
        assert_eq!(estimate(&every(60, NEEDED - 1, 1), 3, 1), None);
        assert!(estimate(&every(60, NEEDED, 1), 3, 1).is_some());
    }

    #[test]
    fn the_range_follows_people_ahead_and_windows_open() {
        // Seconds between admissions, windows then, people ahead, windows now, and what is said.
        for (seconds, then, ahead, now, expected) in [
            (60, 1, 0, 1, range(0, 5)),
            (60, 1, 9, 1, range(10, 15)),
            (120, 1, 9, 1, range(20, 25)),
            (60, 2, 9, 2, range(10, 15)),
            (60, 2, 9, 1, range(20, 25)),
            (60, 1, 9, 2, range(5, 10)),
            (90, 1, 19, 1, range(30, 35)),
        ] {
            assert_eq!(
                estimate(&every(seconds, 10, then), ahead, now),
                expected,
                "{seconds} {then} {ahead} {now}"
            );
        }
    }

    #[test]
    fn uneven_service_times_give_a_wider_range_and_one_long_break_does_not_spoil_it() {
        let seconds = [40, 50, 60, 60, 70, 80, 240, 60, 50, 3600];
        let served: Vec<_> = seconds.iter().map(|s| Served { millis: s * 1000, windows: 1 }).collect();
        assert_eq!(estimate(&served, 14, 1), range(10, 20));
    }

    #[test]
    fn the_pace_is_that_of_the_last_twenty() {
        let mut served = every(600, 50, 1);
        served.extend(every(60, RECENT, 1));
        assert_eq!(estimate(&served, 9, 1), range(10, 15));
    }

    #[test]
    fn absurd_numbers_are_no_fault() {
        let served = vec![Served { millis: i64::MAX, windows: u32::MAX }; 9];
        assert!(estimate(&served, usize::MAX, 0).is_some_and(|r| r.from_minutes <= r.to_minutes));
        let backwards = vec![Served { millis: -5, windows: 0 }; 9];
        assert_eq!(estimate(&backwards, 0, 0), range(0, 5));
    }
}
