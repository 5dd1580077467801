//! What somebody who was drawn sees and answers: the day at once, the place when it is told.

use super::{DutyError, Table, is_sealed, reason};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::ceremony::Hall;
use crate::app::draws::{OwnCode, own};
use crate::app::once::Once;
use crate::app::overview::{Named, titled};
use crate::app::staffing::told_at;
use crate::app::world::rule_set;
use crate::db::sessions::{self as rows, DutyRow, SessionRow};
use crate::db::{Conn, draws};
use crate::event::{Actor, DutyAnswered, DutyPassed, Fact};
use serde::{Deserialize, Serialize};
use shared::assignment::standin::successor;
use shared::time::Instant;
use shared::wire::transcript::{Purpose, StaffInput};
use utoipa::ToSchema;

/// Days ahead for which duties are shown.
const AHEAD_DAYS: u32 = 60;

/// Duties at one time, as the person who has them sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyDuty {
    /// Start of the examination, epoch milliseconds.
    pub starts_at: i64,
    /// Exam day in China, `YYYY-MM-DD`.
    pub day: String,
    /// Kinds of the duties: `invigilator`, `examiner`, `lead_examiner`, `reserve_invigilator`, `reserve_examiner`.
    pub kinds: Vec<String>,
    /// From when on session and place are told, epoch milliseconds.
    pub told_at: i64,
    /// Session id; nothing until it is told.
    pub session: Option<String>,
    /// Exam point, trade and `first`, `review` or `renewal`; nothing until it is told.
    #[serde(skip)]
    pub about: Option<(Named, Named, String)>,
    /// Kind and place of each duty; nothing until it is told.
    pub places: Vec<(String, String)>,
    /// Id of the draw and the person's own code in its published transcript; nothing until it is told.
    pub own_code: Option<(String, String)>,
    /// Whether the person has confirmed.
    pub confirmed: bool,
    /// Whether the person can still answer.
    pub open: bool,
}

/// What somebody answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerOrder {
    /// Start of the duty, epoch milliseconds: nobody has two at a time.
    pub starts_at: i64,
    /// `confirmed` or `declined`.
    pub answer: String,
    /// Why not, up to 200 characters; needed by who declines.
    #[serde(default)]
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// `confirmed` or `declined`.
    pub answer: String,
}

/// The duties of the caller from today on.
///
/// # Errors
/// [`DutyError::Db`]. Whoever is not of the staff has none.
pub fn mine(app: &App, person: &Person) -> Result<Vec<MyDuty>, DutyError> {
    let now = app.clock.now();
    let today = now.date_in_china();
    let (from, to) = (today.to_string(), today.plus_days(AHEAD_DAYS).to_string());
    let mut seen = app.db.read(|conn| {
        let mut all: Vec<(SessionRow, Vec<DutyRow>)> = Vec::new();
        let own = rows::duties_between(conn, &from, &to)?;
        for (duty, session) in own.into_iter().filter(|(d, _)| Some(&d.staff) == person.staff.as_ref()) {
            match all.last_mut() {
                Some((last, duties)) if last.id == session.id => duties.push(duty),
                _ => all.push((session, vec![duty])),
            }
        }
        all.into_iter()
            .map(|(session, duties)| seen(conn, session, &duties, now))
            .collect::<Result<Vec<_>, _>>()
    })?;
    for duty in &mut seen {
        if let Some(session) = &duty.session {
            duty.own_code = own_code(app, person, session, &duty.day)?;
        }
    }
    Ok(seen)
}

/// The draw of a session's staff by which the person came to the post, or else one in which he was, and the code there. A
/// draw of several sessions has the day as its subject; a supplementary draw comes after the first.
fn own_code(
    app: &App,
    person: &Person,
    session: &str,
    day: &str,
) -> Result<Option<(String, String)>, DutyError> {
    let mut found = app.db.read(|conn| draws::draws(conn, Some(session)))?;
    found.extend(app.db.read(|conn| draws::draws(conn, Some(day)))?);
    let staff = found.into_iter().filter(|draw| draw.purpose == StaffInput::WORD);
    // Whoever was not in the pool of a draw has no code in it.
    let all: Vec<OwnCode> = staff.filter_map(|draw| own(app, person, &draw.id).ok()).collect();
    let drawn = all.iter().rev().find(|own| own.post.is_some()).or(all.first());
    Ok(drawn.map(|own| (own.draw.clone(), own.code.clone())))
}

