//! The people of a training institution or an enterprise: what is missing for each, and what comes next. Nothing of a
//! result is told before it is published.

use super::auth::Person;
use super::certificates::Deadlines;
use super::certificates::public::Standing;
use super::overview::{Titled, titled};
use super::sessions::application_of;
use super::world::{WorldError, rule_set_for};
use super::{App, masks};
use crate::db::people::{self, Which};
use crate::db::progress::{self as rows, Candidacy};
use crate::db::{Conn, DbError, certificates, world};
use crate::event::{RegistrationAdded, Sealed};
use crate::http::access::Role;
use crate::seal::SealError;
use shared::eligibility::{Refusal, decide};
use shared::rules::RuleSet;
use shared::time::Date;
use shared::trade::Trade;
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

/// Days before the last day of a review within which one may apply for it.
const REVIEW_WINDOW_DAYS: u32 = 60;

/// What somebody needs on the way to the examination, in order.
pub const NEEDS: [&str; 7] = ["hours", "promise", "education", "portrait", "session", "ticket", "seat"];

/// What comes next, in the order of who has to do something about it.
pub const STEPS: [Step; 13] = [
    Step::Complete,
    Step::Barred,
    Step::Placing,
    Step::Seating,
    Step::CheckIn,
    Step::Here,
    Step::Exam,
    Step::Results,
    Step::Certificate,
    Step::Collect,
    Step::Again,
    Step::Failed,
    Step::Done,
];

/// What comes next for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Something is missing that can be brought.
    Complete,
    /// A rule stands against it that nothing can be brought for.
    Barred,
    /// The centre takes the registration into a session.
    Placing,
    /// Seats are drawn.
    Seating,
    /// Come to the exam point.
    CheckIn,
    /// Has checked in and waits for the call.
    Here,
    /// The examination goes on.
    Exam,
    /// Results are published.
    Results,
    /// The certificate is issued.
    Certificate,
    /// The certificate is printed and handed out.
    Collect,
    /// Did not come: a new session.
    Again,
    /// Failed or removed.
    Failed,
    /// The certificate is in hand.
    Done,
}

/// One registration with how far it is.
#[derive(Debug, Clone)]
pub struct Trainee {
    /// Registration id.
    pub registration: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_number: String,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub kind: String,
    /// Which of [`NEEDS`] are there, in their order.
    pub needs: [bool; 7],
    /// Words of the rules that stand against the examination, as `page-refused-…` has them.
    pub refusals: Vec<&'static str>,
    /// The session, where there is one.
    pub session: Option<Titled>,
    /// Ticket number.
    pub ticket: Option<String>,
    /// Room and seat.
    pub place: Option<(String, i32)>,
    /// What comes next.
    pub step: Step,
    /// The last day for it, where there is one.
    pub latest: Option<String>,
}

/// A certificate of somebody of an enterprise or institution.
#[derive(Debug, Clone)]
pub struct Held {
    /// Certificate id.
    pub certificate: String,
    /// Masked name.
    pub name: String,
    /// Trade id.
    pub trade: String,
    /// Last day of validity.
    pub valid_to: String,
    /// The last day for the review.
    pub review_due: Option<String>,
    /// How it stands today: `valid`, `review-due`, `review-overdue`, `expired` or `not-yet`.
    pub standing: &'static str,
}

/// Everybody of an institution or an enterprise.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Names of the institution or enterprise in Chinese and English.
    pub of: Option<(String, String)>,
    /// Registrations, those first for which something is to be done.
    pub people: Vec<Trainee>,
    /// How many have which step next; every one that somebody has is there.
    pub steps: BTreeMap<Step, usize>,
    /// Certificates, those first that need something.
    pub certificates: Vec<Held>,
}

/// Why there is nothing to see.
#[derive(Debug, Error)]
pub enum ProgressError {
    /// Rule sets or calendars.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
}

crate::refusal!(ProgressError { Self::World(_) | Self::Db(_) | Self::Seal(_) => "unavailable" });

impl Step {
    /// Word in language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Barred => "barred",
            Self::Placing => "placing",
            Self::Seating => "seating",
            Self::CheckIn => "check-in",
            Self::Here => "here",
            Self::Exam => "exam",
            Self::Results => "results",
            Self::Certificate => "certificate",
            Self::Collect => "collect",
            Self::Again => "again",
            Self::Failed => "failed",
            Self::Done => "done",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        STEPS.into_iter().find(|step| step.word() == word)
    }
}

