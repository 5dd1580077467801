//! Draws at the desk: the list of all, and one told in plain words from its transcript.

use super::App;
use super::draws::{self, DrawView, DrawsError};
use super::masks;
use super::overview::{Named, Titled, titled};
pub use crate::db::draws::WhichDraws;
use crate::db::draws::{self as rows, DrawRow};
use crate::db::{Conn, DbError, accounts, sessions, world};
use serde::de::DeserializeOwned;
use shared::bank::QuestionType;
use shared::time::Date;
use shared::wire::transcript::{
    AgainstJson, Document, Party, PostJson, Purpose, QuestionSetsInput, SeatingInput, SetsInput, SheetsInput,
    StaffBasis, StaffInput, Verdict, verify,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a draw is for.
#[derive(Debug, Clone)]
pub enum About {
    /// A session.
    Session(Box<Titled>),
    /// Several sessions of a day.
    Day(Date),
    /// A trade.
    Trade(Named),
    /// Something that is not there any more.
    Other,
}

/// A draw with what it is for and who had it made.
#[derive(Debug, Clone)]
pub struct DrawLine {
    /// The draw.
    pub view: DrawView,
    /// What it is for.
    pub about: About,
    /// Who had it made, by name.
    pub by: String,
    /// Whether its transcript can be read now.
    pub open: bool,
}

/// One draw.
#[derive(Debug, Clone)]
pub struct DrawFile {
    /// The draw.
    pub line: DrawLine,
    /// What its transcript tells; nothing while it is sealed.
    pub told: Option<Box<Transcript>>,
    /// The checks of the transcript, if they were asked for.
    pub verdict: Option<Verdict>,
}

/// A transcript in parts.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// Rule set.
    pub rule_set: String,
    /// Who took part, with commitments and secrets.
    pub parties: Vec<Party>,
    /// A number that nobody here could choose.
    pub public_number: Option<String>,
    /// Hash of the input.
    pub input_hash: String,
    /// Seed.
    pub seed: String,
    /// What was drawn.
    pub drawn: Drawn,
}

/// What was drawn.
#[derive(Debug, Clone)]
pub enum Drawn {
    /// Invigilators and examiners.
    Staff(Staff),
    /// Seats.
    Seats(Vec<SeatLine>),
    /// Question sets for candidates; how many sets, and whether neighbours differ.
    Sets(Vec<SeatLine>, u32, bool),
    /// Practical sheets for candidates.
    Sheets(Vec<(Candidate, Vec<String>)>),
    /// Question sets from a bank.
    QuestionSets {
        /// Questions of each set.
        sets: Vec<usize>,
        /// Questions of the bank by type: 判断, 单选, 多选.
        pool: [usize; 3],
    },
}

/// A draw of staff.
#[derive(Debug, Clone)]
pub struct Staff {
    /// The posts with those who were drawn, in the order drawn.
    pub posts: Vec<PostLine>,
    /// Everybody in the pool.
    pub people: Vec<PersonLine>,
}

/// A filled post.
#[derive(Debug, Clone)]
pub struct PostLine {
    /// Its code.
    pub post: String,
    /// Word of its kind.
    pub kind: String,
    /// Room or station code; empty for those of the point as a whole.
    pub place: String,
    /// Code and name of who was drawn.
    pub staff: (String, String),
    /// How many may take it by every rule.
    pub eligible: usize,
    /// From how many it was drawn.
    pub among: u32,
}

/// A row of the matrix: who may take which post.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Code and name.
    pub staff: (String, String),
    /// Duties this year.
    pub load: u32,
    /// From another district.
    pub far: bool,
    /// Whether rooms may be taken.
    pub invigilating: May,
    /// Whether stations may be taken.
    pub examining: May,
    /// The post that was drawn.
    pub post: Option<String>,
}

/// Whether somebody may take a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// May.
    Yes,
    /// Hard rules forbid it: their words.
    Forbidden(Vec<String>),
    /// No rule forbids it; others have had fewer duties, or last worked with the same partner.
    LeftOut,
    /// There is no post of this duty.
    NoPost,
}

/// A candidate as everybody may see him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Ticket number.
    pub ticket: String,
    /// Masked name; empty if the ticket is not there.
    pub name: String,
}

/// Where a candidate sits, and the set in a draw of sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatLine {
    /// Room code.
    pub room: String,
    /// Seat from 1.
    pub seat: u32,
    /// Who.
    pub candidate: Candidate,
    /// Number of the set, from 1.
    pub set: Option<u32>,
}

