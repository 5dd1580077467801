//! Writing a question, a new one or a new version of one, and what a second person says of it.

use super::read::{Loaded, load};
use super::{MAX_REMARK, QuestionError, State, opened};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::banks::body;
use crate::app::once::Once;
use crate::app::practice::apart::is_asked;
use crate::bankfile::picture;
use crate::db::{banks as tables, events};
use crate::event::{Actor, Fact, QuestionReviewed, QuestionWritten};
use serde::{Deserialize, Serialize};
use shared::bank::{self, Question, QuestionType, RawRow, RefusalReason};

/// Hexadecimal digits of a question's digest that its id begins with.
const ID_DIGITS: usize = 24;

/// A question as somebody has typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// What is asked.
    pub title: String,
    /// Options; empty ones at the end are none.
    pub options: Vec<String>,
    /// Letters of the right ones.
    pub right: String,
    /// Why.
    pub reason: String,
    /// Subject.
    pub subject: String,
    /// What of it is examined.
    pub key_point: String,
    /// Difficulty from 1 to 5; empty if nobody has judged it.
    pub difficulty: String,
    /// The picture that was kept for it.
    pub picture: Option<KeptPicture>,
    /// The question whose place it takes.
    pub supersedes: Option<String>,
}

/// A picture that was sent before, with the mark that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPicture {
    /// SHA-256 of its file.
    pub name: String,
    /// Keyed hash of the name: no other attachment is taken for a picture.
    pub mark: String,
}

/// A question was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenAnswer {
    /// Question id.
    pub question: String,
}

/// What a second person says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whether sets may take it.
    pub approved: bool,
    /// Why; needed where it is rejected.
    pub reason: String,
}

/// A question was reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// How it stands now.
    pub state: String,
}

/// Keeps a picture for a question that is being written.
///
/// # Errors
/// [`QuestionError::Refused`] if it is none.
pub fn keep_picture(app: &App, content: &[u8]) -> Result<KeptPicture, QuestionError> {
    if picture::kind(content).is_none() {
        return Err(QuestionError::Refused(RefusalReason::PictureUnreadable));
    }
    let name = app.blobs.put(content)?;
    let mark = mark(app, &name);
    Ok(KeptPicture { name, mark })
}

/// A picture of a question that is there, for its next version.
#[must_use]
pub fn picture_kept(app: &App, question: &Question) -> Option<KeptPicture> {
    question.picture().map(|name| KeptPicture { name: name.to_owned(), mark: mark(app, name) })
}

fn mark(app: &App, name: &str) -> String {
    app.sealer.index("question.picture", name)
}

/// The question that was typed, as it would be asked.
///
/// # Errors
/// [`QuestionError::Refused`], [`QuestionError::Suspect`].
pub fn preview(app: &App, written: &Written) -> Result<Question, QuestionError> {
    let kept = written.picture.as_ref();
    if kept.is_some_and(|kept| kept.mark != mark(app, &kept.name)) {
        return Err(QuestionError::Refused(RefusalReason::PictureMissing));
    }
    let kind =
        QuestionType::from_word(&written.kind).ok_or(QuestionError::Refused(RefusalReason::UnknownType))?;
    let mut options = written.options.clone();
    while options.last().is_some_and(|option| option.trim().is_empty()) {
        options.pop();
    }
    // Right and wrong need not be typed.
    let options = (kind != QuestionType::TrueFalse || !options.is_empty()).then_some(options);
    let raw = RawRow {
        row: 1,
        category: kind.chinese().to_owned(),
        title: written.title.clone(),
        options,
        answers: written.right.clone(),
        reason: written.reason.clone(),
        subject: written.subject.clone(),
        key_point: written.key_point.clone(),
        difficulty: written.difficulty.clone(),
        picture: kept.map(|kept| kept.name.clone()),
        ..RawRow::default()
    };
    let question = bank::question(&raw).map_err(QuestionError::Refused)?;
    match bank::check(&[raw]).suspect.first() {
        Some(suspect) => Err(QuestionError::Suspect(suspect.reason)),
        None => Ok(question),
    }
}

