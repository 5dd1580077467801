//! The steps of a session from nobody enrolled to certificates issued: each a button with a confirmation, with what is
//! missing for it.

use crate::app::assign;
use crate::app::auth::Person;
use crate::app::banks::banks;
use crate::app::certificates;
use crate::app::find::waiting_for;
use crate::app::once::Once;
use crate::app::overview::roster::{Roster, RosterQuery};
use crate::app::overview::{Named, Stage};
use crate::app::people::RegistrationView;
use crate::app::sessions::{EnrolAnswer, EnrolOrder, SessionView, enrol, show};
use crate::app::sets::{self, SetsOrder};
use crate::app::{App, results, seating};
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Form, Notice};
use crate::web::page::{Frame, Visitor, escape};
use crate::web::session;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use std::collections::HashMap;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sessions/{session}/enrol", web::get().to(choose))
        .route("/sessions/{session}/enrol", web::post().to(take_in))
        .route("/sessions/{session}/steps/{step}", web::post().to(go));
}

/// What the session page says about the steps.
pub(in crate::web) struct Steps {
    /// Key of the forms of this page.
    pub(in crate::web) once: String,
    /// In order.
    pub(in crate::web) steps: Vec<Step>,
    /// What was just done, or why not.
    pub(in crate::web) notice: Notice,
}

/// One step.
pub(in crate::web) struct Step {
    /// Its name.
    pub(in crate::web) title: String,
    /// How it stands.
    pub(in crate::web) detail: String,
    /// Whether it is done.
    pub(in crate::web) done: bool,
    /// The button, if it can be taken now.
    pub(in crate::web) act: Option<Act>,
}

/// A button of a step.
pub(in crate::web) struct Act {
    /// Where it leads; a form that is sent unless it is a link.
    pub(in crate::web) url: String,
    /// What is on it.
    pub(in crate::web) label: String,
    /// What is asked before; none for a link.
    pub(in crate::web) confirm: Option<String>,
}

/// How the question sets of a trade stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sets {
    Missing,
    Assembled,
    InForce(usize),
}

/// What can be done to a session by one button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    AssembleSets,
    PublishSets,
    Seat,
    Staff,
    Results,
    Certificates,
}

const DOINGS: [Doing; 6] =
    [Doing::AssembleSets, Doing::PublishSets, Doing::Seat, Doing::Staff, Doing::Results, Doing::Certificates];

/// Messages that can be shown after a step, by the word in the address.
const SAID: [&str; 8] =
    ["opened", "enrolled", "assemble-sets", "publish-sets", "seat", "staff", "results", "certificates"];

impl Doing {
    const fn word(self) -> &'static str {
        match self {
            Self::AssembleSets => "assemble-sets",
            Self::PublishSets => "publish-sets",
            Self::Seat => "seat",
            Self::Staff => "staff",
            Self::Results => "results",
            Self::Certificates => "certificates",
        }
    }

    fn act(self, frame: &Frame, session: &str) -> Act {
        Act {
            url: format!("/sessions/{}/steps/{}", escape(session), self.word()),
            label: frame.t(&format!("page-do-{}", self.word())),
            confirm: Some(frame.t(&format!("page-ask-{}", self.word()))),
        }
    }
}

impl Steps {
    /// What the address says was done.
    pub(in crate::web) fn done(frame: &Frame, word: Option<&str>) -> Notice {
        Notice::done(frame, "page-done-", &SAID, word)
    }

    /// The steps for staff of the centre; nothing for others.
    ///
    /// # Errors
    /// Those of the use cases.
    pub(in crate::web) async fn load(
        app: &App,
        visitor: &Visitor,
        roster: &Roster,
        notice: Notice,
    ) -> Result<Option<Self>, Problem> {
        if visitor.person.role != Role::CentreStaff {
            return Ok(None);
        }
        let frame = &visitor.frame;
        let row = &roster.card.session.row;
        let (worker, trade) = (app.clone(), row.trade.clone());
        let sets = block(move || sets_of(&worker, &trade)).await?;
        Ok(Some(Self { once: forms::key(frame)?, steps: steps(frame, roster, sets), notice }))
    }
}

