//! An examinee's own file, opened with the ticket: how far everything has come, who is at it, and what is next.

use super::App;
use super::auth::{self, AuthError, Throttle};
use super::overview::file::{Step, steps};
use super::overview::stage::{Stage, stage};
use super::overview::{OverviewError, Titled, masked, titled};
use super::queues::{DayQueue, OwnPlace};
use super::review::{self, Standing};
use super::{tickets, world};
use crate::db::sessions::{self, Candidate};
use crate::db::{Conn, DbError, events, mine as rows, overview, people, practical, regrade, world as tables};
use crate::event::{Actor, Event, Fact, PersonalDataRead, Sealed};
use crate::pdf::Rendered;
use shared::certificate::dates;
use shared::ids::TicketNumber;
use shared::rules::RuleSet;
use shared::time::{Date, Instant};
use shared::trade::ExamKind;
use subtle::ConstantTimeEq;

/// Characters of a ticket's secret that are printed below its QR code: forty random bits, guarded by the throttle.
pub const CODE_LENGTH: usize = 8;

/// Everything that an examinee is told about his examination.
#[derive(Debug, Clone)]
pub struct Mine {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_number: String,
    /// The session.
    pub session: Titled,
    /// Address of the exam point.
    pub address: String,
    /// Room code and seat from 1, once drawn.
    pub place: Option<(String, i32)>,
    /// Text of the ticket's QR code.
    pub secret: String,
    /// How far he has come.
    pub stage: Stage,
    /// The stops of the way, in order.
    pub stops: Vec<Stop>,
    /// How he stands in the queue of the exam point, once he has a number.
    pub queue: Option<OwnPlace>,
    /// The results, once they are published.
    pub result: Option<MyResult>,
    /// How he stands with the review of his result.
    pub review: Standing,
    /// The certificate, once it is issued.
    pub certificate: Option<MyCertificate>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// Minutes before the start from which one may enter, and after it until which.
    pub entry_minutes: (u32, u32),
}

/// A stop on the way from the application to the certificate in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Word of the stop; the language files have its name and who is at it.
    pub word: &'static str,
    /// How it stands.
    pub state: StopState,
    /// When it was reached, epoch milliseconds.
    pub at: Option<i64>,
    /// The last day for it, by the rules; `None` where there is none or the calendar is not published.
    pub latest: Option<Date>,
}

/// How a stop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopState {
    /// Behind him.
    Done,
    /// It is on now.
    Now,
    /// Still to come.
    Later,
    /// The way ended here.
    Ended,
}

/// The published result and what may be done after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyResult {
    /// `passed`, `failed`, `absent` or `removed`.
    pub outcome: String,
    /// Points and full points of the theory.
    pub theory: Option<(i32, i32)>,
    /// Points of the theory that were needed.
    pub theory_needed: i32,
    /// Whether the theory was passed.
    pub theory_passed: bool,
    /// Hundredths of a point of the practical, and whether a veto item failed.
    pub practical: Option<(i32, bool)>,
    /// Points of the theory before a key was corrected, and whether a person still has to decide what becomes of the pass;
    /// nothing if its paper was not graded again.
    pub regraded: Option<(i32, bool)>,
    /// Points of the practical that were needed.
    pub practical_needed: i32,
    /// Resits that are left.
    pub resits: u32,
    /// The last day for a resit.
    pub resit_until: Date,
    /// Start of the next session of the trade in time for it, epoch milliseconds.
    pub next_session: Option<i64>,
}

/// The certificate as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyCertificate {
    /// Certificate id.
    pub id: String,
    /// The last day of issue; `None` while the calendar of the year is not published.
    pub due: Option<Date>,
    /// When it was printed, epoch milliseconds.
    pub printed_at: Option<i64>,
    /// First and last day of validity.
    pub valid: (String, String),
    /// The last day for the review.
    pub review_due: Option<String>,
}

/// Lets the holder of a ticket in, by its number and the code below its QR (or the QR's whole text); answers a token.
///
/// # Errors
/// [`AuthError::Credentials`], never saying which of the two is wrong; [`AuthError::Throttled`].
pub fn enter(app: &App, throttle: &Throttle, ticket: &str, code: &str) -> Result<String, AuthError> {
    let number = ticket.trim();
    secret_of_holder(app, throttle, number, code)?;
    auth::issue_holder(app, number)
}

