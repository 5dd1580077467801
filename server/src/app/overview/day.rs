//! The exam day: its sessions with how far everybody has come, what blocks, which certificates are due, what is ahead.

use super::ahead::{self, AHEAD_DAYS, Planned};
use super::board::{self, Column};
use super::figures::{self, Flow, Moments, Rate};
use super::tasks::{self, PointDay, Task};
use super::unpublished::{self, Unpublished};
use super::{Named, OverviewError, Stage, StageCounts, Titled, count, limited_to, staged, titled};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::queues::{DayQueue, PlaceLine};
use crate::app::regrade::{self, Duty};
use crate::app::review::{self, ReviewLine};
use crate::app::statistics::{self, Exposed};
use crate::app::world;
use crate::db::overview::{self as rows, CertificateCounts};
use crate::db::sessions::{self, Candidate, SessionRow};
use crate::db::{Conn, DbError, certificates, world as tables};
use crate::http::access::Role;
use shared::calendar::Calendar;
use shared::statistics::Difference;
use shared::time::{Date, Instant};
use shared::trade::ExamKind;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Days back in which certificates may still be due: five working days across the longest holiday and some.
const BACK_DAYS: u32 = 45;

/// What to look at.
#[derive(Debug, Clone, Default)]
pub struct DayQuery {
    /// Day, `YYYY-MM-DD`; today if it is not given.
    pub day: Option<String>,
    /// Exam point; all if it is not given.
    pub point: Option<String>,
}

/// An exam day.
#[derive(Debug, Clone)]
pub struct Day {
    /// The day.
    pub day: Date,
    /// Today by the server's clock.
    pub today: Date,
    /// The exam point to which the view is limited.
    pub point: Option<String>,
    /// Exam points among which the caller can choose.
    pub points: Vec<Named>,
    /// Sessions of the day.
    pub sessions: Vec<SessionCard>,
    /// Certificates that are not all printed.
    pub due: Vec<DueLine>,
    /// The sessions from the day on for two weeks.
    pub plan: Vec<Planned>,
    /// How the days of the exam points stand: the day itself, and those that call for something.
    pub standing: Vec<PointDay>,
    /// What has to be done now, whatever day is looked at.
    pub tasks: Vec<Task>,
    /// Trades that are examined next and whose sets differ; for the staff of the centre.
    pub drift: Vec<DriftLine>,
    /// Sessions that are over and whose results are not published; for the staff of the centre.
    pub unpublished: Vec<Unpublished>,
    /// What a person has to do after papers were graded again; for the staff of the centre.
    pub regrades: Vec<Duty>,
    /// Results that candidates asked to have looked at again; for the staff of the centre.
    pub reviews: Vec<ReviewLine>,
    /// Trades with sets that more have seen than the rules allow; for the staff of the centre.
    pub exposed: Vec<Exposed>,
    /// The people of the day by how far they have come; for the staff of one exam point.
    pub board: Vec<Column>,
    /// The places at which people queue, where the view is limited to an exam point.
    pub queues: Vec<PlaceLine>,
    /// The day by the quarter hour.
    pub flow: Flow,
    /// How the last sessions ended.
    pub rates: Vec<Rate>,
}

/// A session of the day.
#[derive(Debug, Clone)]
pub struct SessionCard {
    /// The session.
    pub session: Titled,
    /// Candidates.
    pub total: usize,
    /// How far they have come.
    pub counts: StageCounts,
    /// Certificates.
    pub certificates: CertificateCounts,
    /// What has to be done before it can go on.
    pub blocks: Vec<Block>,
}

/// What keeps a session from going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// Somebody does not look like his documents, and it is not decided what happens.
    Mismatch,
    /// Nobody is enrolled.
    NoCandidates,
    /// Seats and papers are not drawn.
    NotSeated,
    /// Invigilators and examiners are not drawn.
    NotStaffed,
    /// All have ended and the results are not published.
    ResultsDue,
    /// Certificates of those who passed are not issued.
    CertificatesDue,
}