fn sets_of(app: &App, trade: &str) -> Result<Sets, sets::SetsError> {
    let all = sets::sets(app, trade)?;
    let in_force = all.iter().filter(|s| s.state == "in_force").count();
    Ok(match in_force {
        0 if all.iter().any(|s| s.state == "assembled") => Sets::Assembled,
        0 => Sets::Missing,
        count => Sets::InForce(count),
    })
}

fn steps(frame: &Frame, roster: &Roster, sets: Sets) -> Vec<Step> {
    let card = &roster.card;
    let row = &card.session.row;
    let step = |word: &str, done: bool, count: usize, act: Option<Act>| Step {
        title: frame.t(&format!("page-course-{word}")),
        detail: frame.t1(&format!("page-course-{word}-{}", if done { "yes" } else { "no" }), "count", count),
        done,
        act: if act.as_ref().is_some_and(|a| a.confirm.is_some()) && done { None } else { act },
    };
    let act = |doing: Doing, when: bool| when.then(|| doing.act(frame, &row.id));
    let add = (!row.seated && row.starts_at > frame.now.millis()).then(|| Act {
        url: format!("/sessions/{}/enrol", escape(&row.id)),
        label: frame.t("page-do-enrol"),
        confirm: None,
    });
    let (in_force, draw) = match sets {
        Sets::Missing => (0, Some(Doing::AssembleSets)),
        Sets::Assembled => (0, Some(Doing::PublishSets)),
        Sets::InForce(count) => (count, None),
    };
    let ready = card.total > 0 && in_force > 0;
    let ended = card.counts.iter().filter(|(s, _)| s.is_end()).map(|(_, n)| n).sum::<usize>() == card.total;
    let passed = card.counts.get(&Stage::Passed).copied().unwrap_or(0);
    let issued = usize::try_from(card.certificates.issued).unwrap_or(0);
    let out = row.results_at.is_some();
    vec![
        step("candidates", card.total > 0, card.total, add),
        step("sets", in_force > 0, in_force, draw.and_then(|d| act(d, true))),
        step("seats", row.seated, card.total, act(Doing::Seat, ready)),
        step("staff", row.staffed, roster.duties.values().sum(), act(Doing::Staff, row.seated)),
        step("results", out, card.total, act(Doing::Results, ended && row.seated)),
        step("certificates", out && issued >= passed, issued, act(Doing::Certificates, out)),
    ]
}

#[derive(Deserialize)]
struct Press {
    once: String,
}

async fn go(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
    press: Form<Press>,
) -> Result<HttpResponse, Problem> {
    let (session, word) = path.into_inner();
    let doing = DOINGS.into_iter().find(|d| d.word() == word);
    let doing = doing.ok_or_else(|| Problem::new("not-found", None))?;
    let address = format!("/sessions/{}", escape(&session));
    let once = forms::once(&app, &visitor.person, &press.0.once, &format!("{address}/steps/{word}"), "")?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.clone());
    match block(move || perform(&worker, &person, &id, doing, once)).await {
        Ok(()) => Ok(forms::done(&address, &word)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            session::answer(app, visitor, &session, RosterQuery::default(), notice).await
        }
    }
}

fn perform(app: &App, person: &Person, session: &str, doing: Doing, once: Once) -> Result<(), Problem> {
    let once = Some(once);
    match doing {
        Doing::Seat => seating::seat(app, person, session, once).map(drop).map_err(Problem::from),
        Doing::Staff => assign::assign(app, person, session, once).map(drop).map_err(Problem::from),
        Doing::Results => results::publish(app, person, session, once).map(drop).map_err(Problem::from),
        Doing::Certificates => {
            certificates::issue(app, person, session, once).map(drop).map_err(Problem::from)
        }
        Doing::AssembleSets => {
            let of = show(app, session)?;
            let newest = banks(app, &of.trade)?.pop().ok_or_else(|| Problem::new("bank-unknown", None))?;
            let order = SetsOrder { bank: newest.bank, rule_set: Some(of.rule_set) };
            sets::assemble(app, person, &of.trade, order, once).map(drop).map_err(Problem::from)
        }
        Doing::PublishSets => {
            let of = show(app, session)?;
            let waiting = sets::sets(app, &of.trade)?.into_iter().rfind(|s| s.state == "assembled");
            let draw = waiting.ok_or_else(|| Problem::new("sets-unknown", None))?.draw;
            sets::publish(app, person, &of.trade, &draw, once).map(drop).map_err(Problem::from)
        }
    }
}

