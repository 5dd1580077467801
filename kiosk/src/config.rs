//! The kiosk's one configuration file (TOML).

use crate::device::ipp::{IppPrinter, NotAPrinter, Paper};
use crate::device::serial::is_rate;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// Everything that is configured.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the server, `https://…`; `http://` only for a loopback address.
    pub server: Option<String>,
    /// A PEM file with the authority that signed the server's certificate; without it the system's trust store.
    pub ca_file: Option<PathBuf>,
    /// Directory of journal, pictures, keys and bundle.
    pub data_dir: PathBuf,
    /// Address of the kiosk's own pages: loopback only.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Unix socket of a controlled clock; only in demo worlds.
    pub clock_socket: Option<PathBuf>,
    /// Unix socket on which the simulated devices are told what happens to them.
    pub scenario_socket: Option<PathBuf>,
    /// Seconds between two talks with the server when nothing happens, 1–3600.
    #[serde(default = "default_sync_seconds")]
    pub sync_seconds: u64,
    /// Camera.
    #[serde(default)]
    pub camera: CameraConfig,
    /// Card reader.
    #[serde(default)]
    pub reader: ReaderConfig,
    /// Printer.
    #[serde(default)]
    pub printer: PrinterConfig,
    /// Printer of queue tickets.
    #[serde(default)]
    pub ticket: TicketConfig,
    /// Loudspeaker.
    #[serde(default)]
    pub voice: VoiceConfig,
}

/// `[ticket]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketConfig {
    /// `escpos-tcp`, `escpos-serial`, `pdf` or `none`.
    pub kind: String,
    /// Directory of the PDF files; without it `tickets` in the data directory.
    pub dir: Option<PathBuf>,
    /// `HOST:PORT` of a printer on the network; the port is 9100 as a rule.
    pub address: Option<String>,
    /// Device of a printer on a serial line.
    pub path: Option<String>,
    /// Speed of the serial line in baud.
    #[serde(default = "default_ticket_baud")]
    pub baud: u32,
    /// Each step of a ticket must be done after so many seconds, 1–30.
    #[serde(default = "default_ticket_seconds")]
    pub deadline_seconds: u64,
    /// Address of the page for the phone on the QR code; without it the server's `/my`.
    pub link: Option<String>,
}

/// `[camera]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraConfig {
    /// `sim`, `files`, `nokhwa` or `none`.
    pub kind: String,
    /// Number of a real camera, from 0.
    #[serde(default)]
    pub index: u32,
    /// Folder of a picture sequence (`files`): JPEG and PNG, taken in the order of their names, again and again.
    pub dir: Option<PathBuf>,
    /// Pictures a second of a picture sequence, 1–60.
    #[serde(default = "default_frames_per_second")]
    pub frames_per_second: u32,
    /// Whether faces are looked for when a picture is judged. Without it light and sharpness are judged alone.
    #[serde(default = "yes")]
    pub faces: bool,
    /// A picture must be there after so many seconds, 1–60.
    #[serde(default = "default_camera_seconds")]
    pub deadline_seconds: u64,
}

/// `[reader]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderConfig {
    /// `serial`, `sim` or `none`.
    pub kind: String,
    /// Device file of a reader on a serial port, for example `/dev/ttyUSB0`.
    #[serde(default)]
    pub port: String,
    /// Bits a second of a serial port: 1200, 2400, 4800 and so on to 230400.
    #[serde(default = "default_baud")]
    pub baud: u32,
}

/// `[printer]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterConfig {
    /// `file`, `ipp` or `none`. A file printer obeys the scenario socket where there is one.
    pub kind: String,
    /// Address of the IPP printer or of the CUPS queue that drives it: `ipp://HOST[:PORT]/PATH`.
    pub uri: Option<String>,
    /// `media` that the IPP printer is asked for, such as `oe_iso-id1_54x86mm` for cards; without it the printer's own.
    pub media: Option<String>,
    /// `sides` that the IPP printer is asked for, such as `one-sided`; without it the printer's own.
    pub sides: Option<String>,
    /// Directory of the file printer; without it `printed` in the data directory.
    pub dir: Option<PathBuf>,
    /// A print must be done after so many seconds, 1–600.
    #[serde(default = "default_printer_seconds")]
    pub deadline_seconds: u64,
}

/// `[voice]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceConfig {
    /// `silent`, `espeak`, or `snippets` for recorded words.
    pub kind: String,
    /// Whether the check-in screen says aloud what to do, unless the voice is silent.
    #[serde(default = "yes")]
    pub check_in: bool,
    /// Folder of the recorded words (see docs/voice.md); without it `voice` in the data directory.
    pub folder: Option<PathBuf>,
}

