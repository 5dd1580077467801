//! One slip of paper: entered, compared, settled.

use super::{address, counted, refused};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::app::paper::{self as cases, Decision, EnterOrder, Entered, MarkField, OneSlip, Slip, SlipState};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Fields, Form, Notice};
use crate::web::page::{Frame, Visitor, escape, see};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;
use shared::double_entry::Difference;
use shared::time::Date;

#[derive(Template)]
#[template(path = "paper/slip.html")]
struct SlipPage<'a> {
    frame: &'a Frame,
    one: &'a OneSlip,
    slip: &'a Slip,
    day: String,
    once: String,
    typed: &'a Fields,
    notice: Notice,
}

/// Which slip: by its word, or by part and examiner.
#[derive(Deserialize)]
pub(super) struct Which {
    ticket: String,
    #[serde(default)]
    slip: String,
    #[serde(default)]
    part: String,
    #[serde(default)]
    examiner: String,
}

impl Which {
    fn slip(&self) -> Result<Slip, Problem> {
        let slip = match self.slip.as_str() {
            "" => Slip::from_word(&format!("practical:{}:{}", self.part, self.examiner)),
            word => Slip::from_word(word),
        };
        slip.ok_or_else(|| Problem::new("not-found", None))
    }
}

impl SlipPage<'_> {
    fn address(&self) -> String {
        address(&self.one.day, &self.one.point)
    }

    fn here(&self) -> String {
        let (ticket, word) = (escape(&self.one.ticket), self.slip.word());
        format!("{}/slip?ticket={ticket}&slip={}", self.address(), escape(&word))
    }

    fn state(&self) -> String {
        self.frame.t(&format!("page-paper-state-{}", self.one.view.state.word()))
    }

    const fn tone(&self) -> &'static str {
        super::tone(self.one.view.state)
    }

    fn part(&self) -> &str {
        match self.slip {
            Slip::Attendance => "",
            Slip::Practical { part, .. } => part,
        }
    }

    fn examiner(&self) -> &str {
        match self.slip {
            Slip::Attendance => "",
            Slip::Practical { examiner, .. } => self.one.examiner.as_deref().unwrap_or(examiner),
        }
    }

    fn decides(&self) -> bool {
        self.one.view.state == SlipState::Different
    }

    fn may_write(&self) -> bool {
        self.one.view.state != SlipState::Settled && !self.one.closed
    }

    /// What stands in a field: what was typed last, else what the caller entered, or what both read alike.
    fn value(&self, field: &str) -> &str {
        let view = &self.one.view;
        let known = if self.decides() { &view.alike } else { &view.mine };
        self.typed.get(field).or_else(|| known.get(field)).map_or("", String::as_str)
    }

    /// The veto items stand behind the items with points.
    fn items(&self) -> impl Iterator<Item = (&MarkField, u32)> {
        self.one.fields.iter().filter_map(|f| f.most.map(|most| (f, most)))
    }

    fn vetoes(&self) -> Vec<&MarkField> {
        self.one.fields.iter().filter(|f| f.most.is_none()).collect()
    }

    /// A field in words.
    fn label(&self, field: &str) -> String {
        match (field, self.one.fields.iter().find(|f| f.field == field)) {
            (_, Some(f)) => self.frame.pick(&f.text.0, &f.text.1).to_owned(),
            ("came", _) => self.frame.t("page-paper-came"),
            ("at", _) => self.frame.t("page-paper-time"),
            (other, _) => other.to_owned(),
        }
    }

    /// A value in words.
    fn said(&self, value: Option<&String>) -> String {
        match value.map(String::as_str) {
            None => self.frame.t("page-none"),
            Some("yes") => self.frame.t("page-paper-yes"),
            Some("no") => self.frame.t("page-paper-no"),
            Some("failed") => self.frame.t("page-paper-veto-failed"),
            Some(value) => value.to_owned(),
        }
    }

    /// Name of the person whose reading stands in a column; 0 is the first.
    fn reader(&self, at: usize) -> &str {
        self.one.view.by.get(at).map_or("", String::as_str)
    }

    fn differences(&self) -> &[Difference] {
        &self.one.view.differences
    }
}

/// The page of a slip.
pub(super) async fn show(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    which: Query<Which>,
) -> Result<HttpResponse, Problem> {
    let slip = which.slip()?;
    page(&app, visitor, &place, (&which.ticket, &slip), (&Fields::default(), Notice::default())).await
}

/// A slip is entered, or decided on.
pub(super) async fn act(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    which: Query<Which>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (slip, sent) = (which.slip()?, form.0);
    let to = address(&place.0, &place.1);
    let key = sent.get("once").map_or("", String::as_str);
    let said = format!("{} {}\n{}", which.ticket, slip.word(), forms::said(&sent));
    let once = forms::once(&app, &visitor.person, key, &to, &said)?;
    let (worker, person, at) = (app.get_ref().clone(), visitor.person.clone(), place.clone());
    let (ticket, read, what) = (which.ticket.clone(), sent.clone(), slip.clone());
    let entered = block(move || carry_out(&worker, &person, &at, (ticket, what), read, once)).await;
    match entered {
        Ok(entered) => Ok(see(&format!("{to}?{}", counted(entered)))),
        Err(problem) => {
            let notice = refused(&visitor.frame, problem)?;
            page(&app, visitor, &place, (&which.ticket, &slip), (&sent, notice)).await
        }
    }
}

fn carry_out(
    app: &App,
    person: &Person,
    (day, point): &(String, String),
    (ticket, slip): (String, Slip),
    sent: Fields,
    once: Once,
) -> Result<Entered, Problem> {
    let at = (day.as_str(), point.as_str());
    let text = |field: &str| sent.get(field).cloned().unwrap_or_default();
    let (act, reason) = (text("act"), text("reason"));
    let own = |field: &str| matches!(field, "once" | "act" | "reason");
    let fields = sent.into_iter().filter(|(field, _)| !own(field)).collect();
    Ok(match act.as_str() {
        "enter" => {
            let orders = vec![EnterOrder { ticket, slip, fields }];
            cases::enter(app, person, at, orders, Some(once))?
        }
        "decide" => {
            let decision = Decision { ticket, slip, fields, reason };
            cases::decide(app, person, at, decision, Some(once))?
        }
        _ => return Err(Problem::new("field-invalid", Some("act".to_owned()))),
    })
}

async fn page(
    app: &Data<App>,
    visitor: Visitor,
    place: &(String, String),
    (ticket, slip): (&str, &Slip),
    (typed, notice): (&Fields, Notice),
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let (worker, (day, point)) = (app.get_ref().clone(), place.clone());
    let (wanted, of) = (ticket.to_owned(), slip.clone());
    let one = block(move || cases::one(&worker, &person, (&day, &point), &wanted, &of)).await?;
    let view = SlipPage {
        day: Date::parse(&one.day).map_or_else(|_| one.day.clone(), |d| frame.date(&d)),
        once: forms::key(&frame)?,
        frame: &frame,
        one: &one,
        slip,
        typed,
        notice,
    };
    frame.answer(view.notice.status(), &view)
}
