//! What lies on the reader, from what was last read.

use super::super::{Card, DeviceError};
use std::time::{Duration, Instant};

/// A card counts as lying there for so long after it was last read. Most readers do not find again what they have read
/// until it is taken off and laid anew, so that "no card" does not say that it is gone; this long is enough to press a
/// button, and short enough that the next person in the line does not check in with it.
const HOLD: Duration = Duration::from_secs(10);

/// What lies on the reader.
#[derive(Default)]
pub struct Watch {
    last: Option<(Instant, Result<Card, DeviceError>)>,
}

impl Watch {
    /// Takes what was read, or that it could not be read.
    pub fn read(&mut self, now: Instant, card: Result<Card, DeviceError>) {
        self.last = Some((now, card));
    }

    /// Forgets: the reader is gone.
    pub fn forget(&mut self) {
        self.last = None;
    }

    /// What lies there now.
    pub fn card(&self, now: Instant) -> Result<Option<Card>, DeviceError> {
        match &self.last {
            Some((at, card)) if now.saturating_duration_since(*at) < HOLD => card.clone().map(Some),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_counts_as_lying_there_until_it_has_not_been_read_for_a_while() {
        let card =
            Card { id_number: "11010519491231002X".to_owned(), name: "王某".to_owned(), valid_until: None };
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut watch = Watch::default();
        assert_eq!(watch.card(start), Ok(None));
        watch.read(start, Ok(card.clone()));
        assert_eq!(watch.card(after(9)), Ok(Some(card.clone())));
        assert_eq!(watch.card(after(10)), Ok(None));
        watch.read(after(9), Ok(card));
        assert!(watch.card(after(18)).unwrap().is_some());
        watch.read(after(20), Err(DeviceError::Unreadable));
        assert_eq!(watch.card(after(21)), Err(DeviceError::Unreadable));
        watch.forget();
        assert_eq!(watch.card(after(21)), Ok(None));
    }
}
