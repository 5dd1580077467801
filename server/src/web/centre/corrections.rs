//! Keys that were wrong: the list of them, and one with everybody whom it concerns.

use crate::app::App;
use crate::app::regrade::{
    self as cases, Affected, CorrectionLine, CorrectionView, DecideOrder, KeyOrder, SettleOrder,
};
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Fields, Form, Notice};
use crate::web::page::{Frame, Visitor, escape};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use shared::bank::Right;
use shared::time::Instant;

/// Words that the page can say after something was done.
const SAID: [&str; 5] = ["proposed", "approved", "refused", "stands", "falls"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/corrections", web::get().to(list))
        .route("/corrections/{correction}", web::get().to(show))
        .route("/corrections/{correction}", web::post().to(decide))
        .route("/corrections/{correction}/{ticket}", web::post().to(settle))
        .route("/banks/{bank}/questions/{question}/correct", web::post().to(propose));
}

#[derive(Template)]
#[template(path = "corrections/index.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    lines: Vec<CorrectionLine>,
    /// Whether whoever looks may open one: its page shows what is right.
    opens: bool,
}

#[derive(Template)]
#[template(path = "corrections/correction.html")]
struct CorrectionPage<'a> {
    frame: &'a Frame,
    of: CorrectionView,
    notice: Notice,
    once: String,
}

/// Address of a correction.
pub(in crate::web) fn address(correction: &str) -> String {
    format!("/corrections/{}", escape(correction))
}

/// Tone, icon and word of how a correction stands.
pub(super) fn state(frame: &Frame, line: &CorrectionLine) -> (&'static str, &'static str, String) {
    let (tone, icon) = match line.state.as_str() {
        "approved" => ("good", "check"),
        "proposed" => ("warn", "clock"),
        _ => ("info", "dash"),
    };
    (tone, icon, frame.t(&format!("page-corrections-state-{}", line.state)))
}

/// A key in words: letters, or that every answer counts, or that the question is void.
pub(super) fn key_words(frame: &Frame, key: &str) -> String {
    match Right::parse(key) {
        Ok(Right::Any) => frame.t("page-corrections-key-any"),
        Ok(Right::Void) => frame.t("page-corrections-key-void"),
        Ok(Right::Either(all)) => {
            let all: Vec<String> = all.iter().map(|answer| answer.letters()).collect();
            all.join(&frame.t("page-corrections-key-or"))
        }
        _ => key.to_owned(),
    }
}

impl ListPage<'_> {
    fn state(&self, line: &CorrectionLine) -> (&'static str, &'static str, String) {
        state(self.frame, line)
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }
}

impl CorrectionPage<'_> {
    fn state(&self) -> (&'static str, &'static str, String) {
        state(self.frame, &self.of.line)
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn key(&self, key: &str) -> String {
        key_words(self.frame, key)
    }

    /// Letter and text of each option, with whether it counted and whether it is to count.
    fn options(&self) -> Vec<(char, &str, bool, bool)> {
        let names = |key: &str, at: usize| Right::parse(key).is_ok_and(|right| right.names(at));
        let letters = ('A'..='Z').zip(self.of.asked.choices()).enumerate();
        letters
            .map(|(at, (letter, text))| {
                (letter, text.as_str(), names(&self.of.counted, at), names(&self.of.right, at))
            })
            .collect()
    }

    /// How many become a pass, and how many are none any more.
    fn verdicts(&self) -> (usize, usize) {
        let of = |from: bool| {
            let changed = self.of.affected.iter().filter(|one| one.before_passed != one.after_passed);
            changed.filter(|one| one.before_passed == from).count()
        };
        (of(false), of(true))
    }

    /// How many papers ask the question, and what becomes of their verdicts.
    fn sum(&self) -> String {
        let (up, down) = self.verdicts();
        let with =
            [("papers", self.of.asking.to_string()), ("up", up.to_string()), ("down", down.to_string())];
        self.frame.with("page-corrections-sum", &with)
    }

    fn verdict(&self, passed: &bool) -> String {
        self.frame.t(if *passed { "page-corrections-pass" } else { "page-corrections-fail" })
    }

    fn follows(&self, one: &Affected) -> String {
        let word = match (one.follows.as_str(), one.decision.as_deref()) {
            (_, Some("stands")) => "stands",
            (_, Some(_)) => "falls",
            ("decide", None) if one.certificate.is_some() => "decide-certificate",
            (word, None) => word,
        };
        self.frame.t(&format!("page-corrections-follows-{word}"))
    }

    fn tone(&self, one: &Affected) -> &'static str {
        match (one.before_passed, one.after_passed) {
            (false, true) => "good",
            (true, false) => "bad",
            _ => "info",
        }
    }
}

