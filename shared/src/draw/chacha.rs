//! The draw of the product: ChaCha20 as a stream of numbers, and one unbiased pick.
//!
//! The stream is the key stream of ChaCha20 (20 rounds, key = seed, block counter and nonce start at zero), read
//! as 64-bit little-endian numbers in order. No other library function decides anything, so that any language can
//! do a draw again.

use super::{DrawError, enough};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::num::NonZeroUsize;

/// What a draw follows from: 32 bytes, the key of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed(pub [u8; 32]);

/// Picks from the stream of one seed. Each pick moves it on.
#[derive(Debug, Clone)]
pub struct Picker {
    stream: ChaCha20Rng,
}

impl Seed {
    /// The seed that belongs to a key text: SHA-256 of its UTF-8 bytes.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// A seed of its own for one part of a draw: SHA-256 of the 32 bytes of this seed followed by the UTF-8 bytes
    /// of the label. The parts do not depend on each other's order or number.
    #[must_use]
    pub fn seed_for(&self, label: &str) -> Self {
        let hash = Sha256::new().chain_update(self.0).chain_update(label.as_bytes());
        Self(hash.finalize().into())
    }

    /// 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl Picker {
    /// Starts at the beginning of the stream.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self { stream: ChaCha20Rng::from_seed(seed.0) }
    }

    /// One of `0..n`, each as likely as every other.
    ///
    /// Takes the next number x of the stream, and takes again while x ≥ ⌊2⁶⁴ / n⌋ · n; the pick is x mod n.
    /// The numbers left out are those at the top that would make small picks likelier.
    pub fn pick(&mut self, n: NonZeroUsize) -> usize {
        let n = u128::try_from(n.get()).unwrap_or(u128::MAX);
        let limit = ((1_u128 << 64) / n) * n;
        loop {
            let x = u128::from(self.stream.next_u64());
            if x < limit {
                return usize::try_from(x % n).unwrap_or(0);
            }
        }
    }

    /// One of the items; `None` if there are none (then the stream does not move).
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let n = NonZeroUsize::new(items.len())?;
        items.get(self.pick(n))
    }

    /// Takes one item out of the list; those that stay keep their order. `None` if there are none.
    pub fn take<T>(&mut self, items: &mut Vec<T>) -> Option<T> {
        let n = NonZeroUsize::new(items.len())?;
        Some(items.remove(self.pick(n)))
    }

    /// `count` different places of `0..pool_len` in the order drawn: each is [taken](Self::take) from those left.
    /// All of them if `count` is greater.
    pub fn select(&mut self, pool_len: usize, count: usize) -> Vec<usize> {
        let mut left: Vec<usize> = (0..pool_len).collect();
        std::iter::from_fn(|| self.take(&mut left)).take(count.min(pool_len)).collect()
    }

    /// All of `0..n` in a drawn order: [`select`](Self::select) with nothing left over.
    pub fn shuffle(&mut self, n: usize) -> Vec<usize> {
        self.select(n, n)
    }
}

/// Draws `count` of `pool` by a key text: numbers from 1 in the order drawn. The names themselves do not matter.
///
/// # Errors
/// [`DrawError::TooMany`].
pub fn select(key: &str, pool: &[String], count: usize) -> Result<Vec<usize>, DrawError> {
    enough(count, pool.len())?;
    let drawn = Picker::new(Seed::of_text(key)).select(pool.len(), count);
    Ok(drawn.into_iter().map(|place| place + 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn n(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    #[test]
    fn the_stream_is_the_key_stream_of_chacha20() {
        // The key stream for a key, counter and nonce of zeros begins 76 b8 e0 ad a0 f1 3d 90 (RFC 8439, A.1).
        let mut picker = Picker::new(Seed([0; 32]));
        assert_eq!(
            picker.stream.next_u64(),
            u64::from_le_bytes([0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90])
        );
    }

    #[test]
    fn numbers_at_the_top_of_the_scale_are_taken_again() {
        // For n = 2⁶³ + 1 nearly half of all numbers are refused; none of the picks is a reduced number.
        let big = n((1 << 63) + 1);
        let mut picker = Picker::new(Seed::of_text("top"));
        let picks: Vec<usize> = (0..64).map(|_| picker.pick(big)).collect();
        let mut plain = Picker::new(Seed::of_text("top"));
        let all: Vec<usize> = (0..200).map(|_| usize::try_from(plain.stream.next_u64()).unwrap()).collect();
        let kept: Vec<usize> = all.into_iter().filter(|x| *x <= 1 << 63).take(64).collect();
        assert_eq!(picks, kept);
    }

    #[test]
    fn a_pick_is_unbiased() {
        // Chi-square of 100,000 picks; the bound is the 99.9 % point for n − 1 degrees of freedom.
        for (size, bound) in [(2_usize, 10.83), (3, 13.82), (5, 18.47), (7, 22.46), (10, 27.88)] {
            let mut counts = vec![0_u32; size];
            for seed in 0..1000 {
                let mut picker = Picker::new(Seed::of_text(&format!("chi {size} {seed}")));
                (0..100).for_each(|_| counts[picker.pick(n(size))] += 1);
            }
            let expected = 100_000.0 / f64::from(u32::try_from(size).unwrap());
            let chi: f64 = counts.iter().map(|c| (f64::from(*c) - expected).powi(2) / expected).sum();
            assert!(chi < bound, "n = {size}: {chi} ≥ {bound}, {counts:?}");
        }
    }

    #[test]
    fn every_order_of_four_is_as_likely() {
        let mut counts = std::collections::BTreeMap::<Vec<usize>, u32>::new();
        for seed in 0..24_000 {
            *counts.entry(Picker::new(Seed::of_text(&format!("order {seed}"))).shuffle(4)).or_default() += 1;
        }
        let chi: f64 = counts.values().map(|c| (f64::from(*c) - 1000.0).powi(2) / 1000.0).sum();
        assert_eq!(counts.len(), 24);
        assert!(chi < 49.73, "99.9 % point for 23 degrees of freedom: {chi}");
    }

    #[test]
    fn a_sub_seed_depends_on_seed_and_label() {
        let seed = Seed::of_text("a");
        assert_ne!(seed.seed_for("x"), seed.seed_for("y"));
        assert_ne!(seed.seed_for("x"), Seed::of_text("b").seed_for("x"));
        let by_hand: [u8; 32] = Sha256::digest([seed.0.as_slice(), b"x"].concat()).into();
        assert_eq!(seed.seed_for("x").0, by_hand);
    }

    proptest! {
        #[test]
        fn a_selection_holds_different_places_of_the_pool(text in ".{0,8}", pool in 0_usize..60, count in 0_usize..70) {
            let mut drawn = Picker::new(Seed::of_text(&text)).select(pool, count);
            prop_assert_eq!(drawn.len(), count.min(pool));
            drawn.sort_unstable();
            drawn.dedup();
            prop_assert_eq!(drawn.len(), count.min(pool));
            prop_assert!(drawn.iter().all(|place| *place < pool));
        }
    }
}
