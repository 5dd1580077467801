//! Sounds put together: several WAV files of the same format become one, said once or several times.

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use std::io::Cursor;
use thiserror::Error;

/// Why sounds cannot be put together.
#[derive(Debug, Error)]
pub enum WavError {
    /// There is nothing to put together.
    #[error("there is no sound")]
    Nothing,
    /// One is no WAV file that is understood.
    #[error("sound {0} is no WAV file: {1}")]
    Unreadable(usize, hound::Error),
    /// One has another format than the first.
    #[error("sound {at} has {found}, the first one has {first}: all must have the same")]
    Format {
        /// Which one, from 0.
        at: usize,
        /// Its format.
        found: String,
        /// That of the first.
        first: String,
    },
    /// The result cannot be written.
    #[error("the sound cannot be written: {0}")]
    Write(hound::Error),
}

/// One sound after the other; all of it `times` times with `pause_ms` milliseconds of silence between. The same input
/// gives the same bytes.
///
/// # Errors
/// [`WavError`]: a part that is no PCM sound in whole numbers, or not of the same rate, channels and bits as the first.
pub fn join(parts: &[Vec<u8>], times: u32, pause_ms: u32) -> Result<Vec<u8>, WavError> {
    let mut all: Vec<i32> = Vec::new();
    let mut spec: Option<WavSpec> = None;
    for (at, part) in parts.iter().enumerate() {
        let unreadable = |error| WavError::Unreadable(at, error);
        let mut reader = WavReader::new(Cursor::new(part)).map_err(unreadable)?;
        let found = reader.spec();
        let first = *spec.get_or_insert(found);
        if found != first || found.sample_format != SampleFormat::Int {
            return Err(WavError::Format { at, found: words(&found), first: words(&first) });
        }
        for sample in reader.samples::<i32>() {
            all.push(sample.map_err(unreadable)?);
        }
    }
    let spec = spec.ok_or(WavError::Nothing)?;
    let frames = u64::from(spec.sample_rate) * u64::from(pause_ms) / 1000;
    let silence = usize::try_from(frames * u64::from(spec.channels)).unwrap_or(0);
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).map_err(WavError::Write)?;
    for time in 0..times.max(1) {
        let pause = if time == 0 { 0 } else { silence };
        for sample in std::iter::repeat_n(&0, pause).chain(&all) {
            writer.write_sample(*sample).map_err(WavError::Write)?;
        }
    }
    writer.finalize().map_err(WavError::Write)?;
    Ok(bytes.into_inner())
}

fn words(spec: &WavSpec) -> String {
    let kind = if spec.sample_format == SampleFormat::Int { "whole" } else { "floating" };
    format!(
        "{} Hz, {} channels, {} bits of {kind} numbers",
        spec.sample_rate, spec.channels, spec.bits_per_sample
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn wav(spec: WavSpec, samples: &[i16]) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    pub(crate) const SPEC: WavSpec =
        WavSpec { channels: 1, sample_rate: 1000, bits_per_sample: 16, sample_format: SampleFormat::Int };

    fn samples(bytes: &[u8]) -> Vec<i16> {
        WavReader::new(Cursor::new(bytes)).unwrap().samples().map(Result::unwrap).collect()
    }

    #[test]
    fn one_sound_follows_the_other_and_silence_stands_between_two_times() {
        let parts = [wav(SPEC, &[1, -2]), wav(SPEC, &[]), wav(SPEC, &[3])];
        assert_eq!(samples(&join(&parts, 1, 5).unwrap()), [1, -2, 3]);
        assert_eq!(samples(&join(&parts, 2, 4).unwrap()), [1, -2, 3, 0, 0, 0, 0, 1, -2, 3]);
        assert_eq!(samples(&join(&parts, 0, 4).unwrap()), [1, -2, 3], "at least once");
        assert_eq!(join(&parts, 3, 9).unwrap(), join(&parts, 3, 9).unwrap());
    }

    #[test]
    fn what_has_another_format_is_named_and_not_mixed_in() {
        for other in [
            WavSpec { sample_rate: 2000, ..SPEC },
            WavSpec { channels: 2, ..SPEC },
            WavSpec { bits_per_sample: 24, ..SPEC },
        ] {
            let parts = [wav(SPEC, &[1]), wav(other, &[1, 1])];
            assert!(matches!(join(&parts, 1, 0), Err(WavError::Format { at: 1, .. })), "{other:?}");
        }
        let float = WavSpec { bits_per_sample: 32, sample_format: SampleFormat::Float, ..SPEC };
        let mut bytes = Cursor::new(Vec::new());
        WavWriter::new(&mut bytes, float).unwrap().finalize().unwrap();
        assert!(matches!(join(&[bytes.into_inner()], 1, 0), Err(WavError::Format { at: 0, .. })));
        assert!(matches!(join(&[b"RIFF".to_vec()], 1, 0), Err(WavError::Unreadable(0, _))));
        assert!(matches!(join(&[], 1, 0), Err(WavError::Nothing)));
    }
}
