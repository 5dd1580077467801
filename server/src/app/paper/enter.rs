//! Entering slips, twice, and settling what differs.

use super::slip::{self, Slip};
use super::{PaperError, of_day};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::days::place;
use crate::app::once::Once;
use crate::app::practical::{PracticalError, drawn_sheet, score_from_paper};
use crate::app::world;
use crate::db::sessions::{self, CandidateRow, SessionRow};
use crate::db::{Conn, DbError, certificates, events, kiosks, paper as rows, theory};
use crate::event::{AbsenceRecorded, Actor, Event, Fact, PaperAttended, PaperEntered, PaperSettled};
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use shared::double_entry::{Fields, compare};
use shared::practical::ExaminerSheet;
use shared::time::{Date, Instant};

/// Longest reason in characters.
const MAX_TEXT: usize = 200;

/// What somebody read on a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterOrder {
    /// Ticket number.
    pub ticket: String,
    /// Which slip.
    pub slip: Slip,
    /// Field and value.
    pub fields: Fields,
}

/// How the slips of one sending stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entered {
    /// The second person is still to enter them.
    pub waiting: usize,
    /// Both read the same: recorded.
    pub agreed: usize,
    /// The two differ: somebody has to look at the paper again.
    pub different: usize,
}

/// What stands on a slip on which the two entries differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Ticket number.
    pub ticket: String,
    /// Which slip.
    pub slip: Slip,
    /// Field and value as they stand.
    pub fields: Fields,
    /// Why, 1 to 200 characters.
    pub reason: String,
}

/// Everything that recording a slip needs.
struct Desk {
    sealer: Sealer,
    actor: Actor,
    by: String,
    now: Instant,
    day: String,
    point: String,
}

/// Enters slips. What the second person reads like the first is recorded at once.
///
/// # Errors
/// [`PaperError`]: a slip that cannot be true, two others have entered it. Then nothing of the sending is written.
pub fn enter(
    app: &App,
    person: &Person,
    at: (&str, &str),
    orders: Vec<EnterOrder>,
    once: Option<Once>,
) -> Result<Entered, PaperError> {
    let desk = Desk::new(app, person, at)?;
    app.write_once(once, move |conn| {
        desk.open(conn)?;
        let mut entered = Entered::default();
        for order in orders {
            desk.enter(conn, order, &mut entered)?;
        }
        Ok(entered)
    })
}

/// Settles a slip on which the two entries differ, after another look at the paper.
///
/// # Errors
/// [`PaperError::NothingToSettle`]; a decision that cannot be true.
pub fn decide(
    app: &App,
    person: &Person,
    at: (&str, &str),
    decision: Decision,
    once: Option<Once>,
) -> Result<Entered, PaperError> {
    let desk = Desk::new(app, person, at)?;
    let reason = decision.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > MAX_TEXT || reason.contains(char::is_control) {
        return Err(PaperError::Field { field: "reason", why: "1 to 200 characters" });
    }
    app.write_once(once, move |conn| {
        desk.open(conn)?;
        let Decision { ticket, slip, fields, .. } = decision;
        let word = slip.word();
        let there = rows::entries_of(conn, &ticket, &word)?;
        let settled = rows::settlement(conn, &ticket, &word)?.is_some();
        if settled || there.len() != 2 {
            return Err(PaperError::NothingToSettle(ticket));
        }
        let (who, session) = desk.candidate(conn, &ticket)?;
        let fields = slip::tidy(fields);
        desk.possible(conn, &ticket, &slip, &fields)?;
        desk.settle(conn, (&who, &session), &slip, fields, ("decided", &reason))?;
        Ok(Entered { agreed: 1, ..Entered::default() })
    })
}

impl Desk {
    fn new(app: &App, person: &Person, (day, point): (&str, &str)) -> Result<Self, PaperError> {
        let (day, point) = place(person, day, point)?;
        Ok(Self {
            sealer: app.sealer.clone(),
            actor: Actor::Account(person.account.clone()),
            by: person.display_name.clone(),
            now: app.clock.now(),
            day,
            point,
        })
    }

    fn open(&self, conn: &mut Conn) -> Result<(), PaperError> {
        of_day(conn, &self.day, &self.point)?;
        match certificates::day_close(conn, &self.point, &self.day)? {
            Some(_) => Err(PaperError::Closed),
            None => Ok(()),
        }
    }

    /// A candidate of this day at this point.
    fn candidate(&self, conn: &mut Conn, ticket: &str) -> Result<(CandidateRow, SessionRow), PaperError> {
        let unknown = || PaperError::TicketUnknown(ticket.to_owned());
        let who = sessions::candidate_row(conn, ticket)?.ok_or_else(unknown)?;
        let session = sessions::session(conn, &who.session)?.ok_or_else(unknown)?;
        let here = session.point == self.point && session.day == self.day;
        if here { Ok((who, session)) } else { Err(unknown()) }
    }

