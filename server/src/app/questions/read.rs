//! Looking through the questions of a bank. Whoever does reads answers, so that every look is an event.

use super::{QuestionError, State, opened};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::overview::Named;
use crate::db::banks::{self as tables, BankRow, StoredQuestion, VersionRow};
use crate::db::{DbError, DbResult, accounts, events, world};
use crate::event::{Actor, Fact, QuestionsRead, Sealed};
use shared::bank::{Question, QuestionType};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Questions on a page.
const PAGE: usize = 40;

/// Which questions are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Of this type.
    pub kind: Option<QuestionType>,
    /// Of this subject.
    pub subject: Option<String>,
    /// In this state; without it, all but those whose place another has taken.
    pub state: Option<State>,
    /// With this text in title, options or explanation.
    pub text: String,
    /// Page from 1.
    pub page: usize,
}

/// A question in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Question id.
    pub id: String,
    /// The question.
    pub question: Question,
    /// How it stands.
    pub state: State,
}

/// Questions of a bank.
#[derive(Debug, Clone)]
pub struct QuestionList {
    /// The bank.
    pub bank: BankRow,
    /// Its trade.
    pub trade: Named,
    /// Those of this page.
    pub lines: Vec<Line>,
    /// All that were found.
    pub total: usize,
    /// Page from 1.
    pub page: usize,
    /// Number of pages.
    pub pages: usize,
    /// Subjects of the bank.
    pub subjects: Vec<String>,
    /// Questions that wait for a second person.
    pub waiting: usize,
}

/// One version of a question.
#[derive(Debug, Clone)]
pub struct Version {
    /// Question id.
    pub id: String,
    /// What it says.
    pub question: Question,
    /// How it stands.
    pub state: State,
    /// Who wrote it; nothing for one of a file.
    pub author: Option<String>,
    /// Whether that was who looks.
    pub own: bool,
    /// When it was written or came in, epoch milliseconds.
    pub written_at: i64,
    /// Who reviewed it and when, epoch milliseconds.
    pub reviewed: Option<(String, i64)>,
    /// What the reviewer said.
    pub remark: String,
}

/// A question with all versions before and after it.
#[derive(Debug, Clone)]
pub struct QuestionFile {
    /// The bank.
    pub bank: BankRow,
    /// Its trade.
    pub trade: Named,
    /// The versions, the oldest first.
    pub versions: Vec<Version>,
    /// Place of the one that was asked for.
    pub at: usize,
    /// Whether a new version of the newest that counts may be written.
    pub changes: Option<String>,
}

/// The questions of a bank that are asked for; the look is recorded.
///
/// # Errors
/// [`QuestionError::BankUnknown`].
pub fn list(app: &App, person: &Person, bank: &str, asked: &Asked) -> Result<QuestionList, QuestionError> {
    let Loaded { bank, trade, rows, versions } = load(app, bank)?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let state = State::of(row, versions.get(&row.id).map(|v| v.state.as_str()));
        lines.push(Line { id: row.id.clone(), question: opened(&app.sealer, row)?, state });
    }
    let subjects: BTreeSet<&str> =
        lines.iter().map(|line| line.question.subject()).filter(|subject| !subject.is_empty()).collect();
    let subjects = subjects.into_iter().map(str::to_owned).collect();
    let waiting = lines.iter().filter(|line| line.state == State::Waiting).count();
    lines.retain(|line| asked.finds(line));
    let total = lines.len();
    let pages = total.div_ceil(PAGE).max(1);
    let page = asked.page.clamp(1, pages);
    let lines: Vec<Line> = lines.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    record(app, person, (&bank.id, "list", None), lines.len())?;
    Ok(QuestionList { bank, trade, lines, total, page, pages, subjects, waiting })
}

