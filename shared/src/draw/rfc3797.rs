//! RFC 3797, Publicly Verifiable Nominations Committee (NomCom) Random Selection.
//!
//! The key is the text that the RFC builds from public numbers (each followed by `.` and each source by `/`), for
//! example `9319./2.5.8.10.12./9.18.26.34.41.45./`. Draw number i, from 0: MD5 over i as two bytes (high byte
//! first), the key, and the same two bytes again; the hash as one number of 128 bits, modulo the names that are
//! left. The name is taken out and the others move up.

use super::{DrawError, enough};
use md5::{Digest, Md5};

/// Draws are numbered with 16 bits, so there are at most so many.
pub const LIMIT: usize = 1 << 16;

/// Draws `count` of `pool` by a key text: numbers from 1 in the order drawn. The names themselves do not matter.
///
/// # Errors
/// [`DrawError::TooMany`], or [`DrawError::BeyondMethod`] for more than [`LIMIT`] names.
pub fn select(key: &str, pool: &[String], count: usize) -> Result<Vec<usize>, DrawError> {
    enough(count, pool.len())?;
    let mut left: Vec<usize> = (1..=pool.len()).collect();
    let mut drawn = Vec::with_capacity(count);
    for index in 0..count {
        let index =
            u16::try_from(index).map_err(|_| DrawError::BeyondMethod { asked: count, limit: LIMIT })?;
        let place = remainder(&hash(key, index), left.len());
        if place < left.len() {
            drawn.push(left.remove(place));
        }
    }
    Ok(drawn)
}

fn hash(key: &str, index: u16) -> [u8; 16] {
    let index = index.to_be_bytes();
    Md5::new().chain_update(index).chain_update(key.as_bytes()).chain_update(index).finalize().into()
}

/// The bytes as one number, high byte first, modulo `n`: Horner's scheme, a byte at a time.
fn remainder(bytes: &[u8], n: usize) -> usize {
    let Ok(n @ 1..) = u128::try_from(n) else { return 0 };
    let rest = bytes.iter().fold(0_u128, |rest, byte| (rest * 256 + u128::from(*byte)) % n);
    usize::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> Option<serde_json::Value> {
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata");
        let root = std::env::var("KAODIAN_TESTDATA").unwrap_or_else(|_| default.to_owned());
        match std::fs::read_to_string(format!("{root}/draw/rfc3797.json")) {
            Ok(text) => Some(serde_json::from_str(&text).unwrap()),
            Err(_) => {
                println!("skipped: no draw/rfc3797.json in {root}");
                None
            }
        }
    }

    #[test]
    fn the_published_example_comes_out() {
        let Some(file) = vectors() else { return };
        let key = file["key"].as_str().unwrap();
        let pool: Vec<String> = serde_json::from_value(file["pool"].clone()).unwrap();
        let selected: Vec<usize> = serde_json::from_value(file["selected"].clone()).unwrap();
        assert_eq!(select(key, &pool, selected.len()).unwrap(), selected);
        assert_eq!(hex::encode_upper(hash(key, 0)), file["first_hash"].as_str().unwrap());
        let last = u16::try_from(selected.len() - 1).unwrap();
        assert_eq!(hex::encode_upper(hash(key, last)), file["last_hash"].as_str().unwrap());
    }

    #[test]
    fn a_long_number_is_reduced_as_long_division_would() {
        let number: u128 = 0x990D_D0A5_692A_029A_98B5_E01A_A28F_3459;
        for n in [1_usize, 2, 3, 7, 25, 255, 256, 257, 65_535, 1_000_003] {
            assert_eq!(remainder(&number.to_be_bytes(), n) as u128, number % n as u128, "{n}");
        }
        assert_eq!(remainder(&[1, 2, 3], 0), 0, "an empty pool has no place");
    }

    #[test]
    fn more_draws_than_the_method_numbers_are_refused() {
        let pool = vec![String::new(); LIMIT + 1];
        let refused = DrawError::BeyondMethod { asked: LIMIT + 1, limit: LIMIT };
        assert_eq!(select("key", &pool, LIMIT + 1), Err(refused));
    }
}