/// Everybody whom somebody of an institution or an enterprise may see, and how far each is.
///
/// # Errors
/// [`ProgressError`].
pub fn progress(app: &App, person: &Person) -> Result<Progress, ProgressError> {
    // An account without an organisation sees nobody, not everybody.
    let own = person.organisation.clone().unwrap_or_default();
    let which = match person.role {
        Role::Enterprise => Which { employer: Some(own.clone()), ..Which::default() },
        _ => Which { institution: Some(own.clone()), ..Which::default() },
    };
    app.db.read(|conn| {
        let mut desk = Desk::open(app, conn, &which)?;
        let (registrations, _) = people::registrations_page(conn, &which, 0, i64::MAX)?;
        let mut people = Vec::with_capacity(registrations.len());
        for (record, row) in registrations {
            people.push(desk.trainee(conn, record, (row.name, row.id_number))?);
        }
        people.sort_by(|a, b| (a.step, &a.registration).cmp(&(b.step, &b.registration)));
        let mut steps = BTreeMap::new();
        for trainee in &people {
            *steps.entry(trainee.step).or_default() += 1;
        }
        let of = world::organisation_names(conn, &own)?;
        Ok(Progress { of, people, steps, certificates: desk.held(conn, &which)? })
    })
}

/// What the judgement of one list works with.
struct Desk<'a> {
    app: &'a App,
    today: Date,
    candidacies: HashMap<String, Candidacy>,
    /// Certificate and last day of issue, by ticket.
    issued: HashMap<String, (String, Option<String>)>,
    printed: HashMap<String, i64>,
    trades: HashMap<String, Trade>,
    rules: Option<RuleSet>,
}

impl<'a> Desk<'a> {
    fn open(app: &'a App, conn: &mut Conn, which: &Which) -> Result<Self, ProgressError> {
        // Of several tries the last one counts.
        let candidacies = rows::candidacies(conn, which)?;
        let candidacies = candidacies.into_iter().map(|c| (c.registration.clone(), c)).collect();
        let certificates = rows::certificates_of(conn, which)?;
        let ids: Vec<String> = certificates.iter().map(|(row, _)| row.id.clone()).collect();
        let deadlines = Deadlines::load(conn)?;
        let mut issued = HashMap::new();
        for (row, _) in certificates {
            let session = certificates::find(conn, &row.id)?.map(|c| c.session);
            let due = session.map(|s| deadlines.due(conn, &row, &s)).transpose()?.flatten();
            issued.insert(row.ticket, (row.id, due));
        }
        Ok(Self {
            app,
            today: app.clock.now().date_in_china(),
            candidacies,
            issued,
            printed: certificates::printed_at(conn, &ids)?,
            trades: HashMap::new(),
            rules: None,
        })
    }

    fn trainee(
        &mut self,
        conn: &mut Conn,
        record: RegistrationAdded,
        (name, number): (String, String),
    ) -> Result<Trainee, ProgressError> {
        let (name, number) = (Sealed(name), Sealed(number));
        let candidacy = self.candidacies.get(&record.registration).cloned();
        let refusals = match &candidacy {
            // Whoever has a place was judged when he got it.
            Some(_) => Vec::new(),
            None => self.refusals(conn, &record, &number)?,
        };
        let ticket = candidacy.as_ref().map(|c| c.ticket.clone());
        let place = candidacy.as_ref().and_then(|c| c.place.clone());
        let (step, latest) = self.step(&record, candidacy.as_ref(), &refusals);
        Ok(Trainee {
            name: masks::name(self.app, &name)?,
            id_number: masks::id_number(self.app, &number)?,
            needs: needs(&record, &refusals, ticket.is_some(), place.is_some()),
            refusals: refusals.iter().map(Refusal::word).collect(),
            session: candidacy.map(|c| titled(conn, c.session)).transpose()?,
            registration: record.registration,
            trade: record.trade,
            kind: record.exam_kind,
            ticket,
            place,
            step,
            latest,
        })
    }