/// The secret of a ticket for whoever shows that he holds it, by its number and the code below its QR.
///
/// # Errors
/// As [`enter()`].
pub(super) fn secret_of_holder(
    app: &App,
    throttle: &Throttle,
    number: &str,
    code: &str,
) -> Result<String, AuthError> {
    let tried = throttle.begin(number, app.clock.now())?;
    let found = app.db.read(|conn| sessions::candidate_row(conn, number))?;
    if let Some(row) = &found {
        let secret = app.sealer.open("ticket.secret", &Sealed(row.secret.clone()))?;
        if fits(&secret, code) {
            tried.right();
            return Ok(secret);
        }
    }
    Err(AuthError::Credentials)
}

/// Whether a code is a secret, or the part of it that is printed for typing; blanks, hyphens and case do not count.
fn fits(secret: &str, code: &str) -> bool {
    let code: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let printed = secret.get(..CODE_LENGTH).unwrap_or(secret);
    let whole: bool = secret.as_bytes().ct_eq(code.as_bytes()).into();
    let short: bool = printed.as_bytes().ct_eq(code.as_bytes()).into();
    whole | short
}

/// The part of a secret that can be typed, in groups of four: `ABCD-EFGH`.
#[must_use]
pub fn typed_code(secret: &str) -> String {
    let code: Vec<char> = secret.chars().take(CODE_LENGTH).collect();
    code.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The file of the holder of a ticket.
///
/// # Errors
/// [`OverviewError::TicketUnknown`].
pub fn mine(app: &App, ticket: &str) -> Result<Mine, OverviewError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let (candidate, session) = found(conn, ticket)?;
        let scored = !practical::scores(conn, ticket)?.is_empty();
        let stage = stage(&candidate, scored);
        let (name, id_number) = masked(app, &candidate)?;
        let rules = world::rule_set(conn, &session.row.rule_set)?;
        let way = Way::load(conn, &candidate, &session, &rules, stage)?;
        let place = candidate.row.room.clone().zip(candidate.row.seat);
        let point = tables::point(conn, &session.row.point)?;
        Ok(Mine {
            ticket: ticket.to_owned(),
            name,
            id_number,
            address: point.map(|p| p.address_zh).unwrap_or_default(),
            place,
            secret: app.sealer.open("ticket.secret", &Sealed(candidate.row.secret.clone()))?,
            queue: queue(conn, &candidate, &session, now)?,
            result: result(conn, &candidate, &session, &rules, now)?,
            review: review::standing(app, conn, ticket).map_err(|e| DbError::corrupt("review", e))?,
            stops: way.stops(),
            certificate: way.certificate,
            steps: steps(conn, &candidate, &session, stage)?
                .into_iter()
                .filter(|s| told(s, &session))
                .collect(),
            entry_minutes: (rules.theory.enter_early_minutes, rules.theory.late_minutes),
            stage,
            session,
        })
    })
}

/// The holder's ticket as PDF. The reading is recorded.
///
/// # Errors
/// [`tickets::TicketError`].
pub fn ticket_pdf(app: &App, ticket: &str) -> Result<Rendered, tickets::TicketError> {
    tickets::own_pdf(app, ticket)
}

/// The holder's certificate as PDF, once it is issued. The reading is recorded.
///
/// # Errors
/// [`OverviewError::NoCertificate`].
pub fn certificate_pdf(app: &App, ticket: &str) -> Result<Vec<u8>, OverviewError> {
    let found = app.db.read(|conn| rows::certificate(conn, ticket))?.ok_or(OverviewError::NoCertificate)?;
    let content = app.blobs.load(&found.pdf)?;
    let read = PersonalDataRead { subject: found.id, what: "certificate".to_owned() };
    let event = Event::new(app.clock.now(), Actor::Ticket(ticket.to_owned()), Fact::PersonalDataRead(read));
    app.db.write(move |conn| events::append(conn, &event).map(|_| ()).map_err(OverviewError::from))?;
    Ok(content)
}

