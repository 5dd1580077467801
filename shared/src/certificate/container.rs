//! The outer layers of the text of a QR code: bytes in a zlib stream (RFC 1950) in base45 (RFC 9285).

use flate2::read::ZlibDecoder;
use std::io::Read as _;
use thiserror::Error;

/// More bytes than this are not unpacked: a short text can stand for a very long one.
pub const MAX_BYTES: usize = 64 * 1024;

/// Longest text that is looked at; what packs [`MAX_BYTES`] without compression is shorter.
const MAX_CHARS: usize = 2 * MAX_BYTES;

/// Why a text cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnpackError {
    /// Not base45.
    #[error("the text is not base45")]
    Base45,
    /// Not a zlib stream, or a broken one.
    #[error("the text holds no zlib stream")]
    Zlib,
    /// Longer than [`MAX_BYTES`].
    #[error("the text holds more than {MAX_BYTES} bytes")]
    TooLarge,
}

/// Packs bytes in the one form that does not depend on a compressor: a zlib stream with one stored block. `None` if they
/// do not fit into one block (65,535 bytes).
#[must_use]
pub fn pack(bytes: &[u8]) -> Option<String> {
    let length = u16::try_from(bytes.len()).ok()?;
    // CMF and FLG (deflate, window of 32 KiB, no dictionary, fastest level), then the last block, stored.
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(bytes);
    stream.extend(adler32(bytes).to_be_bytes());
    Some(base45::encode(stream))
}

/// Unpacks any zlib stream in base45, compressed or not. A last group of base45 above 255 is not refused here: compare
/// with [`pack`] where the exact text matters.
///
/// # Errors
/// [`UnpackError`] names the layer.
pub fn unpack(text: &str) -> Result<Vec<u8>, UnpackError> {
    if text.len() > MAX_CHARS {
        return Err(UnpackError::TooLarge);
    }
    let packed = base45::decode(text).map_err(|_| UnpackError::Base45)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells a stream that is too long from one that just fits.
    let limit = u64::try_from(MAX_BYTES).unwrap_or_default().saturating_add(1);
    let mut reader = ZlibDecoder::new(packed.as_slice()).take(limit);
    reader.read_to_end(&mut bytes).map_err(|_| UnpackError::Zlib)?;
    if bytes.len() > MAX_BYTES { Err(UnpackError::TooLarge) } else { Ok(bytes) }
}

/// Adler-32 (RFC 1950 section 8.2).
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % MODULUS;
        b = (b + a) % MODULUS;
    }
    (b << 16) | a
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn compressed(bytes: &[u8]) -> String {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        base45::encode(encoder.finish().unwrap())
    }

    #[test]
    fn the_checksum_is_adler_32() {
        for (text, sum) in [("", 1), ("a", 0x0062_0062), ("Wikipedia", 0x11E6_0398)] {
            assert_eq!(adler32(text.as_bytes()), sum);
        }
    }

    #[test]
    fn a_short_text_cannot_grow_without_bound() {
        assert_eq!(unpack(&compressed(&vec![0; MAX_BYTES])).map(|b| b.len()), Ok(MAX_BYTES));
        assert_eq!(unpack(&compressed(&vec![0; MAX_BYTES + 1])), Err(UnpackError::TooLarge));
        let bomb = compressed(&vec![0; 50 * 1024 * 1024]);
        assert_eq!(unpack(&bomb), Err(UnpackError::TooLarge));
        assert_eq!(unpack(&"0".repeat(MAX_CHARS + 1)), Err(UnpackError::TooLarge));
    }

    #[test]
    fn each_layer_is_named() {
        let table = [
            ("a", UnpackError::Base45),
            ("GGW", UnpackError::Base45),
            ("二维码", UnpackError::Base45),
            ("", UnpackError::Zlib),
            ("%69 VD92EX0", UnpackError::Zlib),
        ];
        for (text, error) in table {
            assert_eq!(unpack(text), Err(error), "{text}");
        }
        let whole = pack(b"0123456789").unwrap();
        assert!(unpack(whole.get(..whole.len() - 3).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            prop_assert_eq!(unpack(&pack(&bytes).unwrap()), Ok(bytes.clone()));
            prop_assert_eq!(unpack(&compressed(&bytes)), Ok(bytes));
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "[0-9A-Z $%*+./:-]{0,80}") {
            let _ = unpack(&text);
        }
    }
}