/// A page of draws, the newest first, and how many there are in all.
///
/// # Errors
/// [`DrawsError::Db`].
pub fn page(
    app: &App,
    which: &WhichDraws,
    (offset, length): (i64, i64),
) -> Result<(Vec<DrawLine>, i64), DrawsError> {
    let now = app.clock.now().millis();
    app.db.read(|conn| {
        let (rows, total) = rows::draws_page(conn, which, offset, length)?;
        Ok((lines(conn, rows, now)?, total))
    })
}

/// One draw, with the checks of its transcript if they are asked for.
///
/// # Errors
/// [`DrawsError::DrawUnknown`]. A draw whose time has not come is answered without what it drew.
pub fn open(app: &App, draw: &str, check: bool) -> Result<DrawFile, DrawsError> {
    let now = app.clock.now().millis();
    let line = app.db.read(|conn| {
        let row = rows::draw(conn, draw)?.ok_or_else(|| DrawsError::DrawUnknown(draw.to_owned()))?;
        let line = lines(conn, vec![row], now)?.pop();
        line.ok_or_else(|| DrawsError::DrawUnknown(draw.to_owned()))
    })?;
    let text = match draws::transcript(app, draw) {
        Ok(text) => text,
        Err(DrawsError::NotYetVisible(_)) => return Ok(DrawFile { line, told: None, verdict: None }),
        Err(error) => return Err(error),
    };
    let verdict = check.then(|| verify(&text));
    let told = tell(app, &line.view, &text)?;
    Ok(DrawFile { line, told: Some(Box::new(told)), verdict })
}

fn lines(conn: &mut Conn, rows: Vec<DrawRow>, now: i64) -> Result<Vec<DrawLine>, DbError> {
    let makers = rows::makers(conn, &rows)?;
    let accounts = accounts::all(conn)?.into_iter();
    let names: HashMap<String, String> =
        accounts.map(|a| (format!("account:{}", a.id), a.display_name)).collect();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let about = match sessions::session(conn, &row.subject)? {
            Some(session) => About::Session(Box::new(titled(conn, session)?)),
            None => match world::trade_record(conn, &row.subject)? {
                Some(t) => About::Trade(Named { id: t.id, zh: t.name_zh, en: t.name_en }),
                None => Date::parse(&row.subject).map_or(About::Other, About::Day),
            },
        };
        let maker = makers.get(&row.id).cloned().unwrap_or_default();
        let by = names.get(&maker).cloned().unwrap_or(maker);
        let open = now >= row.visible_from;
        lines.push(DrawLine { view: DrawView::from(row), about, by, open });
    }
    Ok(lines)
}

fn tell(app: &App, view: &DrawView, text: &str) -> Result<Transcript, DrawsError> {
    match view.purpose.as_str() {
        StaffInput::WORD => staff(app, read::<StaffInput>(text)?, &basis(app, &view.draw)?),
        SeatingInput::WORD => {
            let document = read::<SeatingInput>(text)?;
            let names = candidates(app, &view.subject)?;
            let seats = document.result.seats.iter();
            let lines = seats.map(|s| seat(&names, (&s.room, s.seat), &s.ticket, None)).collect();
            Ok(transcript(document, Drawn::Seats(lines)))
        }
        SetsInput::WORD => {
            let document = read::<SetsInput>(text)?;
            let names = candidates(app, &view.subject)?;
            let set: HashMap<&str, u32> =
                document.result.sets.iter().map(|s| (s.ticket.as_str(), s.set)).collect();
            let seats = document.input.seats.iter();
            let lines = seats
                .map(|s| seat(&names, (&s.room, s.seat), &s.ticket, set.get(s.ticket.as_str()).copied()))
                .collect();
            let (sets, avoid) = (document.input.sets, document.input.avoid);
            Ok(transcript(document, Drawn::Sets(lines, sets, avoid)))
        }
        SheetsInput::WORD => {
            let document = read::<SheetsInput>(text)?;
            let names = candidates(app, &view.subject)?;
            let sheets = document.result.sheets.iter();
            let lines = sheets.map(|s| (candidate(&names, &s.ticket), s.sheets.clone())).collect();
            Ok(transcript(document, Drawn::Sheets(lines)))
        }
        QuestionSetsInput::WORD => {
            let document = read::<QuestionSetsInput>(text)?;
            let input = &document.input;
            let of = |kind: QuestionType, plain: &[String]| {
                let shares = input.shares.iter().filter(|share| share.kind == kind.word());
                shares.fold(plain.len(), |sum, share| sum + share.questions.len())
            };
            let pool = [
                of(QuestionType::TrueFalse, &input.true_false),
                of(QuestionType::Single, &input.single),
                of(QuestionType::Multiple, &input.multiple),
            ];
            let sets = document.result.sets.iter().map(Vec::len).collect();
            Ok(transcript(document, Drawn::QuestionSets { sets, pool }))
        }
        other => Err(DbError::corrupt("draw", format!("purpose {other}")).into()),
    }
}