fn found(conn: &mut Conn, ticket: &str) -> Result<(Candidate, Titled), OverviewError> {
    let unknown = || OverviewError::TicketUnknown(ticket.to_owned());
    let number = TicketNumber::parse(ticket).map_err(|_| unknown())?;
    let candidate = sessions::candidate(conn, number.as_str())?.ok_or_else(unknown)?;
    let session = sessions::session(conn, &candidate.row.session)?.ok_or_else(unknown)?;
    Ok((candidate, titled(conn, session)?))
}

/// Points are told to all together, when the results are published.
fn told(step: &Step, session: &Titled) -> bool {
    session.row.results_at.is_some()
        || !(step.what.starts_with("theory-") || step.what.starts_with("practical-"))
}

/// How somebody stands in the queue of the day; nothing before he has a number.
fn queue(
    conn: &mut Conn,
    candidate: &Candidate,
    session: &Titled,
    now: Instant,
) -> Result<Option<OwnPlace>, OverviewError> {
    if candidate.check_in.as_ref().is_none_or(|check_in| check_in.queue_number.is_none()) {
        return Ok(None);
    }
    let day = Date::parse(&session.row.day)?;
    Ok(DayQueue::load(conn, &session.row.point, day)?.of(&candidate.row.ticket, now))
}

/// What the stops of the way follow from.
struct Way {
    applied_at: Option<Date>,
    seated_at: Option<i64>,
    checked_in_at: Option<i64>,
    theory_at: Option<i64>,
    practical: Option<Option<i64>>,
    results_at: Option<i64>,
    results_latest: Option<Date>,
    certificate: Option<MyCertificate>,
    certificate_at: Option<i64>,
    certificate_latest: Option<Date>,
    day: Option<Date>,
    stage: Stage,
}

impl Way {
    fn load(
        conn: &mut Conn,
        candidate: &Candidate,
        session: &Titled,
        rules: &RuleSet,
        stage: Stage,
    ) -> Result<Self, OverviewError> {
        let day = Date::parse(&session.row.day).ok();
        let calendar = world::calendar(conn)?;
        let kind = ExamKind::from_word(&session.row.exam_kind);
        let latest = |days: u32| day.and_then(|d| calendar.add_working_days(d, days).ok());
        let due = day.zip(kind).and_then(|(d, k)| dates::deadline(k, d, &rules.certificate, &calendar).ok());
        let issued = rows::certificate(conn, &candidate.row.ticket)?;
        let printed = match &issued {
            Some(c) => {
                crate::db::certificates::printed_at(conn, std::slice::from_ref(&c.id))?.get(&c.id).copied()
            }
            None => None,
        };
        let practical = candidate.practical.as_ref().map(|p| p.ended_at);
        Ok(Self {
            applied_at: people::registration(conn, &candidate.row.registration)?
                .and_then(|r| Date::parse(&r.applied_on).ok()),
            seated_at: overview::seated_at(conn, &session.row.id)?,
            checked_in_at: candidate.check_in.as_ref().map(|c| c.checked_in_at),
            theory_at: candidate.sitting.as_ref().and_then(|s| s.ended_at),
            practical: session.practical.then_some(practical),
            results_at: session.row.results_at,
            // No certificate can be issued in time before the results are published.
            results_latest: latest(rules.exam.results_working_days).into_iter().chain(due).min(),
            certificate_at: issued.as_ref().map(|c| c.issued_at),
            certificate: issued.map(|c| MyCertificate {
                due: c.due.as_deref().and_then(|d| Date::parse(d).ok()).or(due),
                printed_at: printed,
                valid: (c.valid_from, c.valid_to),
                review_due: c.review_due,
                id: c.id,
            }),
            certificate_latest: due,
            day,
            stage,
        })
    }