    /// What stands against an examination today.
    fn refusals(
        &mut self,
        conn: &mut Conn,
        record: &RegistrationAdded,
        number: &Sealed,
    ) -> Result<Vec<Refusal>, ProgressError> {
        if !self.trades.contains_key(&record.trade) {
            let trade = world::trade(conn, &record.trade)?;
            let trade = trade.ok_or_else(|| DbError::corrupt("registration", "trade missing"))?;
            self.trades.insert(record.trade.clone(), trade);
        }
        if self.rules.is_none() {
            self.rules = match rule_set_for(conn, None, self.today) {
                Ok(rules) => Some(rules),
                Err(WorldError::NoneInForce(_)) => return Ok(Vec::new()),
                Err(other) => return Err(other.into()),
            };
        }
        let application = application_of::<ProgressError>(&self.app.sealer, record, number)?;
        let (Some(trade), Some(rules)) = (self.trades.get(&record.trade), &self.rules) else {
            return Ok(Vec::new());
        };
        Ok(decide(&application, trade, rules, self.today).err().unwrap_or_default())
    }

    fn step(
        &self,
        record: &RegistrationAdded,
        candidacy: Option<&Candidacy>,
        refusals: &[Refusal],
    ) -> (Step, Option<String>) {
        let Some(candidacy) = candidacy else {
            let bring = record.portrait.is_empty() || refusals.iter().any(can_be_brought);
            return match (bring, refusals.is_empty()) {
                (true, _) => (Step::Complete, None),
                (false, false) => (Step::Barred, None),
                (false, true) => (Step::Placing, None),
            };
        };
        let started = candidacy.session.starts_at <= self.app.clock.now().millis();
        if candidacy.session.results_at.is_none() {
            return match (candidacy.place.is_some(), candidacy.outcome.as_str()) {
                (false, _) => (Step::Seating, None),
                (true, "pending") if !started && candidacy.checked_in => (Step::Here, None),
                (true, "pending") if !started => (Step::CheckIn, None),
                (true, "pending" | "theory_passed") => (Step::Exam, None),
                _ => (Step::Results, None),
            };
        }
        match candidacy.outcome.as_str() {
            "passed" => match self.issued.get(&candidacy.ticket) {
                None => (Step::Certificate, None),
                Some((id, due)) if !self.printed.contains_key(id) => (Step::Collect, due.clone()),
                Some(_) => (Step::Done, None),
            },
            "absent" => (Step::Again, None),
            _ => (Step::Failed, None),
        }
    }

    fn held(&self, conn: &mut Conn, which: &Which) -> Result<Vec<Held>, ProgressError> {
        let mut held = Vec::new();
        for (row, name) in rows::certificates_of(conn, which)? {
            let day = |text: &str| Date::parse(text).map_err(|e| DbError::corrupt("certificate", e));
            let valid = (day(&row.valid_from)?, day(&row.valid_to)?);
            let review_due = row.review_due.as_deref().map(day).transpose()?;
            held.push(Held {
                name: masks::name(self.app, &name)?,
                standing: standing(self.today, valid, review_due),
                certificate: row.id,
                trade: row.trade,
                valid_to: row.valid_to,
                review_due: row.review_due,
            });
        }
        held.sort_by_key(|h| (urgency(h.standing), h.valid_to.clone(), h.certificate.clone()));
        Ok(held)
    }
}

/// How a certificate stands, with the time in which one may apply for its review.
fn standing(today: Date, valid: (Date, Date), review_due: Option<Date>) -> &'static str {
    let near = |due: Date| today >= due.minus_days(REVIEW_WINDOW_DAYS);
    match Standing::on(today, valid, review_due) {
        Standing::Valid if review_due.is_some_and(near) || near(valid.1) => "review-due",
        other => other.word(),
    }
}

fn urgency(standing: &str) -> u8 {
    match standing {
        "expired" => 0,
        "review-overdue" => 1,
        "review-due" => 2,
        _ => 3,
    }
}

/// Whether whoever is refused for it can bring what is missing.
const fn can_be_brought(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::TheoryHours { .. }
            | Refusal::PracticalHours { .. }
            | Refusal::TotalHours { .. }
            | Refusal::ReviewHours { .. }
            | Refusal::HealthPromise
            | Refusal::Education { .. }
    )
}

fn needs(record: &RegistrationAdded, refusals: &[Refusal], ticket: bool, seat: bool) -> [bool; 7] {
    let has = |fits: fn(&Refusal) -> bool| !refusals.iter().any(fits);
    [
        has(|r| {
            matches!(
                r,
                Refusal::TheoryHours { .. }
                    | Refusal::PracticalHours { .. }
                    | Refusal::TotalHours { .. }
                    | Refusal::ReviewHours { .. }
            )
        }),
        has(|r| *r == Refusal::HealthPromise),
        has(|r| matches!(r, Refusal::Education { .. })),
        !record.portrait.is_empty(),
        ticket,
        ticket,
        seat,
    ]
}
