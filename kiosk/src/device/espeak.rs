//! A loudspeaker by espeak-ng.

use super::{Finding, Voice, VoiceError};
use crate::text::{Lang, Texts};
use crate::voice::wav::join;
use crate::voice::{Announcement, PAUSE_MS};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

/// Speaks by starting `espeak-ng` for each call.
#[derive(Debug, Clone)]
pub struct Espeak {
    /// Where it writes the sound.
    file: PathBuf,
}

/// The voice `cmn` reads many syllables with the English voice; this one reads them right.
const VOICE: &str = "cmn-latn-pinyin";
/// Words a minute.
const SPEED: &str = "140";

impl Espeak {
    /// With a file into which it may write the sound of a call.
    #[must_use]
    pub const fn new(file: PathBuf) -> Self {
        Self { file }
    }

    fn run(&self, to_file: bool, call: &Announcement) -> std::io::Result<ExitStatus> {
        let text = Texts::new(Lang::Zh).two(
            "kiosk-voice-call",
            "number",
            call.spoken_number(),
            "window",
            &call.window,
        );
        let mut command = Command::new("espeak-ng");
        command.args(["-v", VOICE, "-s", SPEED]);
        if to_file {
            command.arg("-w").arg(&self.file);
        }
        command.args(["--", &text]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()
    }
}

impl Voice for Espeak {
    fn wav(&mut self, call: &Announcement) -> Result<Vec<u8>, VoiceError> {
        let status = self.run(true, call).map_err(VoiceError::Start)?;
        if !status.success() {
            return Err(VoiceError::Failed(status));
        }
        let sound = std::fs::read(&self.file).map_err(|error| VoiceError::File(self.file.clone(), error))?;
        join(&[sound], call.times, PAUSE_MS).map_err(VoiceError::Wav)
    }

    fn speak(&mut self, call: &Announcement) -> bool {
        for _ in 0..call.times.max(1) {
            let status = self.run(false, call);
            if !status.as_ref().is_ok_and(ExitStatus::success) {
                tracing::warn!(?status, "a call could not be spoken; it is on the board");
                return false;
            }
        }
        true
    }

    fn probe(&mut self) -> Finding {
        match Command::new("espeak-ng").arg("--version").output() {
            Ok(output) if output.status.success() => {
                Finding::usable(String::from_utf8_lossy(&output.stdout).trim().to_owned())
            }
            _ => Finding::unusable("espeak-ng does not start", "kiosk-doctor-mend-voice"),
        }
    }
}
