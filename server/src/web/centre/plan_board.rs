//! The planning board of a day, and the button that draws its staff.

use crate::app::App;
use crate::app::assign::{AssignOrder, assign_day};
use crate::app::draw_desk::May;
use crate::app::plan_board::{self, PersonPlan, PlanBoard};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Form, Notice};
use crate::web::page::{Frame, Visitor, escape, see};
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Date;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/plan/staff", web::get().to(show)).route("/plan/staff", web::post().to(draw));
}

#[derive(Deserialize)]
struct Asked {
    day: Option<String>,
}

#[derive(Deserialize)]
struct Press {
    once: String,
    day: String,
    /// Ids of the sessions that the page showed, separated by blanks.
    sessions: String,
}

#[derive(Template)]
#[template(path = "centre/board.html")]
struct BoardPage<'a> {
    frame: &'a Frame,
    day: Date,
    board: PlanBoard,
    /// Whether the sessions can be drawn as things are.
    can: bool,
    once: String,
    notice: Notice,
}

impl BoardPage<'_> {
    fn date(&self) -> String {
        self.frame.date(&self.day)
    }

    /// The sessions that can be drawn now, by number from 1.
    fn open(&self) -> Vec<(usize, String)> {
        let titled = |id: &String| self.board.sessions.iter().find(|s| s.row.id == *id);
        let words = self
            .board
            .open
            .iter()
            .filter_map(titled)
            .map(|s| format!("{} {}", self.frame.time(&s.row.starts_at), self.frame.named(&s.trade)));
        words.enumerate().map(|(number, words)| (number + 1, words)).collect()
    }

    /// What somebody may do in each of them, with the words of its column.
    fn cells<'p>(&self, person: &'p PersonPlan) -> Vec<(String, &'p May)> {
        let duties = ["page-draws-invigilating", "page-draws-examining"].map(|id| self.frame.t(id));
        let of_session = |((_, words), may): ((usize, String), &'p [May; 2])| {
            let labels = duties.iter().map(move |duty| format!("{words} · {duty}"));
            labels.zip(may).collect::<Vec<_>>()
        };
        self.open().into_iter().zip(&person.may).flat_map(of_session).collect()
    }

    fn rule(&self, word: &str) -> String {
        self.frame.t(&format!("page-draws-rule-{}", word.replace('_', "-")))
    }

    fn may(&self, may: &May) -> (&'static str, &'static str, String) {
        match may {
            May::Yes => ("good", "check", self.frame.t("page-draws-may")),
            May::LeftOut => ("info", "dash", self.frame.t("page-board-left-out")),
            May::NoPost => ("info", "dash", self.frame.t("page-none")),
            May::Forbidden(rules) => {
                let words: Vec<String> = rules.iter().map(|rule| self.rule(rule)).collect();
                ("bad", "ban", words.join(self.frame.pick("；", "; ")))
            }
        }
    }

    /// The heaviest burden let in for each duty that has posts.
    fn band(&self) -> Vec<(String, u32)> {
        let limits = self.board.limits;
        let of =
            [("page-draws-invigilating", limits.invigilating), ("page-draws-examining", limits.examining)];
        of.into_iter().filter_map(|(id, limit)| Some((self.frame.t(id), limit?))).collect()
    }

    fn sessions(&self) -> String {
        self.board.open.join(" ")
    }
}

async fn show(app: Data<App>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let today = visitor.frame.now.date_in_china();
    let day = asked.day.as_deref().map_or(Ok(today), Date::parse);
    let day = day.map_err(|e| Problem::new("field-invalid", Some(e.to_string())))?;
    answer(&app, &visitor, day, Notice::default()).await
}

async fn draw(app: Data<App>, visitor: Visitor, press: Form<Press>) -> Result<HttpResponse, Problem> {
    let Press { once: key, day, sessions } = press.0;
    let day = Date::parse(&day).map_err(|e| Problem::new("field-invalid", Some(e.to_string())))?;
    let once = forms::once(&app, &visitor.person, &key, "/plan/staff", &sessions)?;
    let order = AssignOrder { sessions: sessions.split_whitespace().map(str::to_owned).collect() };
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    match block(move || assign_day(&worker, &person, order, Some(once))).await {
        Ok(drawn) => Ok(see(&format!("/draws/{}", escape(&drawn.draw)))),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            answer(&app, &visitor, day, notice).await
        }
    }
}

async fn answer(
    app: &Data<App>,
    visitor: &Visitor,
    day: Date,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let worker = app.get_ref().clone();
    let mut board = block(move || plan_board::board(&worker, day)).await?;
    let frame = &visitor.frame;
    let status = notice.status();
    let can = !board.open.is_empty() && board.refused.is_none();
    let notice = match board.refused.take() {
        // What stands against a draw is said before anybody tries.
        Some(refused) if notice.bad().is_none() => Notice::refused(frame, Problem::from(refused))?,
        _ => notice,
    };
    let once = forms::key(frame)?;
    frame.answer(status, &BoardPage { frame, day, board, can, once, notice })
}
