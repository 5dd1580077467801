//! What is there of devices and surroundings, and how to mend what isn't.

use crate::config::Config;
use crate::device::sim::Scenario;
use crate::device::{self, Finding, UnknownKind};
use crate::files;
use crate::identity::Enrolment;
use crate::journal::Journal;
use crate::startup::{Layout, now};
use crate::text::{Lang, Texts};
use crate::voice::snippets;
use serde::Serialize;
use shared::wire::v1::bundle::{DayBundle, SignedBundle};
use std::process::Command;
use std::sync::Arc;

/// The whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether everything can be used.
    pub healthy: bool,
    /// Each thing.
    pub devices: Vec<Line>,
}

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `camera`, `reader`, `printer`, `ticket`, `voice`, `clock`, `data_dir`, `enrolment`, `log`, `fonts`, `browser`.
    pub device: &'static str,
    /// As configured; empty where nothing is.
    pub kind: String,
    /// `ok` or `missing`.
    pub state: &'static str,
    /// What was found, technically.
    pub found: String,
    /// How to mend it, Chinese.
    pub mend_zh: Option<String>,
    /// How to mend it, English.
    pub mend_en: Option<String>,
}

/// Looks at everything.
///
/// # Errors
/// [`UnknownKind`] if the configuration names a device that doesn't exist.
pub fn examine(config: &Config) -> Result<Report, UnknownKind> {
    let scenario = Arc::new(Scenario::default());
    let devices = vec![
        line("camera", &config.camera.kind, device::camera(config, &scenario)?().probe()),
        line("reader", &config.reader.kind, device::reader(config, &scenario)?.probe()),
        line("printer", &config.printer.kind, device::printer(config, &scenario)?().probe()),
        line("ticket", &config.ticket.kind, device::ticket_printer(config)?().probe()),
        line("voice", &config.voice.kind, voice(config)?),
        line("clock", if config.clock_socket.is_some() { "controlled" } else { "system" }, clock(config)),
        line("data_dir", "", data_dir(config)),
        line("enrolment", "", enrolment(config)),
        line("log", "", log(config)),
        line("fonts", "", fonts()),
        line("browser", "", browser()),
    ];
    Ok(Report { healthy: devices.iter().all(|d| d.state == "ok"), devices })
}

/// The report for people.
#[must_use]
pub fn in_words(report: &Report, lang: Lang) -> String {
    let texts = Texts::new(lang);
    let mut words = String::new();
    for line in &report.devices {
        let name = texts.say(format!("kiosk-doctor-{}", line.device.replace('_', "-")));
        let mark = if line.state == "ok" { "✓" } else { "✗" };
        words.push_str(&format!("{mark} {name}: {} {}\n", line.kind, line.found));
        let mend = if lang == Lang::En { &line.mend_en } else { &line.mend_zh };
        if let Some(mend) = mend {
            words.push_str(&format!("  → {mend}\n"));
        }
    }
    words
}

fn line(device: &'static str, kind: &str, finding: Finding) -> Line {
    let mend = |lang| finding.mend.map(|id| Texts::new(lang).say(id));
    Line {
        device,
        kind: kind.to_owned(),
        state: if finding.usable { "ok" } else { "missing" },
        mend_zh: mend(Lang::Zh),
        mend_en: mend(Lang::En),
        found: finding.what,
    }
}

/// Recorded words are looked at together with those for the places of the day, where its bundle has been received.
fn voice(config: &Config) -> Result<Finding, UnknownKind> {
    let finding = device::voice(config)?().probe();
    if config.voice.kind != "snippets" {
        return Ok(finding);
    }
    let folder = config.voice_folder();
    let missing = snippets::missing(&folder, &places(config));
    Ok(match missing.as_slice() {
        [] => finding,
        missing => Finding::unusable(
            format!("{}: {}", folder.display(), missing.join(", ")),
            "kiosk-doctor-mend-voice-snippets",
        ),
    })
}

/// Names of the places of the stored bundle, as they are called.
fn places(config: &Config) -> Vec<String> {
    let read = || -> Option<DayBundle> {
        let bytes = files::read_if_there(&Layout::new(&config.data_dir).bundle()).ok()??;
        let signed: SignedBundle = serde_json::from_slice(&bytes).ok()?;
        serde_json::from_str(&signed.bundle).ok()
    };
    let mut places: Vec<String> =
        read().into_iter().flat_map(|bundle| bundle.places).map(|place| place.name_zh).collect();
    places.push(Texts::new(Lang::Zh).say("kiosk-place-print"));
    places
}

fn clock(config: &Config) -> Finding {
    match now(config) {
        Ok(now) => Finding::usable(now.rfc3339()),
        Err(error) => Finding::unusable(error.to_string(), "kiosk-doctor-mend-clock"),
    }
}

fn data_dir(config: &Config) -> Finding {
    let shown = config.data_dir.display();
    match files::private_dir(&config.data_dir).and_then(|()| files::try_room(&config.data_dir)) {
        Ok(()) => Finding::usable(shown.to_string()),
        Err(error) => Finding::unusable(format!("{shown}: {error}"), "kiosk-doctor-mend-data-dir"),
    }
}

fn enrolment(config: &Config) -> Finding {
    match Enrolment::load(&Layout::new(&config.data_dir).enrolment()) {
        Ok(Some(e)) => Finding::usable(format!("{} at {}, {}", e.kiosk, e.point, e.server)),
        Ok(None) => Finding::unusable("not enrolled", "kiosk-doctor-mend-enrolment"),
        Err(error) => Finding::unusable(error.to_string(), "kiosk-doctor-mend-enrolment"),
    }
}

/// What the kiosk has seen of the server's log, and whether it refused a later one.
fn log(config: &Config) -> Finding {
    let path = Layout::new(&config.data_dir).journal();
    if !path.exists() {
        return Finding::usable("not seen yet".to_owned());
    }
    let looked = || -> Result<_, crate::journal::JournalError> {
        let mut journal = Journal::open_beside(&path)?;
        let seen = journal.seen()?;
        Ok((seen, journal.log_refused()?))
    };
    match looked() {
        Err(error) => Finding::unusable(error.to_string(), "kiosk-doctor-mend-log"),
        Ok((_, Some((code, seen, now)))) => {
            let what = format!("refused ({code}): {seen} entries were seen, then it had {now}");
            Finding::unusable(what, "kiosk-doctor-mend-log")
        }
        Ok((Some(seen), None)) => {
            Finding::usable(format!("{}: {} entries seen", seen.origin, seen.head.size))
        }
        Ok((None, None)) => Finding::usable("not seen yet".to_owned()),
    }
}

fn fonts() -> Finding {
    let output = Command::new("fc-list").args([":lang=zh-cn", "family"]).output();
    let families = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    match families.lines().next() {
        Some(family) => Finding::usable(family.to_owned()),
        None => Finding::unusable("no font with Chinese characters", "kiosk-doctor-mend-fonts"),
    }
}

fn browser() -> Finding {
    match Command::new(crate::web::BROWSER).arg("--version").output() {
        Ok(output) if output.status.success() => {
            Finding::usable(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        _ => Finding::unusable("chromium does not start", "kiosk-doctor-mend-browser"),
    }
}