fn read<I: Purpose>(text: &str) -> Result<Document<I, I::Result>, DbError>
where
    Document<I, I::Result>: DeserializeOwned,
{
    serde_json::from_str(text).map_err(|e| DbError::corrupt("draw", e))
}

fn transcript<I, R>(document: Document<I, R>, drawn: Drawn) -> Transcript {
    Transcript {
        rule_set: document.rule_set,
        parties: document.parties,
        public_number: document.public_number,
        input_hash: document.input_hash,
        seed: document.seed,
        drawn,
    }
}

/// The basis of a draw of staff.
fn basis(app: &App, draw: &str) -> Result<StaffBasis, DrawsError> {
    let text = draws::basis_text(app, draw)?;
    Ok(serde_json::from_str(&text).map_err(|e| DbError::corrupt("basis", e))?)
}

fn staff(
    app: &App,
    document: Document<StaffInput, <StaffInput as Purpose>::Result>,
    basis: &StaffBasis,
) -> Result<Transcript, DrawsError> {
    let pool = app.db.read(world::staff)?.into_iter();
    let names: HashMap<String, String> = pool.map(|s| (s.code, s.name)).collect();
    let named = |code: &str| (code.to_owned(), names.get(code).cloned().unwrap_or_default());
    let input = &document.input;
    let posts: BTreeMap<&str, (usize, &PostJson)> =
        input.posts.iter().enumerate().map(|(at, post)| (post.code.as_str(), (at, post))).collect();
    let filled = document.result.filled.iter();
    let lines = filled.map(|f| {
        let (at, post) = posts.get(f.post.as_str()).copied().unzip();
        PostLine {
            post: f.post.clone(),
            kind: post.map(|p| p.kind.clone()).unwrap_or_default(),
            place: post
                .map(|p| p.place.rsplit_once('/').map_or("", |(_, code)| code))
                .unwrap_or_default()
                .into(),
            staff: named(basis.staff_of(&f.person).unwrap_or(&f.person)),
            eligible: at.and_then(|at| input.eligible.get(at)).map_or(0, Vec::len),
            among: f.among,
        }
    });
    let people = basis.people.iter().zip(&basis.codes).map(|(row, own)| PersonLine {
        staff: named(&row.code),
        load: row.load,
        far: row.sessions.iter().all(|against| against.far),
        invigilating: may(input, &own.code, &row.sessions, false),
        examining: may(input, &own.code, &row.sessions, true),
        post: document.result.filled.iter().find(|f| f.person == own.code).map(|f| f.post.clone()),
    });
    let drawn = Drawn::Staff(Staff { posts: lines.collect(), people: people.collect() });
    Ok(transcript(document, drawn))
}

/// Whether somebody may take a post of a duty in one of the sessions; if in none, all that forbids it.
fn may(input: &StaffInput, code: &String, sessions: &[AgainstJson], examining: bool) -> May {
    let posts = input.posts.iter().zip(&input.eligible);
    let mut posts = posts.filter(|(post, _)| post.kind.ends_with("invigilator") != examining).peekable();
    if posts.peek().is_none() {
        return May::NoPost;
    }
    let mut rules = BTreeSet::new();
    let mut free = false;
    for (post, eligible) in posts {
        if eligible.contains(code) {
            return May::Yes;
        }
        let of_session = input.sessions.iter().zip(sessions).find(|(session, _)| **session == post.session);
        let of_duty = of_session.map(|(_, a)| if examining { &a.examining } else { &a.invigilating });
        let of_duty = of_duty.map_or(&[][..], Vec::as_slice);
        free |= of_duty.is_empty();
        rules.extend(of_duty.iter().cloned());
    }
    if free { May::LeftOut } else { May::Forbidden(rules.into_iter().collect()) }
}

/// Masked names of the candidates of a session, by ticket.
fn candidates(app: &App, session: &str) -> Result<HashMap<String, String>, DrawsError> {
    let all = app.db.read(|conn| sessions::candidates(conn, session))?.into_iter();
    all.map(|c| Ok((c.row.ticket, masks::name(app, &c.name)?))).collect()
}

fn candidate(names: &HashMap<String, String>, ticket: &str) -> Candidate {
    Candidate { ticket: ticket.to_owned(), name: names.get(ticket).cloned().unwrap_or_default() }
}

fn seat(
    names: &HashMap<String, String>,
    (room, seat): (&str, u32),
    ticket: &str,
    set: Option<u32>,
) -> SeatLine {
    SeatLine { room: room.to_owned(), seat, candidate: candidate(names, ticket), set }
}
