//! Simulated devices, and the socket on which a person or a test says what happens to them.
//!
//! One JSON object a line: `{"card":{"id_number":"…","name":"…"}}` lays a card on the reader, `{"card":null}` takes it
//! off; `{"picture":"/path.jpg"}` or `{"picture_seed":"text"}` is what the camera sees;
//! `{"printer":"ok|broken|out_of_paper|silent"}`; `{"line":"cut|up"}`. Each is answered by one line, `{"ok":true}` or
//! `{"ok":false,"error":"…"}`.

use super::file::FilePrinter;
use super::portrait::{jpeg, portrait};
use super::trouble::Trouble;
use super::{Camera, Card, DeviceError, Finding, IdReader, Printer, Sheet};
use serde::Deserialize;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// Longest line that is read, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;
/// How often a silent printer looks whether its job has been given up.
const LOOK: Duration = Duration::from_millis(20);

/// What happens to the devices at present.
#[derive(Debug, Default)]
pub struct Scenario {
    setting: Mutex<Setting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Setting {
    card: Option<Card>,
    picture: Scene,
    printer: Mode,
    line_is_cut: bool,
}

/// What the camera sees.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scene {
    Seed(String),
    File(PathBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    Ok,
    Broken,
    OutOfPaper,
    Silent,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Card(Option<CardText>),
    Picture(PathBuf),
    PictureSeed(String),
    Printer(Mode),
    Line(LineState),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardText {
    id_number: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum LineState {
    Cut,
    Up,
}

impl Scenario {
    /// Whether the line to the server is up.
    #[must_use]
    pub fn line_is_up(&self) -> bool {
        !self.setting().line_is_cut
    }

    /// Takes one line of the socket.
    ///
    /// # Errors
    /// What is wrong with it, in English.
    pub fn tell(&self, line: &str) -> Result<(), String> {
        let change: Change = serde_json::from_str(line).map_err(|e| e.to_string())?;
        if let Change::Picture(path) = &change {
            std::fs::metadata(path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        let mut setting = self.setting();
        match change {
            Change::Card(card) => {
                setting.card = card.map(|c| Card { id_number: c.id_number, name: c.name });
            }
            Change::Picture(path) => setting.picture = Scene::File(path),
            Change::PictureSeed(seed) => setting.picture = Scene::Seed(seed),
            Change::Printer(mode) => setting.printer = mode,
            Change::Line(state) => setting.line_is_cut = matches!(state, LineState::Cut),
        }
        drop(setting);
        self.changed.notify_all();
        Ok(())
    }

    /// Listens on a Unix socket for as long as the program runs. A socket that an earlier run left behind is removed.
    ///
    /// # Errors
    /// If the socket cannot be made.
    pub fn listen(self: &Arc<Self>, path: &Path) -> std::io::Result<()> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        let scenario = Arc::clone(self);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let scenario = Arc::clone(&scenario);
                std::thread::spawn(move || scenario.converse(stream));
            }
        });
        Ok(())
    }

    fn converse(&self, stream: UnixStream) {
        let mut reader = BufReader::new(stream);
        loop {
            let mut line = String::new();
            let read = std::io::Read::take(&mut reader, LONGEST_LINE).read_line(&mut line);
            if !matches!(read, Ok(1..)) {
                return;
            }
            let answer = match self.tell(&line) {
                Ok(()) => serde_json::json!({"ok": true}),
                Err(error) => serde_json::json!({"ok": false, "error": error}),
            };
            if reader.get_mut().write_all(format!("{answer}\n").as_bytes()).is_err() {
                return;
            }
        }
    }

    fn setting(&self) -> MutexGuard<'_, Setting> {
        // A thread that panicked while it held the lock left a setting that is still whole.
        self.setting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// How the printer is, once it isn't silent any more or the job has been given up.
    fn printer_mode(&self, sheet: &Sheet) -> Mode {
        let mut setting = self.setting();
        while setting.printer == Mode::Silent && !sheet.cancelled.is_cancelled() {
            setting = match self.changed.wait_timeout(setting, LOOK) {
                Ok((setting, _)) => setting,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        setting.printer
    }
}

impl Default for Scene {
    fn default() -> Self {
        Self::Seed("kaodian".to_owned())
    }
}

/// A camera that sees what the scenario says; at first a drawn portrait.
pub struct SimCamera {
    scenario: Arc<Scenario>,
}

/// A reader on which lies what the scenario says; at first nothing.
pub struct SimReader {
    scenario: Arc<Scenario>,
}

/// A file printer that works as the scenario says; at first well.
pub struct SimPrinter {
    scenario: Arc<Scenario>,
    file: FilePrinter,
}

impl SimCamera {
    /// A camera in this scenario.
    #[must_use]
    pub const fn new(scenario: Arc<Scenario>) -> Self {
        Self { scenario }
    }
}

impl SimReader {
    /// A reader in this scenario.
    #[must_use]
    pub const fn new(scenario: Arc<Scenario>) -> Self {
        Self { scenario }
    }
}

impl SimPrinter {
    /// A printer in this scenario.
    #[must_use]
    pub const fn new(scenario: Arc<Scenario>, file: FilePrinter) -> Self {
        Self { scenario, file }
    }
}

impl Camera for SimCamera {
    fn picture(&mut self) -> Result<Vec<u8>, DeviceError> {
        let scene = self.scenario.setting().picture.clone();
        let path = match scene {
            Scene::Seed(seed) => return jpeg(&portrait(&seed)).ok_or(DeviceError::NoPicture),
            Scene::File(path) => path,
        };
        let bytes = std::fs::read(path).map_err(|_| DeviceError::Broken)?;
        let picture = image::load_from_memory(&bytes).map_err(|_| DeviceError::NoPicture)?;
        // A JPEG is handed on as it is, so that a test knows its digest; anything else becomes one.
        match image::guess_format(&bytes) {
            Ok(image::ImageFormat::Jpeg) => Ok(bytes),
            _ => jpeg(&picture.to_rgb8()).ok_or(DeviceError::NoPicture),
        }
    }

    fn probe(&mut self) -> Finding {
        Finding::usable("simulated")
    }
}

impl IdReader for SimReader {
    fn card(&mut self) -> Result<Option<Card>, DeviceError> {
        Ok(self.scenario.setting().card.clone())
    }

    fn probe(&mut self) -> Finding {
        Finding::usable("simulated")
    }
}

impl Printer for SimPrinter {
    fn print(&mut self, sheet: &Sheet, tell: &mut dyn FnMut(Option<Trouble>)) -> Result<(), DeviceError> {
        let mode = self.scenario.printer_mode(sheet);
        if sheet.cancelled.is_cancelled() {
            return Err(DeviceError::Timeout);
        }
        match mode {
            Mode::Ok => self.file.print(sheet, tell),
            Mode::Broken => Err(DeviceError::Broken),
            Mode::OutOfPaper => Err(DeviceError::OutOfPaper),
            Mode::Silent => Err(DeviceError::Timeout),
        }
    }

    fn probe(&mut self) -> Finding {
        self.file.probe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_scenario_changes_one_thing_or_says_what_is_wrong() {
        let scenario = Scenario::default();
        for good in [
            r#"{"card":{"id_number":"11010519491231002X","name":"张三"}}"#,
            r#"{"card":null}"#,
            r#"{"picture_seed":"x"}"#,
            r#"{"printer":"out_of_paper"}"#,
            r#"{"line":"cut"}"#,
        ] {
            assert_eq!(scenario.tell(good), Ok(()), "{good}");
        }
        assert!(!scenario.line_is_up());
        for bad in ["", "{}", r#"{"printer":"on fire"}"#, r#"{"picture":"/nonexistent.jpg"}"#, r#"{"x":1}"#] {
            assert!(scenario.tell(bad).is_err(), "{bad}");
        }
    }
}