#[derive(Template)]
#[template(path = "centre/enrol.html")]
struct EnrolPage<'a> {
    frame: &'a Frame,
    session: SessionView,
    trade: Named,
    lines: Vec<RegistrationView>,
    /// Sentences of refusal by registration.
    refused: HashMap<String, Vec<String>>,
    notice: Notice,
    once: String,
}

impl EnrolPage<'_> {
    fn reasons(&self, registration: &str) -> &[String] {
        self.refused.get(registration).map_or(&[], Vec::as_slice)
    }
}

async fn choose(app: Data<App>, visitor: Visitor, session: Path<String>) -> Result<HttpResponse, Problem> {
    list(&app, &visitor, &session, None, false).await
}

async fn take_in(
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let of =
        |name: &str| form.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone()).collect::<Vec<_>>();
    let registrations = of("registration");
    if registrations.is_empty() {
        return list(&app, &visitor, &session, None, true).await;
    }
    let key = of("once").pop().unwrap_or_default();
    let address = format!("/sessions/{}", escape(&session));
    let said = registrations.join(" ");
    let once = forms::once(&app, &visitor.person, &key, &format!("{address}/enrol"), &said)?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.to_string());
    let order = EnrolOrder { registrations };
    let taken = block(move || enrol(&worker, &person, &id, order, Some(once))).await;
    match taken {
        Ok(answer) if answer.refused.is_empty() => Ok(forms::done(&address, "enrolled")),
        Ok(answer) => list(&app, &visitor, &session, Some(answer), false).await,
        Err(problem) if problem.code == "session-state" => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            session::answer(app, visitor, &session, RosterQuery::default(), notice).await
        }
        Err(problem) => Err(problem),
    }
}

async fn list(
    app: &Data<App>,
    visitor: &Visitor,
    session: &str,
    answer: Option<EnrolAnswer>,
    nobody: bool,
) -> Result<HttpResponse, Problem> {
    let (worker, id) = (app.get_ref().clone(), session.to_owned());
    let (session, lines) =
        block(move || -> Result<_, Problem> { Ok((show(&worker, &id)?, waiting_for(&worker, &id)?)) })
            .await?;
    let frame = &visitor.frame;
    let names = super::Names::load(app).await?;
    let trade = names.trades.into_iter().find(|t| t.id == session.trade);
    let trade = trade.ok_or_else(|| Problem::new("trade-unknown", None))?;
    let enrolled = answer.as_ref().map_or(0, |a| a.enrolled.len());
    let refused = answer.map(|a| a.refused).unwrap_or_default().into_iter();
    let refused = refused.map(|r| {
        let words = r.refusals.iter().map(|why| format!("page-refused-{}", why.code.replace('_', "-")));
        (r.registration, words.map(|id| frame.t(&id)).collect())
    });
    let refused: HashMap<String, Vec<String>> = refused.collect();
    let text = match refused.len() {
        0 => nobody.then(|| frame.t("page-enrol-nobody")),
        count => Some(frame.t2("page-enrol-refused", "enrolled", enrolled, "refused", count)),
    };
    let wrong = |text| Notice::wrong(text, StatusCode::UNPROCESSABLE_ENTITY);
    let notice = text.map_or_else(Notice::default, wrong);
    let once = forms::key(frame)?;
    frame.answer(notice.status(), &EnrolPage { frame, session, trade, lines, refused, notice, once })
}
