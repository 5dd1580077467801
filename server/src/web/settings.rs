//! What the server runs with, and the kiosks: for the system administrator.

use super::forms::{self, Done, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape};
use super::parts::Html;
use super::qr;
use crate::app::App;
use crate::app::devices::{self, DeadLetter, Device, DeviceState, Devices};
use crate::app::kiosks::{self, Announced};
use crate::app::settings::{self, Settings};
use crate::app::voices::{self, Progress};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::voice::Found;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/settings", web::get().to(show))
        .route("/settings/voices", web::post().to(speak_again))
        .route("/settings/kiosks", web::post().to(announce))
        .route("/settings/kiosks/{kiosk}/revoke", web::post().to(revoke));
}

#[derive(Template)]
#[template(path = "settings/index.html")]
struct SettingsPage<'a> {
    frame: &'a Frame,
    notice: Notice,
    settings: Settings,
    devices: Devices,
    voices: Progress,
    once: String,
}

#[derive(Template)]
#[template(path = "settings/kiosk.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    kiosk: Announced,
    qr: Option<Html>,
}

impl SettingsPage<'_> {
    /// How reading aloud stands: tone, icon and a sentence.
    fn aloud(&self) -> (&'static str, &'static str, String) {
        let Progress { found, made, wanted } = &self.voices;
        match found {
            Found::Off => ("info", "dash", self.frame.t("page-voices-off")),
            Found::Missing => ("warn", "alert", self.frame.t("page-voices-missing")),
            Found::Version(_) if made < wanted => {
                ("info", "clock", self.frame.t2("page-voices-under-way", "made", made, "wanted", wanted))
            }
            Found::Version(_) => ("good", "check", self.frame.t1("page-voices-ready", "made", made)),
        }
    }

    /// Whether what is spoken can be spoken again.
    fn speaks(&self) -> bool {
        matches!(self.voices.found, Found::Version(_))
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn purpose(&self, key: &crate::keys::KeyAge) -> String {
        self.frame.t(&format!("page-key-{}", key.purpose.word()))
    }

    /// Days since a key was made, by the server's clock; a controlled clock may stand before that day.
    fn age(&self, made_at: &i64) -> i64 {
        let made = Instant::from_millis(*made_at).date_in_china();
        self.frame.now.date_in_china().days_since(made).max(0)
    }

    fn state(&self, device: &Device) -> String {
        self.frame.t(&format!("page-device-{}", device.state.word()))
    }

    fn tone(&self, device: &Device) -> (&'static str, &'static str) {
        match device.state {
            DeviceState::Near => ("good", "check"),
            DeviceState::Announced => ("info", "clock"),
            DeviceState::Silent => ("warn", "alert"),
            DeviceState::Expired | DeviceState::Revoked => ("bad", "ban"),
        }
    }

    fn can_be_revoked(&self, device: &Device) -> bool {
        device.state != DeviceState::Revoked
    }

    fn has_code(&self, device: &Device) -> bool {
        device.state == DeviceState::Announced
    }

    /// In seconds, with its sign.
    fn difference(&self, millis: &i64) -> String {
        let seconds = format!(
            "{}{}.{}",
            if *millis < 0 { "−" } else { "" },
            millis.abs() / 1000,
            millis.abs() % 1000 / 100
        );
        self.frame.t1("page-device-seconds", "seconds", seconds)
    }

    fn what(&self, letter: &DeadLetter) -> String {
        self.word(&format!("page-journal-{}", letter.what.replace('_', "-")), &letter.what)
    }

    fn why(&self, letter: &DeadLetter) -> String {
        self.word(&format!("page-dead-{}", letter.why), &letter.why)
    }

    fn word(&self, id: &str, other: &str) -> String {
        let text = self.frame.t(id);
        if text == id { other.to_owned() } else { text }
    }
}

async fn show(app: Data<App>, visitor: Visitor, query: Query<Done>) -> Result<HttpResponse, Problem> {
    let said = ["revoked", "voices"];
    let notice = Notice::done(&visitor.frame, "page-settings-done-", &said, query.done.as_deref());
    page(app, visitor, notice).await
}

/// The settings; also the first page of the system administrator.
pub(super) async fn page(app: Data<App>, visitor: Visitor, notice: Notice) -> Result<HttpResponse, Problem> {
    let worker = app.get_ref().clone();
    let devices = block(move || devices::list(&worker)).await?;
    let worker = app.get_ref().clone();
    let voices = block(move || voices::progress(&worker)).await?;
    let settings = settings::show(&app);
    let (frame, status) = (&visitor.frame, notice.status());
    let once = forms::key(frame)?;
    frame.answer(status, &SettingsPage { frame, notice, settings, devices, voices, once })
}

/// Has every question spoken again.
async fn speak_again(app: Data<App>, visitor: Visitor, form: Form<Fields>) -> Result<HttpResponse, Problem> {
    // Done twice it is done once, but a form that was shown to somebody else is refused.
    forms::once(&app, &visitor.person, &form.0.text("once"), "/settings/voices", "")?;
    app.voices.again();
    Ok(forms::done("/settings", "voices"))
}

/// A new kiosk; its one-time code is told once, and a reload gets the same.
async fn announce(app: Data<App>, visitor: Visitor, form: Form<Fields>) -> Result<HttpResponse, Problem> {
    let (point, key) = (form.0.text("point"), form.0.text("once"));
    let once = forms::once(&app, &visitor.person, &key, "/settings/kiosks", &point)?;
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    match block(move || kiosks::announce(&worker, &person, &point, Some(once))).await {
        Ok(kiosk) => {
            let frame = &visitor.frame;
            let qr = qr::svg(&kiosk.code, &frame.t("page-kiosk-qr"));
            frame.answer(StatusCode::OK, &CodePage { frame, kiosk, qr })
        }
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            page(app, visitor, notice).await
        }
    }
}

async fn revoke(
    app: Data<App>,
    visitor: Visitor,
    kiosk: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (reason, key) = (form.0.text("reason"), form.0.text("once"));
    let address = format!("/settings/kiosks/{}/revoke", escape(&kiosk));
    let once = forms::once(&app, &visitor.person, &key, &address, &reason)?;
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let work = move || devices::revoke(&worker, &person, &kiosk, &reason, Some(once));
    match block(work).await {
        Ok(()) => Ok(forms::done("/settings", "revoked")),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            page(app, visitor, notice).await
        }
    }
}

impl CodePage<'_> {
    /// In two halves, as it is read out.
    fn code(&self) -> String {
        let half = self.kiosk.code.len() / 2;
        let (a, b) = self.kiosk.code.split_at_checked(half).unwrap_or((&self.kiosk.code, ""));
        format!("{a} {b}")
    }

    fn until(&self) -> String {
        Instant::from_millis(self.kiosk.code_until).minute_in_china()
    }
}