/// Why a file is not a configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// Cannot be read.
    #[error("the configuration {0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// Not TOML, or a key is unknown, missing or of the wrong type.
    #[error("the configuration {0} is not right: {1}")]
    Toml(PathBuf, toml::de::Error),
    /// `listen` is not loopback.
    #[error("listen = \"{0}\" is not a loopback address: use 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// `server` is plain HTTP to another machine, or no URL.
    #[error(
        "server = \"{0}\": write https://HOST[:PORT] (http:// only to a loopback address), without a path"
    )]
    Server(String),
    /// The printer's address.
    #[error("printer.uri: {0}")]
    Printer(#[from] NotAPrinter),
    /// A number is outside its range.
    #[error("{0} lies outside {1}")]
    Range(&'static str, &'static str),
    /// A key that the chosen device needs.
    #[error("{0} is missing: {1}")]
    Missing(&'static str, &'static str),
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`] says which key is wrong and what to write.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::Unreadable(path.to_owned(), e))?;
        let config: Self = toml::from_str(&text).map_err(|e| ConfigError::Toml(path.to_owned(), e))?;
        config.checked()
    }

    /// Checks what the types do not say.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn checked(mut self) -> Result<Self, ConfigError> {
        if !self.listen.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(self.listen));
        }
        in_range("sync_seconds", self.sync_seconds, 1..=3600, "1–3600")?;
        in_range("camera.deadline_seconds", self.camera.deadline_seconds, 1..=60, "1–60")?;
        in_range("camera.frames_per_second", self.camera.frames_per_second.into(), 1..=60, "1–60")?;
        for (name, baud) in [("reader.baud", self.reader.baud), ("ticket.baud", self.ticket.baud)] {
            if !is_rate(baud) {
                return Err(ConfigError::Range(name, "1200, 2400, 4800 … 115200, 230400"));
            }
        }
        if self.reader.kind == "serial" && self.reader.port.is_empty() {
            return Err(ConfigError::Missing("reader.port", "name the device file, as in /dev/ttyUSB0"));
        }
        if self.camera.kind == "files" && self.camera.dir.is_none() {
            return Err(ConfigError::Missing("camera.dir", "name the folder of the pictures"));
        }
        in_range("printer.deadline_seconds", self.printer.deadline_seconds, 1..=600, "1–600")?;
        in_range("ticket.deadline_seconds", self.ticket.deadline_seconds, 1..=30, "1–30")?;
        if self.printer.kind == "ipp" {
            let uri = self.printer.uri.as_deref().unwrap_or_default();
            IppPrinter::new(uri, Paper::default(), self.printer_deadline())?;
        }
        if let Some(server) = self.server.take() {
            self.server = Some(checked_server(&server)?);
        }
        Ok(self)
    }

    /// The deadline of the camera.
    #[must_use]
    pub const fn camera_deadline(&self) -> Duration {
        Duration::from_secs(self.camera.deadline_seconds)
    }

    /// The folder of a picture sequence.
    #[must_use]
    pub fn picture_dir(&self) -> PathBuf {
        self.camera.dir.clone().unwrap_or_else(|| self.data_dir.join("pictures"))
    }

    /// The deadline of the printer.
    #[must_use]
    pub const fn printer_deadline(&self) -> Duration {
        Duration::from_secs(self.printer.deadline_seconds)
    }

    /// The deadline of each step of a queue ticket.
    #[must_use]
    pub const fn ticket_deadline(&self) -> Duration {
        Duration::from_secs(self.ticket.deadline_seconds)
    }

    /// The directory of queue tickets that are PDF files.
    #[must_use]
    pub fn ticket_dir(&self) -> PathBuf {
        self.ticket.dir.clone().unwrap_or_else(|| self.data_dir.join("tickets"))
    }

    /// The page for the phone that a queue ticket leads to.
    #[must_use]
    pub fn phone_page(&self) -> Option<String> {
        self.ticket.link.clone().or_else(|| self.server.as_ref().map(|server| format!("{server}/my")))
    }

    /// The folder of the recorded words.
    #[must_use]
    pub fn voice_folder(&self) -> PathBuf {
        self.voice.folder.clone().unwrap_or_else(|| self.data_dir.join("voice"))
    }

    /// The directory of the file printer.
    #[must_use]
    pub fn print_dir(&self) -> PathBuf {
        self.printer.dir.clone().unwrap_or_else(|| self.data_dir.join("printed"))
    }
}

/// Checks an address of a server and takes the slash from its end.
///
/// # Errors
/// [`ConfigError::Server`] if it is no address, has a path, or is plain HTTP to another machine.
pub fn checked_server(text: &str) -> Result<String, ConfigError> {
    let error = || ConfigError::Server(text.to_owned());
    let trimmed = text.trim_end_matches('/');
    let url: ureq::http::Uri = trimmed.parse().map_err(|_| error())?;
    let host = url.host().ok_or_else(error)?.trim_matches(['[', ']']);
    let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let allowed = match url.scheme_str() {
        Some("https") => true,
        Some("http") => loopback,
        _ => false,
    };
    if allowed && matches!(url.path(), "" | "/") && url.query().is_none() {
        Ok(trimmed.to_owned())
    } else {
        Err(error())
    }
}

fn in_range(
    name: &'static str,
    value: u64,
    range: std::ops::RangeInclusive<u64>,
    words: &'static str,
) -> Result<(), ConfigError> {
    if range.contains(&value) { Ok(()) } else { Err(ConfigError::Range(name, words)) }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8090))
}

const fn default_sync_seconds() -> u64 {
    2
}

const fn default_camera_seconds() -> u64 {
    5
}

const fn default_frames_per_second() -> u32 {
    5
}

const fn default_baud() -> u32 {
    115_200
}

const fn yes() -> bool {
    true
}

const fn default_printer_seconds() -> u64 {
    30
}

impl Default for CameraConfig {
    fn default() -> Self {
        Self {
            kind: "none".to_owned(),
            index: 0,
            dir: None,
            frames_per_second: default_frames_per_second(),
            faces: true,
            deadline_seconds: default_camera_seconds(),
        }
    }
}

impl Default for ReaderConfig {
    fn default() -> Self {
        Self { kind: "none".to_owned(), port: String::new(), baud: default_baud() }
    }
}

impl Default for PrinterConfig {
    fn default() -> Self {
        Self {
            kind: "none".to_owned(),
            uri: None,
            media: None,
            sides: None,
            dir: None,
            deadline_seconds: default_printer_seconds(),
        }
    }
}

const fn default_ticket_baud() -> u32 {
    9600
}

const fn default_ticket_seconds() -> u64 {
    3
}

impl Default for TicketConfig {
    fn default() -> Self {
        Self {
            kind: "none".to_owned(),
            dir: None,
            address: None,
            path: None,
            baud: default_ticket_baud(),
            deadline_seconds: default_ticket_seconds(),
            link: None,
        }
    }
}

impl Default for VoiceConfig {
    fn default() -> Self {
        Self { kind: "silent".to_owned(), check_in: true, folder: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        toml::from_str::<Config>(text)
            .map_err(|e| e.to_string())
            .and_then(|c| c.checked().map_err(|e| e.to_string()))
    }

    #[test]
    fn a_data_directory_is_enough() {
        let config = parse("data_dir = \"/var/lib/kiosk\"").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8090");
        assert_eq!(config.print_dir(), Path::new("/var/lib/kiosk/printed"));
        assert_eq!(config.camera.kind, "none");
    }

    #[test]
    fn what_would_be_unsafe_or_misspelt_is_refused() {
        for (text, word) in [
            ("data_dir = \"/d\"\nlisten = \"0.0.0.0:80\"", "loopback"),
            ("data_dir = \"/d\"\nserver = \"http://centre.example\"", "https"),
            ("data_dir = \"/d\"\nserver = \"https://centre.example/path\"", "https"),
            ("data_dir = \"/d\"\nserver = \"centre\"", "https"),
            ("data_dir = \"/d\"\nsync_seconds = 0", "sync_seconds"),
            ("data_dir = \"/d\"\nprintr = \"x\"", "printr"),
            ("data_dir = \"/d\"\n[printer]\nkind = \"ipp\"", "ipp://HOST"),
            ("data_dir = \"/d\"\n[printer]\nkind = \"ipp\"\nuri = \"usb:/dev/lp0\"", "ipp://HOST"),
            ("data_dir = \"/d\"\n[reader]\nkind = \"serial\"", "reader.port"),
            ("data_dir = \"/d\"\n[reader]\nkind = \"serial\"\nport = \"/dev/x\"\nbaud = 1", "reader.baud"),
            ("data_dir = \"/d\"\n[ticket]\nkind = \"escpos-serial\"\nbaud = 9601", "ticket.baud"),
            ("data_dir = \"/d\"\n[camera]\nkind = \"files\"", "camera.dir"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn a_server_on_this_machine_may_speak_plain_http() {
        for (text, expected) in [
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://centre.example", "https://centre.example"),
        ] {
            assert_eq!(checked_server(text).unwrap(), expected);
        }
    }
    #[test]
    fn the_examples_can_be_used_as_they_are() {
        for name in ["example", "demo"] {
            let path = format!("{}/../fixtures/kiosk/{name}.toml", env!("CARGO_MANIFEST_DIR"));
            Config::load(Path::new(&path)).unwrap();
        }
    }
}
