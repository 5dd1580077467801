//! First pages of a training institution and of an enterprise: their people, what is missing for each, what comes next,
//! and how their certificates stand.

use super::centre::Names;
use super::page::{Frame, Visitor};
use crate::app::App;
use crate::app::progress::{self as cases, Held, NEEDS, Progress, Step, Trainee};
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use shared::time::Date;

/// People on one page.
const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "progress/index.html")]
struct ProgressPage<'a> {
    frame: &'a Frame,
    names: Names,
    progress: &'a Progress,
    lines: Vec<&'a Trainee>,
    step: Option<Step>,
    matching: usize,
    page: usize,
    pages: usize,
    enterprise: bool,
}

/// What is asked of the page.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Only those with this step next.
    pub step: Option<String>,
    /// Page from 1.
    pub page: Option<usize>,
}

impl ProgressPage<'_> {
    fn title(&self) -> String {
        match &self.progress.of {
            Some((zh, en)) => self.frame.pick(zh, en).to_owned(),
            None => self.frame.t("page-home"),
        }
    }

    fn trade<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.trades.iter().find(|t| t.id == id).map_or(id, |t| self.frame.named(t))
    }

    fn step_word(&self, step: &Step) -> String {
        self.frame.t(&format!("page-progress-{}", step.word()))
    }

    /// Tone and icon of a step.
    fn tone(&self, step: &Step) -> (&'static str, &'static str) {
        match step {
            Step::Complete => ("warn", "alert"),
            Step::Barred | Step::Failed => ("bad", "cross"),
            Step::Done => ("good", "check"),
            _ => ("info", "clock"),
        }
    }

    /// Each need with whether it is met and whether its turn has come.
    fn needs(&self, trainee: &Trainee) -> Vec<(String, bool, bool)> {
        let papers = trainee.needs.iter().take(4).all(|met| *met);
        let all = NEEDS.iter().zip(trainee.needs).enumerate();
        all.map(|(at, (word, met))| (self.frame.t(&format!("page-need-{word}")), met, at < 4 || papers))
            .collect()
    }

    fn refusals(&self, trainee: &Trainee) -> String {
        let words = trainee
            .refusals
            .iter()
            .map(|word| self.frame.t(&format!("page-refused-{}", word.replace('_', "-"))));
        words.collect::<Vec<_>>().join(self.frame.pick("；", "; "))
    }

    /// Where and when, or by when.
    fn detail(&self, trainee: &Trainee) -> Option<String> {
        if let Some(latest) = &trainee.latest {
            return Some(self.frame.t1("page-progress-latest", "day", self.day(latest)));
        }
        let session = trainee.session.as_ref()?;
        matches!(trainee.step, Step::Seating | Step::CheckIn | Step::Here | Step::Exam | Step::Results).then(
            || {
                let day = self.day(&session.row.day);
                let time = self.frame.time(&session.row.starts_at);
                let mut text = format!("{day} {time} · {}", self.frame.named(&session.point));
                if let Some((room, seat)) = &trainee.place {
                    let seat = self.frame.t2("page-room-seat", "room", room, "seat", seat);
                    text = format!("{text} · {seat}");
                }
                text
            },
        )
    }

    fn day(&self, day: &str) -> String {
        Date::parse(day).map_or_else(|_| day.to_owned(), |d| self.frame.short_date(&d))
    }

    fn standing(&self, held: &Held) -> (&'static str, &'static str, String) {
        let word = self.frame.t(&format!("page-standing-{}", held.standing));
        match held.standing {
            "valid" => ("good", "check", word),
            "review-due" | "not-yet" => ("warn", "clock", word),
            _ => ("bad", "alert", word),
        }
    }

    fn standings(&self) -> Vec<(String, usize)> {
        let count = |word: &str| self.progress.certificates.iter().filter(|h| h.standing == word).count();
        ["valid", "review-due", "review-overdue", "expired"]
            .iter()
            .map(|word| (self.frame.t(&format!("page-standing-{word}")), count(word)))
            .collect()
    }

    fn at(&self, page: usize) -> String {
        let step = self.step.map_or(String::new(), |s| format!("step={}&", s.word()));
        format!("/?{step}page={page}")
    }
}

/// The first page of an institution or an enterprise.
pub(super) async fn home(app: Data<App>, visitor: Visitor, asked: Asked) -> Result<HttpResponse, Problem> {
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let progress = block(move || cases::progress(&worker, &person)).await?;
    let names = Names::load(&app).await?;
    let step = asked.step.as_deref().and_then(Step::from_word);
    let wanted: Vec<&Trainee> =
        progress.people.iter().filter(|t| step.is_none_or(|step| t.step == step)).collect();
    let matching = wanted.len();
    let pages = matching.max(1).div_ceil(PAGE);
    let page = asked.page.unwrap_or(1).clamp(1, pages);
    let lines = wanted.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let enterprise = visitor.person.role == Role::Enterprise;
    let frame = &visitor.frame;
    let progress = &progress;
    frame.answer(
        StatusCode::OK,
        &ProgressPage { frame, names, progress, lines, step, matching, page, pages, enterprise },
    )
}
