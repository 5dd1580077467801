//! The log: for everybody, so that anyone can keep and check a checkpoint; and for those who look after it.

use super::forms::Form;
use super::log_path;
use super::page::{Frame, Guest, Visitor};
use super::parts::Html;
use super::plot::{Kind, Plot, Series};
use super::verify::Lines;
use crate::app::App;
use crate::app::log::explore::{EntryShown, Files, Kept, Overview, entry, kept, overview};
use crate::app::log::{self as cases, Cosigner, LogError, Refusal};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/log", web::get().to(show))
        .route("/log", web::post().to(check))
        .route("/log/explorer", web::get().to(explore));
}

#[derive(Template)]
#[template(path = "log/index.html")]
struct PublicPage<'a> {
    frame: &'a Frame,
    size: i64,
    waiting: i64,
    watched: usize,
    checkpoint: Option<String>,
    key: String,
    form: &'a KeptForm,
    answer: Option<Lines>,
}

#[derive(Template)]
#[template(path = "log/explorer.html")]
struct ExplorerPage<'a> {
    frame: &'a Frame,
    log: &'a Overview,
    plot: Plot,
    asked: String,
    entry: Option<&'a EntryShown>,
    wrong: bool,
}

/// A checkpoint that somebody kept.
#[derive(Deserialize, Default)]
struct KeptForm {
    #[serde(default)]
    checkpoint: String,
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    seq: String,
}

impl ExplorerPage<'_> {
    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn root(&self) -> String {
        self.log.head.as_ref().map(|(head, _)| hex::encode(head.root)).unwrap_or_default()
    }

    /// How the files stand to the database: tone, icon and words.
    fn files(&self) -> (&'static str, &'static str, String) {
        let count = self.log.published;
        match self.log.files {
            Files::Whole => ("good", "check", self.frame.t("page-log-all-published")),
            Files::Behind => ("warn", "clock", self.frame.t1("page-log-files-behind", "count", count)),
            Files::Other => ("bad", "alert", self.frame.t1("page-log-files-other", "count", count)),
        }
    }

    fn behind(&self, kiosk: &Cosigner) -> i64 {
        kiosk.last.map_or(self.log.status.size, |(size, _)| (self.log.status.size - size).max(0))
    }

    fn refused(&self, refusal: &Refusal) -> String {
        let with = [("seen", refusal.seen.to_string()), ("now", refusal.now.to_string())];
        self.frame.with(&format!("page-log-refused-{}", refusal.code), &with)
    }

    fn kind(&self, entry: &EntryShown) -> String {
        self.frame.t(&format!("page-event-{}", entry.kind.replace('_', "-")))
    }

    fn figure(&self, entry: &EntryShown) -> Html {
        log_path::figure(self.frame, entry)
    }

    fn hex(&self, hash: &shared::log::Hash) -> String {
        hex::encode(hash)
    }

    fn leaves(&self, range: &std::ops::Range<u64>) -> String {
        if range.end - range.start == 1 {
            self.frame.t1("page-log-leaf", "number", range.end)
        } else {
            self.frame.t2("page-log-leaves", "from", range.start + 1, "to", range.end)
        }
    }
}

async fn show(guest: Guest, app: Data<App>) -> Result<HttpResponse, Problem> {
    public(&app, &guest.0, &KeptForm::default(), None).await
}

/// A look-up by POST: a checkpoint has lines, and an address has none.
async fn check(guest: Guest, app: Data<App>, form: Form<KeptForm>) -> Result<HttpResponse, Problem> {
    let (worker, text) = (app.get_ref().clone(), form.0.checkpoint.clone());
    let found = block(move || kept(&worker, &text)).await?;
    public(&app, &guest.0, &form.0, Some(verdict(&guest.0, &found))).await
}

async fn public(
    app: &Data<App>,
    frame: &Frame,
    form: &KeptForm,
    answer: Option<Lines>,
) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let (status, checkpoint, key, watched) = block(move || {
        let watched = cases::witnesses(&app)?.kiosks.iter().filter(|kiosk| kiosk.last.is_some()).count();
        Ok::<_, LogError>((cases::status(&app)?, cases::published(&app)?, cases::key(&app)?, watched))
    })
    .await?;
    let (size, waiting) = (status.size, status.waiting);
    let page = PublicPage { frame, size, waiting, watched, checkpoint, key: key.to_string(), form, answer };
    frame.answer(StatusCode::OK, &page)
}

fn verdict(frame: &Frame, found: &Kept) -> Lines {
    let (tone, icon, word, with) = match found {
        Kept::Ours(kept, now) => {
            ("good", "check", "ours", vec![("kept", kept.size.to_string()), ("now", now.to_string())])
        }
        Kept::NotContinued(kept) => ("bad", "alert", "not-continued", vec![("kept", kept.size.to_string())]),
        Kept::NotSigned => ("warn", "alert", "not-signed", Vec::new()),
        Kept::NoCheckpoint => ("warn", "alert", "no-checkpoint", Vec::new()),
    };
    Lines {
        tone,
        icon,
        title: frame.t(&format!("page-log-kept-{word}")),
        text: frame.with(&format!("page-log-kept-{word}-text"), &with),
        facts: Vec::new(),
    }
}

async fn explore(app: Data<App>, visitor: Visitor, which: Query<Which>) -> Result<HttpResponse, Problem> {
    let (frame, asked) = (visitor.frame, which.into_inner().seq.trim().to_owned());
    let (worker, wanted) = (app.get_ref().clone(), asked.parse::<u64>().ok());
    let (log, found) = block(move || {
        let found = match wanted.map(|seq| entry(&worker, seq)) {
            None | Some(Err(LogError::Beyond(_))) => None,
            Some(found) => Some(found?),
        };
        Ok::<_, LogError>((overview(&worker)?, found))
    })
    .await?;
    let wrong = found.is_none() && !asked.is_empty();
    let status = if wrong { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let page = ExplorerPage {
        frame: &frame,
        plot: growth(&frame, &log),
        log: &log,
        asked,
        entry: found.as_ref(),
        wrong,
    };
    frame.answer(status, &page)
}

/// Entries added day by day.
fn growth(frame: &Frame, log: &Overview) -> Plot {
    let values: Vec<i64> = log.growth.iter().map(|(_, added)| *added).collect();
    let total = values.iter().sum::<i64>();
    Plot {
        id: "plot-log",
        title: frame.t("page-log-growth"),
        desc: frame.t2("page-log-growth-what", "days", values.len(), "count", total),
        along: frame.t("page-day-choose"),
        labels: log.growth.iter().map(|(day, _)| day.to_string().chars().skip(5).collect()).collect(),
        names: log.growth.iter().map(|(day, _)| frame.short_date(day)).collect(),
        series: vec![Series { name: frame.t("page-log-added"), tone: "info", values }],
        kind: Kind::Bars,
        top: None,
        unit: "",
    }
}
