//! Choices that depend on a text alone, so that a day can be played again.

use sha2::{Digest, Sha256};

/// A source of choices: the same seed and the same labels give the same choices, in whatever order they are asked for.
#[derive(Debug, Clone)]
pub struct Chance {
    seed: String,
}

impl Chance {
    /// From a seed.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned() }
    }

    /// A number for a label.
    #[must_use]
    pub fn number(&self, label: &str) -> u64 {
        let digest = Sha256::digest(format!("{}\n{label}", self.seed));
        digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// A number from 0 up to but without `limit`; 0 if the limit is 0.
    #[must_use]
    pub fn below(&self, label: &str, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let number = self.number(label).checked_rem(limit).unwrap_or(0);
        usize::try_from(number).unwrap_or(0)
    }

    /// The numbers from 0 up to but without `count`, in an order of their own.
    #[must_use]
    pub fn order(&self, label: &str, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..count).collect();
        numbers.sort_by_cached_key(|n| self.number(&format!("{label}/{n}")));
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_choices() {
        let chance = Chance::new("a");
        assert_eq!(chance.number("x"), Chance::new("a").number("x"));
        assert_ne!(chance.number("x"), Chance::new("b").number("x"));
        assert_ne!(chance.number("x"), chance.number("y"));
        assert_eq!(chance.below("x", 0), 0);
        let mut order = chance.order("o", 50);
        assert_ne!(order, (0..50).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
    }
}