/// A question with its versions; the look is recorded.
///
/// # Errors
/// [`QuestionError::QuestionUnknown`].
pub fn show(app: &App, person: &Person, bank: &str, id: &str) -> Result<QuestionFile, QuestionError> {
    let Loaded { bank, trade, rows, versions } = load(app, bank)?;
    let chain = chain(&versions, id);
    let names = app.db.read(|conn| {
        let all = accounts::all(conn)?.into_iter();
        Ok::<HashMap<String, String>, DbError>(
            all.map(|a| (format!("account:{}", a.id), a.display_name)).collect(),
        )
    })?;
    let own = format!("account:{}", person.account);
    let name = |actor: &String| names.get(actor).cloned().unwrap_or_else(|| actor.clone());
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| chain.contains(&row.id)) {
        let version = versions.get(&row.id);
        let written = version.filter(|v| !v.author.is_empty());
        let remark = version.map(|v| v.remark.clone()).filter(|text| !text.is_empty());
        found.push(Version {
            id: row.id.clone(),
            question: opened(&app.sealer, row)?,
            state: State::of(row, version.map(|v| v.state.as_str())),
            author: written.map(|v| name(&v.author)),
            own: written.is_some_and(|v| v.author == own),
            written_at: written.map_or(bank.imported_at, |v| v.written_at),
            reviewed: written.and_then(|v| Some((name(v.reviewer.as_ref()?), v.reviewed_at?))),
            remark: match remark {
                Some(text) => app.sealer.open("question.remark", &Sealed(text))?,
                None => String::new(),
            },
        });
    }
    let at = found.iter().position(|version| version.id == id);
    let at = at.ok_or_else(|| QuestionError::QuestionUnknown(id.to_owned()))?;
    let waits = found.iter().any(|version| version.state == State::Waiting);
    let newest = found.iter().rev().find(|version| version.state.may_be_changed());
    let changes = newest.filter(|_| !waits).map(|version| version.id.clone());
    record(app, person, (&bank.id, "question", Some(id.to_owned())), found.len())?;
    Ok(QuestionFile { bank, trade, versions: found, at, changes })
}

/// The picture of a question.
///
/// # Errors
/// [`QuestionError::QuestionUnknown`] if there is none.
pub fn picture(app: &App, bank: &str, id: &str) -> Result<Vec<u8>, QuestionError> {
    let unknown = || QuestionError::QuestionUnknown(id.to_owned());
    let row = app.db.read(|conn| tables::question(conn, bank, id))?.ok_or_else(unknown)?;
    let question = opened(&app.sealer, &row)?;
    Ok(app.blobs.load(question.picture().ok_or_else(unknown)?)?)
}

/// A bank with all its questions.
pub(super) struct Loaded {
    pub(super) bank: BankRow,
    pub(super) trade: Named,
    pub(super) rows: Vec<StoredQuestion>,
    pub(super) versions: HashMap<String, VersionRow>,
}

pub(super) fn load(app: &App, bank: &str) -> Result<Loaded, QuestionError> {
    app.db.read(|conn| {
        let found = tables::bank(conn, bank)?.ok_or_else(|| QuestionError::BankUnknown(bank.to_owned()))?;
        let trade = world::trade_record(conn, &found.trade)?;
        let trade = trade.map(|t| Named { id: t.id, zh: t.name_zh, en: t.name_en });
        let trade = trade.ok_or_else(|| DbError::corrupt("bank", &found.trade))?;
        let rows = tables::all_questions_of(conn, bank)?;
        let versions =
            tables::versions_of(conn, bank)?.into_iter().map(|v| (v.question.clone(), v)).collect();
        Ok(Loaded { bank: found, trade, rows, versions })
    })
}

/// The ids of all versions of a question: those before it and those after it.
fn chain(versions: &HashMap<String, VersionRow>, id: &str) -> HashSet<String> {
    let mut chain = HashSet::from([id.to_owned()]);
    let mut grown = true;
    while grown {
        grown = false;
        for version in versions.values() {
            let Some(before) = &version.supersedes else { continue };
            if chain.contains(&version.question) != chain.contains(before) {
                chain.insert(version.question.clone());
                chain.insert(before.clone());
                grown = true;
            }
        }
    }
    chain
}

fn record(
    app: &App,
    person: &Person,
    (bank, what, question): (&str, &str, Option<String>),
    count: usize,
) -> Result<(), QuestionError> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let read = QuestionsRead { bank: bank.to_owned(), what: what.to_owned(), question, count };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::QuestionsRead(read));
    Ok(app.db.write(move |conn| -> DbResult<()> { events::append(conn, &event).map(|_| ()) })?)
}

impl Asked {
    fn finds(&self, line: &Line) -> bool {
        let Line { question, state, .. } = line;
        let text = self.text.trim().to_lowercase();
        let holds = |part: &str| part.to_lowercase().contains(&text);
        self.kind.is_none_or(|kind| kind == question.kind())
            && self.subject.as_ref().is_none_or(|subject| subject == question.subject())
            && match self.state {
                Some(wanted) => wanted == *state,
                None => *state != State::Superseded,
            }
            && (text.is_empty()
                || line.id == text
                || holds(question.title())
                || holds(question.reason())
                || question.choices().iter().any(|choice| holds(choice)))
    }
}
