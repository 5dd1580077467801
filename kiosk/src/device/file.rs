//! A printer that writes PDF files into a directory.

use super::trouble::Trouble;
use super::{DeviceError, Finding, Printer, Sheet};
use crate::files;
use std::path::{Path, PathBuf};

/// Writes `<certificate>-<attempt>.pdf`, whole or not at all.
#[derive(Debug, Clone)]
pub struct FilePrinter {
    dir: PathBuf,
}

impl FilePrinter {
    /// Into this directory, which is made when it is needed.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }
}

impl Printer for FilePrinter {
    fn print(&mut self, sheet: &Sheet, _tell: &mut dyn FnMut(Option<Trouble>)) -> Result<(), DeviceError> {
        let path = self.dir.join(format!("{}.pdf", sheet.name));
        let written = files::private_dir(&self.dir).and_then(|()| files::write_whole(&path, &sheet.pdf));
        written.map_err(|error| {
            tracing::error!(%error, "the file printer cannot write");
            DeviceError::Broken
        })
    }

    fn probe(&mut self) -> Finding {
        match files::private_dir(&self.dir) {
            Ok(()) => Finding::usable(format!("directory {}", self.dir.display())),
            Err(error) => Finding::unusable(
                format!("directory {}: {error}", self.dir.display()),
                "kiosk-doctor-mend-printer-directory",
            ),
        }
    }
}