/// A trade that is examined next and whose sets differ by more than chance allows.
#[derive(Debug, Clone)]
pub struct DriftLine {
    /// The trade.
    pub trade: Named,
    /// Start of its next session.
    pub next_at: Instant,
    /// The sets with the tests that tell.
    pub differences: Vec<Difference>,
}

/// Certificates of a session that are still to be printed.
#[derive(Debug, Clone)]
pub struct DueLine {
    /// The session.
    pub session: Titled,
    /// Passed.
    pub passed: i64,
    /// Certificates.
    pub certificates: CertificateCounts,
    /// Last day of issue; `None` while the calendar of that year is not published.
    pub due: Option<Date>,
    /// Working days that the rule gives.
    pub working_days: u32,
}

/// Certificates that are not all printed, by how pressing they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Alarms {
    /// The last day is over.
    pub late: i64,
    /// The last day is today.
    pub today: i64,
    /// The last day is tomorrow.
    pub tomorrow: i64,
    /// The last day comes after that.
    pub later: i64,
    /// The last day cannot be told.
    pub unknown: i64,
}

impl Alarms {
    /// Of these certificates.
    #[must_use]
    pub fn of(due: &[DueLine], today: Date) -> Self {
        let mut alarms = Self::default();
        for line in due {
            let which = match line.due {
                None => &mut alarms.unknown,
                Some(day) if day < today => &mut alarms.late,
                Some(day) if day == today => &mut alarms.today,
                Some(day) if day == today.plus_days(1) => &mut alarms.tomorrow,
                Some(_) => &mut alarms.later,
            };
            *which += line.open();
        }
        alarms
    }
}

impl Block {
    /// Word in language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mismatch => "mismatch",
            Self::NoCandidates => "no-candidates",
            Self::NotSeated => "not-seated",
            Self::NotStaffed => "not-staffed",
            Self::ResultsDue => "results-due",
            Self::CertificatesDue => "certificates-due",
        }
    }
}

impl DueLine {
    /// Certificates that are still to be printed.
    #[must_use]
    pub const fn open(&self) -> i64 {
        self.passed.saturating_sub(self.certificates.printed)
    }
}

/// The exam day as somebody sees it.
///
/// # Errors
/// [`OverviewError`] for a text that is no day or a point that is not there or not the caller's.
pub fn day(app: &App, person: &Person, query: &DayQuery) -> Result<Day, OverviewError> {
    let now = app.clock.now();
    let today = now.date_in_china();
    let day = match query.day.as_deref().filter(|d| !d.is_empty()) {
        Some(text) => Date::parse(text)?,
        None => today,
    };
    let point = limited_to(person, query.point.as_deref().filter(|p| !p.is_empty()))?;
    app.db.read(|conn| {
        let points = points(conn, person)?;
        if let Some(id) = &point
            && !points.iter().any(|p| p.id == *id)
        {
            return Err(OverviewError::PointUnknown(id.clone()));
        }
        let limit = point.as_deref();
        let of_day = sessions::sessions(conn, Some(&day.to_string()), limit)?;
        let (sessions, people) = cards(conn, of_day)?;
        let start = |id: &str| {
            sessions.iter().find(|s| s.session.row.id == id).map_or(0, |s| s.session.row.starts_at)
        };
        let moments: Vec<Moments> =
            people.iter().map(|(c, stage)| Moments::of(c, *stage, start(&c.row.session))).collect();
        let board = match person.role {
            Role::PointStaff => board::board(app, &people, &printed(conn, &people)?)?,
            _ => Vec::new(),
        };
        let queues = match limit.filter(|_| !sessions.is_empty()) {
            Some(point) => DayQueue::load(conn, point, day)?.places(now),
            None => Vec::new(),
        };
        let due = due(conn, day, limit)?;
        let plan = ahead::plan(conn, day, now, limit)?;
        let standing = tasks::load(conn, now, day, limit)?;
        let tasks = tasks::tasks(&standing, now);
        let drift = match person.role {
            Role::CentreStaff => drift(app, conn, &plan, now)?,
            _ => Vec::new(),
        };
        let (mut unpublished, mut regrades, mut reviews, mut exposed) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        if person.role == Role::CentreStaff {
            unpublished = unpublished::load(conn, now, limit)?;
            regrades = regrade::duties(conn)?;
            reviews = review::open(conn)?;
            exposed = statistics::exposed(app, conn).map_err(|e| DbError::corrupt("statistics", e))?;
        }
        let rates = figures::rates(conn, day, limit)?;
        let flow = figures::flow(&moments, now);
        Ok(Day {
            day,
            today,
            point,
            points,
            sessions,
            due,
            plan,
            standing,
            tasks,
            drift,
            unpublished,
            regrades,
            reviews,
            exposed,
            board,
            queues,
            flow,
            rates,
        })
    })
}

