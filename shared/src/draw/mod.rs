//! Draws that anyone can do again: the choice follows from a seed or a public key text alone.
//!
//! [`chacha`] is what every draw of the product uses. [`rfc3797`] and [`octo41`] are two published methods for
//! those who are used to them; both take a public text, so they need no secret. `docs/draw.md` spells all three out.

pub mod ceremony;
pub mod chacha;
pub mod octo41;
pub mod rfc3797;

use thiserror::Error;

/// A method of drawing names from a pool by a key text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// RFC 3797; see [`rfc3797`].
    Rfc3797,
    /// ICANN OCTO-041; see [`octo41`].
    Octo41,
    /// ChaCha20 seeded with SHA-256 of the key; see [`chacha`].
    ChaCha20,
}

/// Why nothing was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DrawError {
    /// More names are asked for than the pool holds.
    #[error("{asked} names are asked for, the pool has {pool}")]
    TooMany {
        /// Names asked for.
        asked: usize,
        /// Names in the pool.
        pool: usize,
    },
    /// The method numbers its draws with 16 bits.
    #[error("the method draws at most {limit} names, not {asked}")]
    BeyondMethod {
        /// Names asked for.
        asked: usize,
        /// The most that the method can number.
        limit: usize,
    },
}

crate::trade::words!(Method { Rfc3797 = "rfc3797", Octo41 = "octo41", ChaCha20 = "chacha20" });

/// Draws `count` names from `pool`: their numbers from 1, in the order drawn.
///
/// # Errors
/// [`DrawError`] if the pool is too small or the method cannot number that many.
pub fn select(method: Method, key: &str, pool: &[String], count: usize) -> Result<Vec<usize>, DrawError> {
    match method {
        Method::Rfc3797 => rfc3797::select(key, pool, count),
        Method::Octo41 => octo41::select(key, pool, count),
        Method::ChaCha20 => chacha::select(key, pool, count),
    }
}

/// Refuses to draw more than there is.
fn enough(asked: usize, pool: usize) -> Result<(), DrawError> {
    if asked > pool { Err(DrawError::TooMany { asked, pool }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_draws_each_name_once_and_refuses_to_draw_more_than_there_are() {
        let pool: Vec<String> = (0..9).map(|n| format!("name {n}")).collect();
        for word in ["rfc3797", "octo41", "chacha20"] {
            let method = Method::from_word(word).unwrap();
            let mut drawn = select(method, "key", &pool, 9).unwrap();
            assert_eq!(
                select(method, "key", &pool, 4).unwrap(),
                drawn[..4],
                "{word}: a prefix of the longer draw"
            );
            drawn.sort_unstable();
            assert_eq!(drawn, (1..=9).collect::<Vec<_>>(), "{word}");
            let refused = select(method, "key", &pool, 10);
            assert_eq!(refused, Err(DrawError::TooMany { asked: 10, pool: 9 }), "{word}");
            assert_eq!(select(method, "key", &[], 0), Ok(vec![]), "{word}");
        }
    }
}