fn seen(conn: &mut Conn, session: SessionRow, duties: &[DutyRow], now: Instant) -> Result<MyDuty, DutyError> {
    let rules = rule_set(conn, &session.rule_set)?;
    let sealed = is_sealed(&session, &rules, now);
    let mut seen = MyDuty {
        starts_at: session.starts_at,
        day: session.day.clone(),
        kinds: duties.iter().map(|d| d.kind.clone()).collect(),
        told_at: told_at(&session, &rules).millis(),
        session: None,
        about: None,
        places: Vec::new(),
        own_code: None,
        confirmed: duties.iter().all(|d| d.state == "confirmed"),
        open: now.millis() < session.starts_at,
    };
    if !sealed {
        seen.session = Some(session.id.clone());
        seen.places = duties.iter().map(|d| (d.kind.clone(), d.place.clone())).collect();
        let kind = session.exam_kind.clone();
        let titled = titled(conn, session)?;
        seen.about = Some((titled.point, titled.trade, kind));
    }
    Ok(seen)
}

/// Confirms the duties that begin at a time, or gives them up: then the next reserve has them.
///
/// # Errors
/// [`DutyError::NoDuty`], [`DutyError::State`] once the examination has begun, [`DutyError::Field`].
pub fn answer(
    app: &App,
    person: &Person,
    order: AnswerOrder,
    once: Option<Once>,
) -> Result<Answer, DutyError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    let declines = match order.answer.as_str() {
        "confirmed" => false,
        "declined" => true,
        _ => return Err(DutyError::Field { field: "answer", why: "confirmed or declined" }),
    };
    let why = if declines { reason(&order.reason)? } else { String::new() };
    let staff = person.staff.clone().ok_or(DutyError::NoDuty)?;
    app.write_once(once, move |conn| {
        let duties = held(conn, &staff, order.starts_at)?;
        if order.starts_at <= hall.at.millis() {
            return Err(DutyError::State("the examination has begun; please speak to the exam point"));
        }
        for duty in duties {
            let answered = DutyAnswered {
                session: duty.session.clone(),
                post: duty.post.clone(),
                staff: staff.clone(),
                answer: order.answer.clone(),
                reason: why.clone(),
            };
            hall.append(conn, Fact::DutyAnswered(answered))?;
            if declines {
                let table = Table::load(conn, &duty.session)?;
                table.pass(conn, &hall, &duty.post, ("declined", None))?;
            }
        }
        Ok(Answer { answer: order.answer.clone() })
    })
}

/// The duties that somebody has at a time.
fn held(conn: &mut Conn, staff: &str, starts_at: i64) -> Result<Vec<DutyRow>, DutyError> {
    let day = Instant::from_millis(starts_at).date_in_china().to_string();
    let all = rows::duties_between(conn, &day, &day)?.into_iter();
    let own = all.filter(|(duty, session)| duty.staff == staff && session.starts_at == starts_at);
    let own: Vec<DutyRow> = own.map(|(duty, _)| duty).collect();
    if own.is_empty() { Err(DutyError::NoDuty) } else { Ok(own) }
}

impl Table {
    /// What becomes of a post that its holder leaves: the first reserve whom no rule keeps away has it.
    pub(super) fn passed(
        &self,
        post: &str,
        why: &str,
        barred_until: Option<String>,
    ) -> Result<DutyPassed, DutyError> {
        let (row, left) = self.held(post)?;
        let standings = self.standings();
        let next = successor(&self.matrix, &self.id, &standings, left);
        Ok(DutyPassed {
            session: row.session.clone(),
            post: row.post.clone(),
            left: row.staff.clone(),
            why: why.to_owned(),
            to: next.map(|reserve| reserve.staff.to_string()),
            reserve: next.map(|reserve| reserve.post.to_string()),
            barred_until,
        })
    }
}