/// Trades that are examined next and whose sets differ by more than chance allows.
fn drift(
    app: &App,
    conn: &mut Conn,
    plan: &[Planned],
    now: Instant,
) -> Result<Vec<DriftLine>, OverviewError> {
    let coming = plan.iter().map(|planned| &planned.session).filter(|s| s.row.starts_at > now.millis());
    let mut next: BTreeMap<&str, &Titled> = BTreeMap::new();
    for session in coming {
        let first = next.entry(session.trade.id.as_str()).or_insert(session);
        if session.row.starts_at < first.row.starts_at {
            *first = session;
        }
    }
    let mut lines = Vec::new();
    for (trade, session) in next {
        let found = statistics::drifting(app, conn, trade).map_err(|e| DbError::corrupt("statistics", e))?;
        if !found.is_empty() {
            lines.push(DriftLine {
                trade: session.trade.clone(),
                next_at: Instant::from_millis(session.row.starts_at),
                differences: found,
            });
        }
    }
    Ok(lines)
}

/// Certificates of these people that were printed.
fn printed(conn: &mut Conn, people: &[(Candidate, Stage)]) -> Result<HashSet<String>, OverviewError> {
    let ids: Vec<String> = people.iter().filter_map(|(c, _)| c.certificate.clone()).collect();
    Ok(certificates::printed_at(conn, &ids)?.into_keys().collect())
}

/// Sessions from today on for two weeks: for people whose part in them is small.
///
/// # Errors
/// [`OverviewError`] without a database.
pub fn coming(app: &App) -> Result<Vec<Titled>, OverviewError> {
    let today = app.clock.now().date_in_china();
    let (from, to) = (today.to_string(), today.plus_days(AHEAD_DAYS).to_string());
    app.db.read(|conn| {
        let found = rows::sessions_between(conn, &from, &to, None)?;
        found.into_iter().map(|row| Ok(titled(conn, row)?)).collect()
    })
}

fn points(conn: &mut Conn, person: &Person) -> Result<Vec<Named>, OverviewError> {
    let all = tables::points(conn)?.into_iter().filter(|p| super::sees(person, &p.id));
    Ok(all.map(|p| Named { id: p.id, zh: p.name_zh, en: p.name_en }).collect())
}

/// The sessions of a day as cards, and everybody who is a candidate there.
type Cards = (Vec<SessionCard>, Vec<(Candidate, Stage)>);

fn cards(conn: &mut Conn, rows: Vec<SessionRow>) -> Result<Cards, OverviewError> {
    let ids: Vec<String> = rows.iter().map(|r| r.id.clone()).collect();
    let certificates = rows::certificate_counts(conn, &ids)?;
    let (mut cards, mut people) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let own = certificates.get(&row.id).copied().unwrap_or_default();
        let staged = staged(conn, &row.id)?;
        cards.push(card_of(conn, row, own, &staged)?);
        people.extend(staged);
    }
    Ok((cards, people))
}

/// One session as a card.
pub(super) fn card(
    conn: &mut Conn,
    row: SessionRow,
    certificates: CertificateCounts,
) -> Result<SessionCard, OverviewError> {
    let staged = staged(conn, &row.id)?;
    card_of(conn, row, certificates, &staged)
}

