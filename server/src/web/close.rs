//! The close of a day of an exam point (日清日结): its numbers, what stands against it, the statement and the signature.

use super::forms::{self, Done, Form, Notice};
use super::page::{Frame, Visitor, escape};
use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::closing::{self as desks, Desk, Pending};
use crate::app::days::{self as cases, CloseOrder, Statement};
use crate::app::overview::Stage;
use crate::app::results::Outcomes;
use crate::http::api::tickets::document;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use serde::Deserialize;
use shared::closing::Difference;
use shared::time::{Date, Instant};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/close/{day}/{point}", web::get().to(show))
        .route("/close/{day}/{point}", web::post().to(close))
        .route("/close/{day}/{point}/page.pdf", web::get().to(page_pdf));
}

#[derive(Template)]
#[template(path = "close/index.html")]
struct ClosePage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    day: String,
    form: &'a CloseForm,
    once: String,
    /// Fields that are no numbers.
    wrong: Vec<&'static str>,
    /// What the statement and the system's numbers say differently.
    differences: Vec<Difference>,
    notice: Notice,
}

/// The statement as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct CloseForm {
    once: String,
    received: String,
    used: String,
    spoiled: String,
    left: String,
    recordings: Option<String>,
    paper: Option<String>,
    explanation: String,
    password: String,
}

/// What is said about the statement that was sent last.
#[derive(Default)]
struct Said {
    notice: Notice,
    /// Fields that are no numbers.
    wrong: Vec<&'static str>,
    /// Whether something does not agree and is not explained.
    unexplained: bool,
}

impl CloseForm {
    /// The statement, or the fields that are no numbers.
    fn statement(&self) -> Result<Statement, Vec<&'static str>> {
        let fields = [
            ("received", &self.received),
            ("used", &self.used),
            ("spoiled", &self.spoiled),
            ("left", &self.left),
        ];
        match fields.map(|(_, text)| text.trim().parse::<u32>().ok()) {
            [Some(received), Some(used), Some(spoiled), Some(left)] => Ok(Statement {
                received,
                used,
                spoiled,
                left,
                recordings: self.recordings.is_some(),
                paper: self.paper.is_some(),
                explanation: self.explanation.clone(),
            }),
            numbers => {
                let named = fields.iter().zip(numbers);
                Err(named.filter(|(_, n)| n.is_none()).map(|((name, _), _)| *name).collect())
            }
        }
    }

    /// Everything but the password: whether a second sending says the same.
    fn content(&self) -> String {
        let ticks = format!("{} {}", self.recordings.is_some(), self.paper.is_some());
        [&self.received, &self.used, &self.spoiled, &self.left, &ticks, &self.explanation]
            .map(String::as_str)
            .join("\n")
    }
}

