//! A loudspeaker by espeak-ng.

use super::{Finding, Voice};
use std::process::{Command, Stdio};

/// Speaks by starting `espeak-ng` for each call.
#[derive(Debug, Clone, Copy)]
pub struct Espeak;

/// The voice `cmn` reads many syllables with the English voice; this one reads them right.
const VOICE: &str = "cmn-latn-pinyin";
/// Words a minute.
const SPEED: &str = "140";

impl Voice for Espeak {
    fn say(&mut self, text: &str) {
        let status = Command::new("espeak-ng")
            .args(["-v", VOICE, "-s", SPEED, "--", text])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
            tracing::warn!(?status, "a call could not be spoken; it is on the board");
        }
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
