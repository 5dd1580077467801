//! Queue numbers: each kiosk of an exam point gives them from a block of its own, so that two that are cut off from one
//! another never give the same one.

use std::collections::BTreeSet;

/// Numbers in a block, without the last one, which would end in 000.
const SIZE: u32 = 999;
/// Distance between the first numbers of two blocks.
const STEP: u32 = 1000;

/// The numbers that one kiosk gives on a day, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberBlock {
    first: u32,
    last: u32,
}

impl NumberBlock {
    /// Every number; for a kiosk to which no block was given.
    pub const ALL: Self = Self { first: 1, last: u32::MAX };

    /// From first to last; none if that is no number at all.
    #[must_use]
    pub const fn new(first: u32, last: u32) -> Option<Self> {
        if first >= 1 && first <= last { Some(Self { first, last }) } else { None }
    }

    /// The block of the n-th kiosk of an exam point, counted from 1: 1–999, 1001–1999, 2001–2999 and so on. It does not
    /// depend on how many kiosks there are, so one that is added in the middle of a day changes nothing for the others.
    /// `None` for 0 and for numbers of kiosks that no exam point has.
    #[must_use]
    pub const fn of_kiosk(n: u32) -> Option<Self> {
        let Some(before) = n.checked_sub(1) else { return None };
        match before.checked_mul(STEP) {
            Some(base) if base <= u32::MAX - STEP => Some(Self { first: base + 1, last: base + SIZE }),
            _ => None,
        }
    }

    /// First number.
    #[must_use]
    pub const fn first(self) -> u32 {
        self.first
    }

    /// Last number.
    #[must_use]
    pub const fn last(self) -> u32 {
        self.last
    }

    /// The number after the highest that was given of this block; none if all were given.
    pub(super) fn next(self, given: &BTreeSet<u32>) -> Option<u32> {
        match given.range(self.first..=self.last).next_back() {
            Some(highest) => highest.checked_add(1).filter(|next| *next <= self.last),
            None => Some(self.first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_block_gives_its_numbers_one_after_the_other_until_all_are_given() {
        let second = NumberBlock::of_kiosk(2).unwrap();
        assert_eq!((second.first(), second.last()), (1001, 1999));
        assert_eq!(second.next(&BTreeSet::new()), Some(1001));
        assert_eq!(second.next(&BTreeSet::from([3, 1001, 1002, 2001])), Some(1003));
        assert_eq!(second.next(&BTreeSet::from([1999])), None);
        assert_eq!(NumberBlock::ALL.next(&BTreeSet::from([u32::MAX])), None);
        assert_eq!(NumberBlock::of_kiosk(0), None);
        assert_eq!(NumberBlock::of_kiosk(u32::MAX), None);
        assert_eq!(NumberBlock::new(5, 4), None);
    }

    proptest! {
        #[test]
        fn two_kiosks_have_no_number_in_common(one in 1_u32..5000, other in 1_u32..5000) {
            prop_assume!(one != other);
            let (one, other) = (NumberBlock::of_kiosk(one).unwrap(), NumberBlock::of_kiosk(other).unwrap());
            prop_assert!(one.last() < other.first() || other.last() < one.first());
        }
    }
}