/// Writes a question down. It waits for a second person.
///
/// # Errors
/// [`QuestionError`]: no question, one that the bank has already, or the one whose place it takes cannot be changed now.
pub fn write(
    app: &App,
    person: &Person,
    bank: &str,
    written: &Written,
    once: Option<Once>,
) -> Result<WrittenAnswer, QuestionError> {
    let question = preview(app, written)?;
    let loaded = load(app, bank)?;
    let sealed = app.sealer.seal("question.body", &body(&question)?)?;
    let mut id = hex::encode(bank::digest(&question));
    id.truncate(ID_DIGITS);
    let same = already(app, &loaded, &question, &id, written.supersedes.as_deref())?;
    if let Some(known) = same {
        return Err(QuestionError::Known(known));
    }
    if loaded.bank.practice && app.db.read(|conn| is_asked(conn, &app.sealer, &question))? {
        return Err(QuestionError::InForce);
    }
    let fact = QuestionWritten {
        bank: bank.to_owned(),
        question: id,
        supersedes: written.supersedes.clone(),
        question_kind: question.kind().word().to_owned(),
        body: sealed,
    };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::QuestionWritten(fact.clone()));
    app.write_once(once, move |conn| {
        let (mut fact, mut event) = (fact, event);
        if let Some(before) = &fact.supersedes {
            let row = tables::question(conn, &fact.bank, before)?;
            let row = row.ok_or_else(|| QuestionError::QuestionUnknown(before.clone()))?;
            let versions = tables::versions_of(conn, &fact.bank)?;
            let state = versions.iter().find(|v| v.question == *before).map(|v| v.state.as_str());
            let state = State::of(&row, state);
            if !state.may_be_changed() {
                return Err(QuestionError::State(state.word()));
            }
            let follows =
                |v: &&tables::VersionRow| v.supersedes.as_ref() == Some(before) && v.state == "waiting";
            if let Some(waiting) = versions.iter().find(follows) {
                return Err(QuestionError::Waits(waiting.question.clone()));
            }
        }
        // Versions that differ in what is said of the question alone have the same digest.
        let digest = fact.question.clone();
        let mut number = 2_u32;
        while tables::question(conn, &fact.bank, &fact.question)?.is_some() {
            fact.question = format!("{digest}-{number}");
            number += 1;
        }
        let question = fact.question.clone();
        event.fact = Fact::QuestionWritten(fact);
        events::append(conn, &event)?;
        Ok(WrittenAnswer { question })
    })
}

/// The id of a question of the bank that says the same, if there is one: for a new version also the one whose place it
/// takes, unless what is said of it differs.
fn already(
    app: &App,
    loaded: &Loaded,
    question: &Question,
    id: &str,
    supersedes: Option<&str>,
) -> Result<Option<String>, QuestionError> {
    for row in loaded.rows.iter().filter(|row| row.id.starts_with(id)) {
        let state = State::of(row, loaded.versions.get(&row.id).map(|v| v.state.as_str()));
        let counts = !matches!(state, State::Superseded | State::Rejected);
        let before = supersedes == Some(row.id.as_str());
        if (before && opened(&app.sealer, row)? == *question) || (!before && counts) {
            return Ok(Some(row.id.clone()));
        }
    }
    Ok(None)
}

/// Says of a question that waits whether sets may take it.
///
/// # Errors
/// [`QuestionError::Own`] if the caller wrote it; [`QuestionError::State`] if it does not wait.
pub fn review(
    app: &App,
    person: &Person,
    (bank, question): (&str, &str),
    review: &Review,
    once: Option<Once>,
) -> Result<Reviewed, QuestionError> {
    let reason = review.reason.trim();
    if (reason.is_empty() && !review.approved) || reason.chars().count() > MAX_REMARK {
        return Err(QuestionError::Remark);
    }
    let actor = Actor::Account(person.account.clone());
    let author = actor.text();
    let verdict = if review.approved { "approved" } else { "rejected" };
    let fact = QuestionReviewed {
        bank: bank.to_owned(),
        question: question.to_owned(),
        verdict: verdict.to_owned(),
        reason: app.sealer.seal("question.remark", reason)?,
    };
    let event = app.event(&actor, Fact::QuestionReviewed(fact.clone()));
    app.write_once(once, move |conn| {
        let row = tables::question(conn, &fact.bank, &fact.question)?;
        let row = row.ok_or_else(|| QuestionError::QuestionUnknown(fact.question.clone()))?;
        let versions = tables::versions_of(conn, &fact.bank)?;
        let version = versions.iter().find(|v| v.question == fact.question);
        let state = State::of(&row, version.map(|v| v.state.as_str()));
        let Some(version) = version.filter(|_| state == State::Waiting) else {
            return Err(QuestionError::State(state.word()));
        };
        if version.author == author {
            return Err(QuestionError::Own);
        }
        events::append(conn, &event)?;
        Ok(Reviewed { state: verdict.to_owned() })
    })
}
