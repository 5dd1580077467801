//! Questions spoken by espeak-ng, ahead of time.

use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use thiserror::Error;

/// The voice `cmn` reads many syllables with the English voice; this one reads them right.
const CHINESE: &str = "cmn-latn-pinyin";
/// For a text without a Chinese character.
const ENGLISH: &str = "en";
/// Words a minute.
const SPEED: &str = "140";
/// Every sample is made of so many of espeak-ng's: speech needs no more than 11 025 a second.
const FEWER: usize = 2;

/// Whether questions can be spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The program says this of itself.
    Version(String),
    /// The configuration names no program.
    Off,
    /// The program does not start.
    Missing,
}

/// Why a text was not spoken.
#[derive(Debug, Error)]
pub enum VoiceError {
    /// The program does not start.
    #[error("the program for speech does not start: {0}")]
    Start(#[from] std::io::Error),
    /// It ended with an error.
    #[error("the program for speech ended with {0}")]
    Ended(std::process::ExitStatus),
    /// What it wrote is no sound.
    #[error("the program for speech wrote no sound")]
    NoSound,
}

/// Starts the program for each text; cheap to clone.
#[derive(Debug, Clone)]
pub struct Voice {
    program: Arc<str>,
    found: Arc<OnceLock<Found>>,
}

impl Voice {
    /// Speech by a program that is called like `espeak-ng`; none with an empty name.
    #[must_use]
    pub fn of(program: &str) -> Self {
        Self { program: program.into(), found: Arc::default() }
    }

    /// Whether the program is there; it is looked for once.
    #[must_use]
    pub fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            if self.program.is_empty() {
                return Found::Off;
            }
            match Command::new(&*self.program).arg("--version").stdin(Stdio::null()).output() {
                Ok(output) if output.status.success() => {
                    Found::Version(String::from_utf8_lossy(&output.stdout).trim().to_owned())
                }
                _ => Found::Missing,
            }
        })
    }

    /// Whether texts can be spoken.
    #[must_use]
    pub fn usable(&self) -> bool {
        matches!(self.found(), Found::Version(_))
    }

    /// A text as a WAV file: one channel, 11 025 samples a second, µ-law.
    ///
    /// # Errors
    /// [`VoiceError`].
    pub fn speak(&self, text: &str) -> Result<Vec<u8>, VoiceError> {
        let chinese = text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
        let voice = if chinese { CHINESE } else { ENGLISH };
        // Whoever sits an examination comes before whoever will hear this one day.
        let output = Command::new("nice")
            .args(["-n", "19", &self.program, "-v", voice, "-s", SPEED, "--stdout", "--", text])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()?;
        if !output.status.success() {
            return Err(VoiceError::Ended(output.status));
        }
        let (rate, samples) = samples(&output.stdout).ok_or(VoiceError::NoSound)?;
        wav(rate, &samples).ok_or(VoiceError::NoSound)
    }
}

/// Samples a second and samples of a WAV file with one channel of 16 bits. The sizes in its heads are not asked: they are
/// not known yet when a program writes to a pipe.
fn samples(file: &[u8]) -> Option<(u32, Vec<i16>)> {
    let format = file.windows(4).position(|four| four == b"fmt ")?;
    let rate = file.get(format + 12..format + 16)?.try_into().ok()?;
    let data = file.windows(4).position(|four| four == b"data")?;
    let pairs = file.get(data + 8..)?.chunks_exact(2);
    let samples: Vec<i16> =
        pairs.filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?))).collect();
    if samples.is_empty() { None } else { Some((u32::from_le_bytes(rate), samples)) }
}

/// A WAV file with [`FEWER`] samples and half the bits of each.
fn wav(rate: u32, samples: &[i16]) -> Option<Vec<u8>> {
    const MU_LAW: u16 = 7;
    let of = |few: &[i16]| {
        let sum: i32 = few.iter().copied().map(i32::from).sum();
        mu_law(sum / i32::try_from(few.len()).unwrap_or(1))
    };
    let data: Vec<u8> = samples.chunks(FEWER).map(of).collect();
    let rate = rate / u32::try_from(FEWER).ok()?;
    let length = u32::try_from(data.len()).ok()?;
    let padded = length + length % 2;
    let mut file = Vec::with_capacity(data.len() + 47);
    file.extend_from_slice(b"RIFF");
    file.extend((38 + padded).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend(18_u32.to_le_bytes());
    file.extend(MU_LAW.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    // Samples and bytes a second are the same: one byte each.
    file.extend(rate.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(8_u16.to_le_bytes());
    file.extend(0_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    file.resize(usize::try_from(46 + padded).ok()?, 0);
    Some(file)
}

/// A sample of 16 bits in 8 (ITU-T G.711, µ-law).
fn mu_law(sample: i32) -> u8 {
    const BIAS: i32 = 132;
    const MOST: i32 = 32_635;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let size = sample.abs().min(MOST) + BIAS;
    let segment = (size >> 7).ilog2();
    let step = (size >> (segment + 3)) & 0x0f;
    let code = sign | (i32::try_from(segment).unwrap_or(0) << 4) | step;
    !u8::try_from(code).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_written_as_the_recommendation_says() {
        for (sample, code) in
            [(0, 0xff), (8, 0xfe), (-8, 0x7e), (1_000, 0xce), (-1_000, 0x4e), (32_767, 0x80), (-32_768, 0)]
        {
            assert_eq!(mu_law(sample), code, "{sample}");
        }
    }

    #[test]
    fn a_sound_becomes_a_quarter_of_its_size() {
        let mut file =
            b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data"
                .to_vec();
        file.extend_from_slice(&[0xff; 4]);
        file.extend([100_i16, 200, -300, -500, 7, 7].iter().flat_map(|sample| sample.to_le_bytes()));
        let (rate, heard) = samples(&file).unwrap();
        assert_eq!((rate, heard.as_slice()), (22_050, [100, 200, -300, -500, 7, 7].as_slice()));
        let small = wav(rate, &heard).unwrap();
        assert_eq!(&small[24..28], 11_025_u32.to_le_bytes());
        assert_eq!(&small[46..], [mu_law(150), mu_law(-400), mu_law(7), 0]);
        assert_eq!(samples(b"RIFF"), None);
    }

    #[test]
    fn without_a_program_nothing_is_spoken() {
        assert_eq!(*Voice::of("").found(), Found::Off);
        let missing = Voice::of("/nowhere/espeak-ng");
        assert_eq!((missing.found(), missing.usable()), (&Found::Missing, false));
        assert!(missing.speak("一").is_err());
    }
}