fn card_of(
    conn: &mut Conn,
    row: SessionRow,
    certificates: CertificateCounts,
    staged: &[(Candidate, Stage)],
) -> Result<SessionCard, OverviewError> {
    let counts = count(staged);
    let total = counts.values().sum();
    let mut blocks = blocks(&row, &counts, certificates);
    if staged.iter().any(|(candidate, stage)| is_mismatch(candidate, *stage)) {
        blocks.insert(0, Block::Mismatch);
    }
    Ok(SessionCard { session: titled(conn, row)?, total, counts, certificates, blocks })
}

/// Whether a candidate was compared, found to be somebody else, and nothing has followed.
pub(super) fn is_mismatch(candidate: &Candidate, stage: Stage) -> bool {
    let compared = candidate.check_in.as_ref().and_then(|c| c.compared.as_deref());
    stage == Stage::CheckedIn && compared == Some("different")
}

fn blocks(row: &SessionRow, counts: &StageCounts, certificates: CertificateCounts) -> Vec<Block> {
    let total: usize = counts.values().sum();
    if total == 0 {
        return vec![Block::NoCandidates];
    }
    let mut blocks = Vec::new();
    if !row.seated {
        blocks.push(Block::NotSeated);
    }
    if !row.staffed {
        blocks.push(Block::NotStaffed);
    }
    let ended = counts.iter().filter(|(s, _)| s.is_end()).map(|(_, n)| n).sum::<usize>() == total;
    if ended && row.results_at.is_none() {
        blocks.push(Block::ResultsDue);
    }
    let passed = counts.get(&Stage::Passed).copied().unwrap_or(0);
    let passed = i64::try_from(passed).unwrap_or(i64::MAX);
    if row.results_at.is_some() && certificates.issued < passed {
        blocks.push(Block::CertificatesDue);
    }
    blocks
}

fn due(conn: &mut Conn, day: Date, point: Option<&str>) -> Result<Vec<DueLine>, OverviewError> {
    let from = day.minus_days(BACK_DAYS).to_string();
    let rows = rows::sessions_between(conn, &from, &day.to_string(), point)?;
    let ids: Vec<String> = rows.iter().map(|r| r.id.clone()).collect();
    let outcomes = rows::outcomes(conn, &ids)?;
    let certificates = rows::certificate_counts(conn, &ids)?;
    let calendar = world::calendar(conn)?;
    let mut rules = HashMap::new();
    let mut lines = Vec::new();
    for row in rows {
        let passed = outcomes.get(&row.id).and_then(|o| o.get("passed")).copied().unwrap_or(0);
        let counts = certificates.get(&row.id).copied().unwrap_or_default();
        if passed <= counts.printed {
            continue;
        }
        if !rules.contains_key(&row.rule_set) {
            rules.insert(row.rule_set.clone(), world::rule_set(conn, &row.rule_set)?.certificate);
        }
        let Some(rules) = rules.get(&row.rule_set) else { continue };
        let (working_days, due) = deadline(&row, rules, &calendar)?;
        lines.push(DueLine { session: titled(conn, row)?, passed, certificates: counts, due, working_days });
    }
    lines.sort_by_key(|line| line.due);
    Ok(lines)
}

/// Working days to the issue after an exam and the last day, if the calendar that far is published.
pub(super) fn deadline(
    row: &SessionRow,
    rules: &shared::rules::CertificateRules,
    calendar: &Calendar,
) -> Result<(u32, Option<Date>), OverviewError> {
    let kind =
        ExamKind::from_word(&row.exam_kind).ok_or_else(|| DbError::corrupt("session", "unknown kind"))?;
    let day = Date::parse(&row.day).map_err(|e| DbError::corrupt("session", e))?;
    let working_days = match kind {
        ExamKind::First => rules.first_working_days,
        ExamKind::Review => rules.review_working_days,
        ExamKind::Renewal => rules.renewal_working_days,
    };
    Ok((working_days, shared::certificate::dates::deadline(kind, day, rules, calendar).ok()))
}
