//! ICANN OCTO-041, A Verifiable and Reproducible Random Candidate Selection Process.
//!
//! For each name: `name/key` as UTF-8, written as hexadecimal text (two lower-case digits a byte), hashed with
//! SHA-256. The names are sorted by their hashes, greatest first, and the first ones are selected.

use super::{DrawError, enough};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;

/// Draws `count` of `pool` by a key text: numbers from 1 in the order of the hashes. The places of the names in the
/// pool do not matter, save that of two equal names the earlier comes first.
///
/// # Errors
/// [`DrawError::TooMany`].
pub fn select(key: &str, pool: &[String], count: usize) -> Result<Vec<usize>, DrawError> {
    enough(count, pool.len())?;
    let mut ranked: Vec<(Reverse<[u8; 32]>, usize)> =
        pool.iter().zip(1..).map(|(name, number)| (Reverse(hash(name, key)), number)).collect();
    ranked.sort_unstable();
    Ok(ranked.into_iter().take(count).map(|(_, number)| number).collect())
}

fn hash(name: &str, key: &str) -> [u8; 32] {
    Sha256::digest(hex::encode(format!("{name}/{key}"))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_over_the_hexadecimal_text() {
        // 张/1 is e5 bc a0 2f 31 in UTF-8.
        let by_hand: [u8; 32] = Sha256::digest(b"e5bca02f31").into();
        assert_eq!(hash("张", "1"), by_hand);
    }

    #[test]
    fn the_published_example_comes_out() {
        // The example output that ICANN publishes beside the document.
        let table = [
            ("Abdulrazak Gurnah", "29ac092249e8893b"),
            ("Bob Dylan", "2cc64fcb09b8a233"),
            ("Louise Glück", "7424fabc41ca9157"),
            ("Olga Tokarczuk", "1246d3b66ad583cb"),
            ("Peter Handke", "8df197906867337e"),
            ("石黒 一雄", "7959cb0f56824843"),
        ];
        let key = "7623.10/390C1610";
        let pool: Vec<String> = table.iter().map(|(name, _)| (*name).to_owned()).collect();
        for (name, start) in &table {
            assert_eq!(&hex::encode(hash(name, key))[..16], *start, "{name}");
        }
        assert_eq!(select(key, &pool, 6).unwrap(), [5, 6, 3, 2, 1, 4]);
    }

    #[test]
    fn the_order_of_the_pool_does_not_matter() {
        let pool: Vec<String> = ["Ada", "Berta", "Clara", "Dora", "Emma"].map(str::to_owned).into();
        let mut turned = pool.clone();
        turned.reverse();
        let names = |pool: &[String]| -> Vec<String> {
            select("42", pool, 3).unwrap().into_iter().map(|number| pool[number - 1].clone()).collect()
        };
        assert_eq!(names(&pool), names(&turned));
    }

    #[test]
    fn of_two_equal_names_the_earlier_comes_first() {
        let pool = vec!["same".to_owned(), "same".to_owned()];
        assert_eq!(select("k", &pool, 2).unwrap(), [1, 2]);
    }
}
