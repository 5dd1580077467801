//! Results that candidates asked to have looked at again: the list, and one with the answers beside the paper.

use super::corrections::key_words;
use crate::app::App;
use crate::app::review::{self as cases, AskOrder, CloseOrder, ReviewFile, ReviewLine};
use crate::app::theory::AnsweredItem;
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::candidate;
use crate::web::forms::{self, Fields, Form, Notice};
use crate::web::page::{Frame, Visitor, escape};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use shared::time::Instant;

/// Words that the page can say after something was done.
const SAID: [&str; 2] = ["confirmed", "correction"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/reviews", web::get().to(list))
        .route("/reviews/{review}", web::get().to(show))
        .route("/reviews/{review}", web::post().to(close))
        .route("/candidates/{ticket}/review", web::post().to(ask));
}

#[derive(Template)]
#[template(path = "reviews/index.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    lines: Vec<ReviewLine>,
    /// Whether whoever looks may open one.
    opens: bool,
}

#[derive(Template)]
#[template(path = "reviews/review.html")]
struct ReviewPage<'a> {
    frame: &'a Frame,
    of: ReviewFile,
    notice: Notice,
    once: String,
}

/// Address of a review.
pub(in crate::web) fn address(review: &str) -> String {
    format!("/reviews/{}", escape(review))
}

/// Tone, icon and word of how a review stands.
fn state(frame: &Frame, line: &ReviewLine) -> (&'static str, &'static str, String) {
    let (tone, icon) = match line.state.as_str() {
        "open" => ("warn", "clock"),
        "confirmed" => ("good", "check"),
        _ => ("info", "pencil"),
    };
    (tone, icon, frame.t(&format!("page-reviews-state-{}", line.state)))
}

impl ListPage<'_> {
    fn state(&self, line: &ReviewLine) -> (&'static str, &'static str, String) {
        state(self.frame, line)
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }
}

impl ReviewPage<'_> {
    fn state(&self) -> (&'static str, &'static str, String) {
        state(self.frame, &self.of.line)
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    /// The questions of the paper with their ids, those that gave no points first.
    fn items(&self) -> Vec<(&AnsweredItem, &str)> {
        let ids = self.of.questions.iter().map(String::as_str);
        let mut items: Vec<(&AnsweredItem, &str)> = self.of.paper.iter().zip(ids).collect();
        items.sort_by_key(|(item, _)| (item.points > 0, item.shown.position));
        items
    }

    fn key(&self, item: &AnsweredItem) -> String {
        key_words(self.frame, &item.right)
    }
}

async fn list(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let worker = app.get_ref().clone();
    let lines = block(move || cases::reviews(&worker)).await?;
    let opens = visitor.person.role == Role::CentreStaff;
    visitor.frame.answer(StatusCode::OK, &ListPage { frame: &visitor.frame, lines, opens })
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    review: Path<String>,
    done: Query<forms::Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-reviews-done-", &SAID, done.done.as_deref());
    one(&app, &visitor, &review, notice).await
}

async fn one(
    app: &Data<App>,
    visitor: &Visitor,
    review: &str,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), review.to_owned());
    let of = block(move || cases::show(&worker, &person, &id)).await?;
    let (once, status) = (forms::key(&visitor.frame)?, notice.status());
    visitor.frame.answer(status, &ReviewPage { frame: &visitor.frame, of, notice, once })
}

async fn close(
    app: Data<App>,
    visitor: Visitor,
    review: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (id, fields) = (review.into_inner(), form.0);
    let order = CloseOrder { answer: fields.text("answer"), correction: fields.filled("correction") };
    let said = forms::said(&fields);
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &address(&id), &said)?;
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), id.clone());
    let outcome = block(move || cases::close(&worker, &person, &of, &order, Some(once))).await;
    match outcome {
        Ok(line) => Ok(forms::done(&address(&id), &line.state)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            one(&app, &visitor, &id, notice).await
        }
    }
}

async fn ask(
    app: Data<App>,
    visitor: Visitor,
    ticket: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (ticket, fields) = (ticket.into_inner(), form.0);
    let to = format!("/candidates/{}/review", escape(&ticket));
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &to, &forms::said(&fields))?;
    let order = AskOrder { text: fields.text("text") };
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), ticket.clone());
    let outcome = block(move || cases::ask_for(&worker, &person, &of, &order, Some(once))).await;
    match outcome {
        Ok(_) => Ok(forms::done(&format!("/candidates/{}", escape(&ticket)), "review")),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            candidate::one(&app, visitor, &ticket, notice).await
        }
    }
}