    fn enter(&self, conn: &mut Conn, order: EnterOrder, count: &mut Entered) -> Result<(), PaperError> {
        let EnterOrder { ticket, slip, fields } = order;
        let (who, session) = self.candidate(conn, &ticket)?;
        let (word, fields) = (slip.word(), slip::tidy(fields));
        self.possible(conn, &ticket, &slip, &fields)?;
        let there = rows::entries_of(conn, &ticket, &word)?;
        let other = there.iter().find(|e| e.actor != self.actor.text());
        let settled = rows::settlement(conn, &ticket, &word)?.is_some();
        if settled || there.len() >= 2 {
            return Err(PaperError::AlreadyEntered(ticket));
        }
        let own = there.iter().find(|e| e.actor == self.actor.text());
        if own.is_some_and(|own| own.fields == fields) {
            // Sent again as it stands: there is nothing new to record.
            count.waiting += 1;
            return Ok(());
        }
        let fact = PaperEntered {
            point: self.point.clone(),
            day: self.day.clone(),
            ticket: ticket.clone(),
            slip: word,
            fields: fields.clone(),
            by: self.by.clone(),
        };
        self.append(conn, Fact::PaperEntered(fact), &session)?;
        match other {
            None => count.waiting += 1,
            Some(other) if compare(&other.fields, &fields).is_empty() => {
                self.settle(conn, (&who, &session), &slip, fields, ("agreed", ""))?;
                count.agreed += 1;
            }
            Some(_) => count.different += 1,
        }
        Ok(())
    }

    /// Whether a slip can say this at all.
    fn possible(
        &self,
        conn: &mut Conn,
        ticket: &str,
        slip: &Slip,
        fields: &Fields,
    ) -> Result<(), PaperError> {
        match slip {
            Slip::Attendance => {
                let came = slip::attendance(fields, self.date()?).map_err(|e| e.of(ticket))?;
                match came.filter(|at| *at > self.now) {
                    None => Ok(()),
                    Some(_) => Err(PaperError::Field { field: "at", why: "not yet" }.of(ticket)),
                }
            }
            Slip::Practical { part, examiner } => {
                let sheet = drawn_sheet(conn, &self.sealer, ticket, part)?;
                let marks = slip::marks(fields, &sheet).map_err(|e| e.of(ticket))?;
                ExaminerSheet::new(&sheet, marks).map_err(PracticalError::from)?;
                self.examines(conn, ticket, examiner)
            }
        }
    }

    /// Whether it was the examiner's duty to write the slip.
    fn examines(&self, conn: &mut Conn, ticket: &str, examiner: &str) -> Result<(), PaperError> {
        let (_, session) = self.candidate(conn, ticket)?;
        let duties = sessions::duties_of(conn, &session.id, examiner)?;
        match duties.iter().any(|duty| duty.kind == "examiner") {
            true => Ok(()),
            false => Err(PaperError::Slip {
                ticket: ticket.to_owned(),
                why: format!("{examiner} is no examiner of the session"),
            }),
        }
    }

    fn settle(
        &self,
        conn: &mut Conn,
        (who, session): (&CandidateRow, &SessionRow),
        slip: &Slip,
        fields: Fields,
        (how, reason): (&str, &str),
    ) -> Result<(), PaperError> {
        let effect = match slip {
            Slip::Attendance => self.attendance(conn, who, session, &fields)?,
            Slip::Practical { part, examiner } => {
                let sheet = drawn_sheet(conn, &self.sealer, &who.ticket, part)?;
                let marks = slip::marks(&fields, &sheet)?;
                let by = (self.now, &self.actor);
                score_from_paper(conn, &self.sealer, by, &who.ticket, (part, examiner), marks)?;
                "scores"
            }
        };
        let fact = PaperSettled {
            ticket: who.ticket.clone(),
            slip: slip.word(),
            fields,
            how: how.to_owned(),
            reason: reason.to_owned(),
            effect: effect.to_owned(),
            by: self.by.clone(),
        };
        self.append(conn, Fact::PaperSettled(fact), session)
    }

    /// What follows from a roll call; what a kiosk or the clock has recorded stands.
    fn attendance(
        &self,
        conn: &mut Conn,
        who: &CandidateRow,
        session: &SessionRow,
        fields: &Fields,
    ) -> Result<&'static str, PaperError> {
        let came = slip::attendance(fields, self.date()?)?;
        let checked_in = kiosks::check_in(conn, &who.ticket)?.is_some();
        let open = who.outcome == "pending" && theory::sitting(conn, &who.ticket)?.is_none();
        match came {
            Some(_) if checked_in => Ok("none"),
            Some(_) if !open => Ok("none"),
            Some(at) => {
                let fact = PaperAttended { ticket: who.ticket.clone(), came_at: at.millis() };
                self.append(conn, Fact::PaperAttended(fact), session)?;
                Ok("check_in")
            }
            None if checked_in => Err(PaperError::Contradiction(
                "the paper says absent, and the kiosk has checked the person in",
            )),
            None if !open => Ok("none"),
            None if self.now <= latest(conn, session)? => {
                Err(PaperError::Contradiction("the person may still come"))
            }
            None => {
                let fact = AbsenceRecorded { ticket: who.ticket.clone() };
                self.append(conn, Fact::AbsenceRecorded(fact), session)?;
                Ok("absence")
            }
        }
    }

    fn append(&self, conn: &mut Conn, fact: Fact, session: &SessionRow) -> Result<(), PaperError> {
        let event = Event::new(self.now, self.actor.clone(), fact).under(&session.rule_set);
        events::append(conn, &event)?;
        Ok(())
    }

    fn date(&self) -> Result<Date, PaperError> {
        Ok(Date::parse(&self.day).map_err(|e| DbError::corrupt("day", e))?)
    }
}

/// The moment after which nobody is let in any more.
fn latest(conn: &mut Conn, session: &SessionRow) -> Result<Instant, PaperError> {
    let minutes = world::rule_set(conn, &session.rule_set)?.theory.late_minutes;
    Ok(Instant::from_millis(session.starts_at).plus_minutes(i64::from(minutes)))
}
