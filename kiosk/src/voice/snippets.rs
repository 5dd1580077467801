//! The voice of the exam point: recorded words in a folder of WAV files, put together to a call. The list of the files is
//! in docs/voice.md.

use super::wav::{WavError, join};
use super::{Announcement, PAUSE_MS};
use crate::device::espeak::Espeak;
use crate::device::{Finding, Voice, VoiceError};
use std::path::{Path, PathBuf};

/// What comes before the digits: 请.
const PLEASE: &str = "qing";
/// What comes after the digits: 号, 考生, 到.
const AFTER: [&str; 3] = ["hao", "kaosheng", "dao"];

/// Recorded words; where one is missing or has another format than the others, the whole call is spoken by espeak-ng,
/// so that no call is said with two voices.
#[derive(Debug, Clone)]
pub struct Snippets {
    folder: PathBuf,
    instead: Espeak,
}

impl Snippets {
    /// From a folder.
    #[must_use]
    pub const fn new(folder: PathBuf, instead: Espeak) -> Self {
        Self { folder, instead }
    }

    fn recorded(&self, call: &Announcement) -> Result<Vec<u8>, VoiceError> {
        let mut parts = Vec::new();
        for name in names(call) {
            let path = self.folder.join(&name);
            parts.push(std::fs::read(&path).map_err(|error| VoiceError::File(path, error))?);
        }
        join(&parts, call.times, PAUSE_MS).map_err(VoiceError::Wav)
    }
}

/// The files of a call in the order in which they are heard.
fn names(call: &Announcement) -> Vec<String> {
    let mut words = vec![PLEASE.to_owned()];
    words.extend(call.digits().map(|digit| digit.to_string()));
    words.extend(AFTER.map(str::to_owned));
    let mut names: Vec<String> = words.into_iter().map(file).collect();
    names.push(place_file(&call.window));
    names
}

fn file(word: impl std::fmt::Display) -> String {
    format!("{word}.wav")
}

/// The file of a window or place: its name as it is written at the desk. What would lead out of the folder is left out.
#[must_use]
pub fn place_file(window: &str) -> String {
    let name: String = window.chars().filter(|c| !matches!(c, '/' | '\\' | '\0')).collect();
    format!("place-{name}.wav")
}

/// Files that are missing in a folder, or have another format than the first that is there: the words that every call
/// needs, and those of these places.
#[must_use]
pub fn missing(folder: &Path, places: &[String]) -> Vec<String> {
    let words = std::iter::once(PLEASE.to_owned())
        .chain((0..10).map(|digit| digit.to_string()))
        .chain(AFTER.map(str::to_owned));
    let names = words.map(file).chain(places.iter().map(|place| place_file(place)));
    let mut first: Option<Vec<u8>> = None;
    let mut missing = Vec::new();
    for name in names {
        let Ok(sound) = std::fs::read(folder.join(&name)) else {
            missing.push(name);
            continue;
        };
        let first = first.get_or_insert_with(|| sound.clone());
        if let Err(error) = join(&[first.clone(), sound], 1, 0) {
            let why = match error {
                WavError::Format { found, .. } => found,
                other => other.to_string(),
            };
            missing.push(format!("{name} ({why})"));
        }
    }
    missing
}

impl Voice for Snippets {
    fn wav(&mut self, call: &Announcement) -> Result<Vec<u8>, VoiceError> {
        self.recorded(call).or_else(|error| {
            tracing::warn!(%error, "a call is not spoken with the recorded words");
            self.instead.wav(call)
        })
    }

    fn speak(&mut self, call: &Announcement) -> bool {
        self.instead.speak(call)
    }

    fn probe(&mut self) -> Finding {
        match missing(&self.folder, &[]).as_slice() {
            [] => Finding::usable(self.folder.display().to_string()),
            missing => Finding::unusable(
                format!("{}: {}", self.folder.display(), missing.join(", ")),
                "kiosk-doctor-mend-voice-snippets",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::wav::tests::{SPEC, wav};

    #[test]
    fn the_files_of_a_call_are_those_of_the_list() {
        let call = Announcement { number: 3, window: "../一号窗口".to_owned(), times: 2 };
        let expected = ["qing", "0", "0", "3", "hao", "kaosheng", "dao", "place-..一号窗口"];
        assert_eq!(names(&call), expected.map(file));
    }

    #[test]
    fn a_folder_tells_what_it_lacks_and_what_does_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let places = ["一号窗口".to_owned()];
        assert_eq!(missing(folder.path(), &places).len(), 15);
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        for name in missing(folder.path(), &places) {
            write(&name, &wav(SPEC, &[1, 2]));
        }
        assert_eq!(missing(folder.path(), &places), Vec::<String>::new());
        write("7.wav", &wav(hound::WavSpec { sample_rate: 8000, ..SPEC }, &[1]));
        std::fs::remove_file(folder.path().join("hao.wav")).unwrap();
        assert_eq!(
            missing(folder.path(), &places),
            ["7.wav (8000 Hz, 1 channels, 16 bits of whole numbers)", "hao.wav"]
        );
    }

    #[test]
    fn recorded_words_are_put_together_as_often_as_ruled() {
        let folder = tempfile::tempdir().unwrap();
        let call = Announcement { number: 12, window: "一号窗口".to_owned(), times: 2 };
        for name in names(&call) {
            std::fs::write(folder.path().join(name), wav(SPEC, &[5; 10])).unwrap();
        }
        let voice = Snippets::new(folder.path().to_owned(), Espeak::new(folder.path().join("spoken.wav")));
        let sound = voice.recorded(&call).unwrap();
        let length = hound::WavReader::new(std::io::Cursor::new(sound)).unwrap().duration();
        // Eight words of ten samples, twice, and 0.7 s at 1000 Hz between.
        assert_eq!(length, 2 * 80 + 700);
    }
}
