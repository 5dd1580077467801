//! A device that isn't there.

use super::trouble::Trouble;
use super::{Camera, Card, DeviceError, Finding, IdReader, Printer, Sheet, Voice, VoiceError};
use crate::voice::Announcement;

/// No device: every wish fails at once, and the voice is silent.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Camera for Nothing {
    fn picture(&mut self) -> Result<Vec<u8>, DeviceError> {
        Err(DeviceError::Broken)
    }

    fn probe(&mut self) -> Finding {
        Finding::unusable("kind = \"none\"", "kiosk-doctor-mend-camera-none")
    }
}

impl IdReader for Nothing {
    fn card(&mut self) -> Result<Option<Card>, DeviceError> {
        Err(DeviceError::Broken)
    }

    fn probe(&mut self) -> Finding {
        Finding::unusable("kind = \"none\"", "kiosk-doctor-mend-reader-none")
    }
}

impl Printer for Nothing {
    fn print(&mut self, _sheet: &Sheet, _tell: &mut dyn FnMut(Option<Trouble>)) -> Result<(), DeviceError> {
        Err(DeviceError::Broken)
    }

    fn probe(&mut self) -> Finding {
        Finding::unusable("kind = \"none\"", "kiosk-doctor-mend-printer-none")
    }
}

impl Voice for Nothing {
    fn wav(&mut self, _call: &Announcement) -> Result<Vec<u8>, VoiceError> {
        Err(VoiceError::Silent)
    }

    fn speak(&mut self, _call: &Announcement) -> bool {
        false
    }

    fn probe(&mut self) -> Finding {
        Finding::usable("silent")
    }
}