impl ClosePage<'_> {
    fn columns(&self, o: &Outcomes) -> [(&'static str, i64); 6] {
        [
            ("registered", o.registered),
            ("absent", o.absent),
            ("failed", o.failed),
            ("passed", o.passed),
            ("removed", o.removed),
            ("pending", o.pending),
        ]
    }

    /// A word of this page.
    fn word(&self, word: &str) -> String {
        self.frame.t(&format!("page-close-{word}"))
    }

    /// Name of a session's trade; the id if it is not known.
    fn trade(&self, session: &str) -> String {
        let title = self.desk.sessions.iter().find(|t| t.row.id == session);
        title.map_or_else(|| session.to_owned(), |t| self.frame.named(&t.trade).to_owned())
    }

    fn where_mended(&self, open: &Pending) -> String {
        format!("/sessions/{}?state={}", escape(&open.session), open.stage.word())
    }

    /// Id of the words that say how somebody who has come so far gets a result.
    const fn advice(&self, open: &Pending) -> &'static str {
        match open.stage {
            Stage::TheoryDone | Stage::Practical => "page-close-advice-practical",
            Stage::InRoom => "page-close-advice-in-room",
            _ => "page-close-advice-theory",
        }
    }

    /// What does not agree, with both numbers.
    fn differs(&self, difference: &Difference) -> String {
        let (counted, word) = (&self.desk.summary.blanks, difference.word());
        let numbers = match difference {
            Difference::Used => (self.form.used.trim(), counted.used),
            Difference::Spoiled => (self.form.spoiled.trim(), counted.spoiled),
            _ => return self.word(&format!("differs-{word}")),
        };
        self.frame.t2(&format!("page-close-differs-{word}"), "stated", numbers.0, "counted", numbers.1)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.iter().any(|w| w == &field)
    }

    /// The fields with blanks: name, what was typed, what the system counted.
    fn blanks(&self) -> [(&'static str, &str, Option<u32>); 4] {
        let counted = &self.desk.summary.blanks;
        [
            ("received", &self.form.received, None),
            ("used", &self.form.used, Some(counted.used)),
            ("spoiled", &self.form.spoiled, Some(counted.spoiled)),
            ("left", &self.form.left, None),
        ]
    }

    fn due_day(&self, day: &str) -> String {
        Date::parse(day).map_or_else(|_| day.to_owned(), |d| self.frame.short_date(&d))
    }

    fn minute(&self, at: &i64) -> String {
        Instant::from_millis(*at).minute_in_china()
    }
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    query: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-close-done-", &["closed"], query.done.as_deref());
    let said = Said { notice, ..Said::default() };
    page(&app, visitor, &place, (&CloseForm::default(), said)).await
}

async fn close(
    app: Data<App>,
    throttle: Data<Throttle>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<CloseForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.0;
    let statement = match form.statement() {
        Ok(statement) => statement,
        Err(wrong) => {
            let text = visitor.frame.t("page-close-numbers");
            let notice = Notice::wrong(text, StatusCode::UNPROCESSABLE_ENTITY);
            return page(&app, visitor, &place, (&form, Said { notice, wrong, unexplained: false })).await;
        }
    };
    let to = address(&place.0, &place.1);
    let once = Some(forms::once(&app, &visitor.person, &form.once, &to, &form.content())?);
    let order = CloseOrder { statement, password: form.password.clone() };
    let (worker, person, (day, point)) = (app.get_ref().clone(), visitor.person.clone(), place.clone());
    let closed = block(move || cases::close(&worker, &throttle, &person, (&day, &point), &order, once)).await;
    match closed {
        Ok(_) => Ok(forms::done(&to, "closed")),
        Err(problem) => {
            let unexplained = problem.code == "close-unexplained";
            let notice = match unexplained {
                true => Notice::wrong(visitor.frame.t("page-close-unexplained"), problem.status_code()),
                false => Notice::refused(&visitor.frame, problem)?,
            };
            page(&app, visitor, &place, (&form, Said { notice, wrong: Vec::new(), unexplained })).await
        }
    }
}

async fn page_pdf(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    Ok(document(block(move || cases::page(&app, &visitor.person, &place.0, &place.1)).await?))
}

async fn page(
    app: &Data<App>,
    visitor: Visitor,
    place: &(String, String),
    (form, said): (&CloseForm, Said),
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let (worker, (day, point)) = (app.get_ref().clone(), place.clone());
    let desk = block(move || desks::desk(&worker, &person, &day, &point)).await?;
    let differences = match form.statement() {
        Ok(statement) if said.unexplained => cases::differences(&desk.summary, &statement),
        _ => Vec::new(),
    };
    let view = ClosePage {
        day: Date::parse(&desk.day).map_or_else(|_| desk.day.clone(), |d| frame.date(&d)),
        once: forms::key(&frame)?,
        frame: &frame,
        desk: &desk,
        form,
        wrong: said.wrong,
        differences,
        notice: said.notice,
    };
    frame.answer(view.notice.status(), &view)
}

/// Address of the close of a day.
pub(super) fn address(day: &str, point: &str) -> String {
    format!("/close/{}/{}", escape(day), escape(point))
}