async fn list(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let worker = app.get_ref().clone();
    let lines = block(move || cases::corrections(&worker)).await?;
    let opens = visitor.person.role == Role::CentreStaff;
    visitor.frame.answer(StatusCode::OK, &ListPage { frame: &visitor.frame, lines, opens })
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    correction: Path<String>,
    done: Query<forms::Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-corrections-done-", &SAID, done.done.as_deref());
    one(&app, &visitor, &correction, notice).await
}

async fn one(
    app: &Data<App>,
    visitor: &Visitor,
    correction: &str,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), correction.to_owned());
    let of = block(move || cases::show(&worker, &person, &id)).await?;
    let (once, status) = (forms::key(&visitor.frame)?, notice.status());
    visitor.frame.answer(status, &CorrectionPage { frame: &visitor.frame, of, notice, once })
}

async fn propose(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let ((bank, question), fields) = (place.into_inner(), form.0);
    let back = format!("/banks/{}/questions/{}", escape(&bank), escape(&question));
    let order = KeyOrder { right: typed(&fields), reason: fields.text("reason") };
    let to = format!("{back}/correct");
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &to, &forms::said(&fields))?;
    let (worker, person, at) =
        (app.get_ref().clone(), visitor.person.clone(), (bank.clone(), question.clone()));
    let proposed = move || cases::propose(&worker, &person, (&at.0, &at.1), &order, Some(once));
    match block(proposed).await {
        Ok(proposed) => Ok(forms::done(&address(&proposed.correction), "proposed")),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            super::questions::one(&app, &visitor, &(bank, question), notice).await
        }
    }
}

/// The key that a form says: letters together or one of them, or one of the words.
fn typed(fields: &Fields) -> String {
    match fields.text("how").as_str() {
        word @ ("any" | "void") => word.to_owned(),
        how => {
            let chosen = ('A'..='Z').filter(|letter| !fields.text(&format!("right-{letter}")).is_empty());
            let letters: Vec<String> = chosen.map(String::from).collect();
            letters.join(if how == "either" { "/" } else { "" })
        }
    }
}

async fn decide(
    app: Data<App>,
    visitor: Visitor,
    correction: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (id, fields) = (correction.into_inner(), form.0);
    let order = DecideOrder { approve: fields.text("verdict") == "approve" };
    let said = forms::said(&fields);
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &address(&id), &said)?;
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), id.clone());
    let outcome = block(move || cases::decide(&worker, &person, &of, &order, Some(once))).await;
    answer(&app, &visitor, &id, outcome.map(|decided| decided.state)).await
}

async fn settle(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let ((id, ticket), fields) = (place.into_inner(), form.0);
    let order = SettleOrder { stands: fields.text("verdict") == "stands", reason: fields.text("reason") };
    let to = format!("{}/{ticket}", address(&id));
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &to, &forms::said(&fields))?;
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), id.clone());
    let settled = move || cases::settle(&worker, &person, (&of, &ticket), &order, Some(once));
    answer(&app, &visitor, &id, block(settled).await.map(|settled| settled.decision)).await
}

async fn answer(
    app: &Data<App>,
    visitor: &Visitor,
    id: &str,
    outcome: Result<String, Problem>,
) -> Result<HttpResponse, Problem> {
    match outcome {
        Ok(word) => Ok(forms::done(&address(id), &word)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            one(app, visitor, id, notice).await
        }
    }
}