    /// The first stop that is not behind him is the one that is on; whoever has reached a later one has passed it, and
    /// nothing comes after the end of a way.
    fn stops(&self) -> Vec<Stop> {
        let applied = self.applied_at.map(|day| day.start_in_china().millis());
        let printed = self.certificate.as_ref().and_then(|c| c.printed_at);
        let mut reached = vec![
            ("applied", applied, None),
            ("seated", self.seated_at, self.day),
            ("checked-in", self.checked_in_at, self.day),
            ("theory", self.theory_at, self.day),
        ];
        if let Some(at) = self.practical {
            reached.push(("practical", at, self.day));
        }
        reached.push(("results", self.results_at, self.results_latest));
        reached.push(("certificate", self.certificate_at, self.certificate_latest));
        reached.push(("printed", printed, self.certificate_latest));
        let out = matches!(self.stage, Stage::Failed | Stage::Absent | Stage::Removed);
        let told = self.results_at.is_some();
        let (mut on, mut ended) = (false, false);
        let last = reached.iter().rposition(|(_, at, _)| at.is_some());
        let stop = |(place, (word, at, latest)): (usize, (&'static str, Option<i64>, Option<Date>))| {
            // Whoever has failed hears it with the results; until then they are what he waits for.
            let skipped = out && matches!(word, "checked-in" | "theory" | "practical") && at.is_none();
            // A practical that a corrected key has brought about comes after the results.
            let to_come = word == "practical"
                && at.is_none()
                && matches!(self.stage, Stage::TheoryDone | Stage::Practical);
            let passed = at.is_some() || (!skipped && !to_come && last.is_some_and(|l| place < l));
            let beyond = out && told && matches!(word, "certificate" | "printed");
            let state = if beyond {
                StopState::Later
            } else if out && told && word == "results" {
                ended = true;
                StopState::Ended
            } else if passed {
                StopState::Done
            } else if skipped || on || ended {
                StopState::Later
            } else {
                on = true;
                StopState::Now
            };
            // What does not come any more has no last day.
            let latest = latest.filter(|_| !(out && told && state == StopState::Later));
            Stop { word, state, at: at.filter(|_| state != StopState::Later), latest }
        };
        reached.into_iter().enumerate().map(stop).collect()
    }
}

fn result(
    conn: &mut Conn,
    candidate: &Candidate,
    session: &Titled,
    rules: &RuleSet,
    now: Instant,
) -> Result<Option<MyResult>, OverviewError> {
    if session.row.results_at.is_none() {
        return Ok(None);
    }
    let day = Date::parse(&session.row.day)?;
    let until = day.plus_days(rules.exam.resit_window_days);
    let tries = rows::tries(conn, &candidate.row.person, &session.row.trade)?;
    let sitting = candidate.sitting.as_ref();
    // A theory pass is the end where no practical follows.
    let outcome = match candidate.row.outcome.as_str() {
        "theory_passed" if !session.practical => "passed".to_owned(),
        other => other.to_owned(),
    };
    let to_number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    Ok(Some(MyResult {
        outcome,
        theory: sitting.and_then(|s| s.points.zip(s.total)),
        theory_needed: to_number(rules.theory.pass_mark),
        theory_passed: sitting.is_some_and(|s| s.passed == Some(true)),
        practical: candidate.practical.as_ref().map(|p| (p.hundredths, p.veto)),
        regraded: regraded(conn, &candidate.row.ticket)?,
        practical_needed: to_number(rules.practical.pass_mark),
        resits: (rules.exam.resits + 1).saturating_sub(u32::try_from(tries).unwrap_or(u32::MAX)),
        resit_until: until,
        next_session: rows::next_session(conn, &session.row.trade, now.millis(), &until.to_string())?,
    }))
}

/// Points before the first regrade of a ticket's paper, and whether a person still has to decide.
fn regraded(conn: &mut Conn, ticket: &str) -> Result<Option<(i32, bool)>, OverviewError> {
    let all = regrade::of_ticket(conn, ticket)?;
    let open = all.last().is_some_and(|last| last.follows == "decide" && last.decision.is_none());
    Ok(all.first().map(|first| (first.before_points, open)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_printed_part_or_the_whole_secret_however_it_is_typed() {
        let secret = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        for (code, right) in [
            ("ABCDEFGH", true),
            ("abcd-efgh", true),
            (" ABCD EFGH ", true),
            (secret, true),
            ("ABCDEFG", false),
            ("ABCDEFGHI", false),
            ("", false),
            ("ABCDEFGX", false),
        ] {
            assert_eq!(fits(secret, code), right, "{code:?}");
        }
    }
}
