//! A candidate's paper: what is shown, what counts as an answer to it, and what it is worth.

use super::TheoryError;
use crate::db::answers::{self, AnswerRow};
use crate::db::sessions::CandidateRow;
use crate::db::theory::{self as rows, QuestionRow};
use crate::db::{Conn, DbError, regrade as corrections};
use crate::event::{PaperItemRecord, PaperRecord, QuestionBody, Sealed};
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::bank::{Answer, Right};
use shared::grading;
use shared::regrade::correct;
use shared::rules::TheoryRules;
use shared::wire::v1::receipt::Salt;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// A paper as its examinee sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownPaper {
    /// Points of each question.
    pub points: u32,
    /// Questions in the order of this paper.
    pub items: Vec<ShownItem>,
}

/// One question as its examinee sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownItem {
    /// Position from 1.
    pub position: u32,
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// Text.
    pub title: String,
    /// Options in the order of this paper; the first is A.
    pub choices: Vec<String>,
    /// SHA-256 of the picture that belongs to the text; `GET /api/v1/seat/pictures/{position}` answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// One question of a paper that was handed in, with what was answered and what is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnsweredItem {
    /// The question as it was shown.
    #[serde(flatten)]
    pub shown: ShownItem,
    /// Letters that were chosen; empty for none.
    pub given: String,
    /// Letters that are right, as shown on this paper; `A/C` where either counts, `any` or `void`, after a key was corrected.
    pub right: String,
    /// Points for it.
    pub points: u32,
}

/// The answer that stands for a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GivenAnswer {
    /// Position on the paper from 1.
    pub position: u32,
    /// Letters as shown, sorted.
    pub choice: String,
}

/// What a paper is worth with the answers saved so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// Answers saved.
    pub last_seq: i64,
    /// SHA-256 over one line `position=letters` for each answered position, ascending.
    pub answers_hash: String,
    /// Questions answered.
    pub answered: u32,
    /// Points reached.
    pub points: u32,
    /// Points of the paper.
    pub total: u32,
    /// Whether the pass mark is reached.
    pub passed: bool,
    /// Subjects in which questions were missed, the most first; those without a subject are not among them.
    pub missed: Vec<Missed>,
    /// By which key it was graded.
    pub by: KeyMark,
}

/// The key by which a paper was graded: its set, and the position of the last correction in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyMark {
    set: String,
    corrected: i64,
}

impl KeyMark {
    /// Whether no key of the set was corrected since.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn is_current(&self, conn: &mut Conn) -> Result<bool, DbError> {
        Ok(corrections::newest_of_set(conn, &self.set)?.1 == self.corrected)
    }
}

/// A paper laid beside its key: what is graded.
pub(in crate::app) struct Laid {
    /// The paper.
    pub paper: PaperRecord,
    /// What counts for each question, in the order of the paper.
    pub key: Vec<(Right, u32)>,
    /// The answers that stand, by the options of the bank.
    pub given: Vec<Option<Answer>>,
    subjects: Vec<String>,
    standing: Vec<GivenAnswer>,
    last_seq: i64,
    by: KeyMark,
}

/// How much of a subject was missed. Which questions is not told: sets are used again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Missed {
    /// The subject.
    pub subject: String,
    /// Questions missed.
    pub missed: u32,
    /// Questions of it on the paper.
    pub of: u32,
}

/// Right answers of question sets: a set never changes, so each is read once, and again when a key was corrected.
#[derive(Default)]
pub struct Keys(Mutex<HashMap<String, Arc<SetKey>>>);

/// The key of a set.
pub(in crate::app) struct SetKey {
    /// What counts for each question, with corrections.
    right: BTreeMap<String, Right>,
    /// Subject of each question; empty for none.
    subjects: HashMap<String, String>,
    /// Position of the last correction in it.
    corrected: i64,
}

impl SetKey {
    /// The key of questions as they stand: id, right answer and subject of each.
    pub(in crate::app) fn new(questions: impl Iterator<Item = (String, Answer, String)>) -> Self {
        let mut key = Self { right: BTreeMap::new(), subjects: HashMap::new(), corrected: 0 };
        for (id, answer, subject) in questions {
            key.subjects.insert(id.clone(), subject);
            key.right.insert(id, Right::One(answer));
        }
        key
    }
}

/// Opens a candidate's paper.
pub fn open(sealer: &Sealer, examinee: &CandidateRow) -> Result<PaperRecord, TheoryError> {
    let sealed =
        examinee.paper.clone().ok_or(TheoryError::SessionState("no paper was drawn for this ticket"))?;
    read("paper", &sealer.open("paper", &Sealed(sealed))?)
}

/// Whether a practical was drawn that follows a pass.
pub fn practical_follows(sealer: &Sealer, examinee: &CandidateRow) -> Result<bool, TheoryError> {
    let Some(sealed) = &examinee.sheets else { return Ok(false) };
    let codes: Vec<String> = read("sheets", &sealer.open("sheets", &Sealed(sealed.clone()))?)?;
    Ok(!codes.is_empty())
}

/// The paper as shown: questions in its order, options in its order.
pub fn show(conn: &mut Conn, sealer: &Sealer, paper: &PaperRecord) -> Result<ShownPaper, TheoryError> {
    let found = questions(conn, paper)?;
    compose(paper, |id| {
        let row = found.get(id).ok_or_else(|| missing(id))?;
        Ok((row.kind.clone(), body(sealer, row)?))
    })
}

/// A paper as shown, from the kind and the words of each question.
pub(in crate::app) fn compose(
    paper: &PaperRecord,
    question: impl Fn(&str) -> Result<(String, QuestionBody), TheoryError>,
) -> Result<ShownPaper, TheoryError> {
    let mut items = Vec::with_capacity(paper.items.len());
    for (position, item) in (1..).zip(&paper.items) {
        let (kind, body) = question(&item.question)?;
        let choices: Option<Vec<String>> =
            item.options.iter().map(|o| body.choices.get(*o).cloned()).collect();
        let choices = choices.ok_or_else(|| missing(&item.question))?;
        items.push(ShownItem { position, kind, title: body.title, choices, picture: body.picture });
    }
    Ok(ShownPaper { points: paper.points, items })
}

/// What can be answered at each position of a paper; it holds no question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    fields: Vec<Field>,
    late: i64,
}

/// One position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    options: usize,
    several: bool,
}

impl Sheet {
    /// That of a paper, with how many milliseconds late an answer may come in that was given in time.
    pub fn of(conn: &mut Conn, paper: &PaperRecord, late: i64) -> Result<Self, TheoryError> {
        let found = questions(conn, paper)?;
        let field = |item: &PaperItemRecord| {
            let row = found.get(&item.question).ok_or_else(|| missing(&item.question))?;
            Ok::<_, TheoryError>(Field { options: item.options.len(), several: row.kind == "multiple" })
        };
        Ok(Self { fields: paper.items.iter().map(field).collect::<Result<_, _>>()?, late })
    }

    /// How many milliseconds late an answer may come in that was given in time.
    pub const fn late(&self) -> i64 {
        self.late
    }

    /// Reads a choice for a position: letters in any order, each an option of the question, one alone where only one
    /// can be right; nothing withdraws the answer. Answers the letters sorted.
    pub fn letters(&self, position: u32, text: &str) -> Result<String, TheoryError> {
        let invalid = |why: String| TheoryError::AnswerInvalid(why);
        let field =
            usize::try_from(position).ok().and_then(|p| p.checked_sub(1)).and_then(|i| self.fields.get(i));
        let field =
            field.ok_or_else(|| invalid(format!("the paper has questions 1 to {}", self.fields.len())))?;
        if text.is_empty() {
            return Ok(String::new());
        }
        let answer = Answer::parse(text).map_err(|e| invalid(e.to_string()))?;
        if !answer.fits(field.options) {
            return Err(invalid(format!("question {position} has {} options", field.options)));
        }
        if answer.count() > 1 && !field.several {
            return Err(invalid(format!("question {position} takes one letter")));
        }
        Ok(answer.letters())
    }
}

/// Seals the letters of an answer together with the salt of the commitment to them.
pub fn seal(sealer: &Sealer, letters: &str, salt: &Salt) -> Result<String, TheoryError> {
    Ok(sealer.seal("answer", &format!("{letters}.{}", hex::encode(salt)))?.0)
}

/// The letters of a saved answer, with the salt in hexadecimal.
pub fn opened(sealer: &Sealer, row: &AnswerRow) -> Result<(String, String), TheoryError> {
    let plain = sealer.open("answer", &Sealed(row.choice.clone()))?;
    let (letters, salt) = plain.split_once('.').ok_or_else(|| DbError::corrupt("answer", "no salt"))?;
    Ok((letters.to_owned(), salt.to_owned()))
}

/// The answers that stand: the last one of each position, unless it was withdrawn.
pub fn standing(sealer: &Sealer, answers: &[AnswerRow]) -> Result<Vec<GivenAnswer>, TheoryError> {
    // Only the last of each position is opened.
    let last: BTreeMap<i32, &AnswerRow> = answers.iter().map(|a| (a.position, a)).collect();
    let mut given = Vec::with_capacity(last.len());
    for (position, row) in last {
        let (choice, _) = opened(sealer, row)?;
        if !choice.is_empty() {
            given.push(GivenAnswer { position: u32::try_from(position).unwrap_or(0), choice });
        }
    }
    Ok(given)
}

/// SHA-256 over the answers that stand.
pub fn hash(given: &[GivenAnswer]) -> String {
    let mut hasher = Sha256::new();
    for answer in given {
        hasher.update(format!("{}={}\n", answer.position, answer.choice));
    }
    hex::encode(hasher.finalize())
}

/// Points of the whole paper.
pub fn total(paper: &PaperRecord) -> u32 {
    u32::try_from(paper.items.len()).unwrap_or(u32::MAX).saturating_mul(paper.points)
}

/// Lays a paper beside its key, with every answer saved so far; letters as shown are mapped back to the bank's options.
///
/// # Errors
/// [`TheoryError`] if it cannot be read.
pub(in crate::app) fn lay(
    conn: &mut Conn,
    sealer: &Sealer,
    keys: &Keys,
    examinee: &CandidateRow,
) -> Result<Laid, TheoryError> {
    let paper = open(sealer, examinee)?;
    let answers = answers::of_ticket(conn, &examinee.ticket)?;
    let standing = standing(sealer, &answers)?;
    let of_set = keys.of(conn, sealer, &paper)?;
    let (key, given, subjects) = beside(&paper, &of_set, &standing)?;
    let by = KeyMark { set: paper.set.clone(), corrected: of_set.corrected };
    let last_seq = answers.last().map_or(0, |a| a.seq);
    Ok(Laid { paper, key, given, subjects, standing, last_seq, by })
}

/// What counts, what was given and the subject, for each question of a paper in its order.
type Beside = (Vec<(Right, u32)>, Vec<Option<Answer>>, Vec<String>);

fn beside(paper: &PaperRecord, of_set: &SetKey, standing: &[GivenAnswer]) -> Result<Beside, TheoryError> {
    let (mut key, mut given, mut subjects) = (Vec::new(), Vec::new(), Vec::new());
    for (position, item) in (1_u32..).zip(&paper.items) {
        let right = of_set.right.get(&item.question).ok_or_else(|| missing(&item.question))?;
        key.push((right.clone(), paper.points));
        subjects.push(of_set.subjects.get(&item.question).cloned().unwrap_or_default());
        let shown = standing.iter().find(|g| g.position == position).map(|g| g.choice.as_str());
        given.push(shown.and_then(|letters| in_bank_order(letters, item)));
    }
    Ok((key, given, subjects))
}

/// Grades a paper with every answer saved so far.
pub fn grade(
    conn: &mut Conn,
    sealer: &Sealer,
    keys: &Keys,
    rules: &TheoryRules,
    examinee: &CandidateRow,
) -> Result<Graded, TheoryError> {
    let laid = lay(conn, sealer, keys, examinee)?;
    let (score, missed) = marked(&laid.key, &laid.given, &laid.subjects)?;
    Ok(Graded {
        last_seq: laid.last_seq,
        answers_hash: hash(&laid.standing),
        answered: score.answered,
        points: score.points,
        total: score.total,
        passed: rules.mark().is_reached(score.points, score.total),
        missed,
        by: laid.by,
    })
}

/// What answers to a paper are worth, and in which subjects questions were missed.
pub(in crate::app) fn mark(
    paper: &PaperRecord,
    key: &SetKey,
    standing: &[GivenAnswer],
) -> Result<(grading::Score, Vec<Missed>), TheoryError> {
    let (key, given, subjects) = beside(paper, key, standing)?;
    marked(&key, &given, &subjects)
}

fn marked(
    key: &[(Right, u32)],
    given: &[Option<Answer>],
    of: &[String],
) -> Result<(grading::Score, Vec<Missed>), TheoryError> {
    let mut subjects: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (((right, _), given), subject) in key.iter().zip(given).zip(of) {
        let (missed, of) = subjects.entry(subject).or_default();
        *missed += u32::from(!right.takes(*given));
        *of += 1;
    }
    let score = grading::grade(key, given).map_err(|e| DbError::corrupt("paper", e))?;
    Ok((score, most_missed(&subjects)))
}

/// What counts for a question, by the letters that a paper shows; options may stand in another order than in the bank.
pub(in crate::app) fn right_letters(right: &Right, item: &PaperItemRecord) -> String {
    let shown = right.shown(|option| item.options.iter().position(|o| *o == option));
    shown.map(|right| right.to_string()).unwrap_or_default()
}

fn most_missed(subjects: &BTreeMap<&str, (u32, u32)>) -> Vec<Missed> {
    let named = subjects.iter().filter(|(subject, (missed, _))| !subject.is_empty() && *missed > 0);
    let mut all: Vec<Missed> = named
        .map(|(subject, (missed, of))| Missed { subject: (*subject).to_owned(), missed: *missed, of: *of })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.missed));
    all
}

/// The paper with the answers beside the right ones; for after the examination.
pub fn answered(
    conn: &mut Conn,
    sealer: &Sealer,
    examinee: &CandidateRow,
) -> Result<Vec<AnsweredItem>, TheoryError> {
    let laid = lay(conn, sealer, &Keys::default(), examinee)?;
    let shown = show(conn, sealer, &laid.paper)?;
    let mut items = Vec::with_capacity(shown.items.len());
    let graded = laid.key.iter().zip(&laid.given);
    for ((shown, item), ((right, points), given)) in
        shown.items.into_iter().zip(&laid.paper.items).zip(graded)
    {
        let points = if right.takes(*given) { *points } else { 0 };
        let right = right_letters(right, item);
        let given = laid.standing.iter().find(|given| given.position == shown.position);
        let given = given.map(|given| given.choice.clone()).unwrap_or_default();
        items.push(AnsweredItem { shown, given, right, points });
    }
    Ok(items)
}

impl Keys {
    fn of(&self, conn: &mut Conn, sealer: &Sealer, paper: &PaperRecord) -> Result<Arc<SetKey>, TheoryError> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (bank, corrected) = corrections::newest_of_set(conn, &paper.set)?;
        if let Some(key) = known().get(&paper.set)
            && key.corrected == corrected
        {
            return Ok(key.clone());
        }
        let mut all = Vec::new();
        for (id, row) in questions(conn, paper)? {
            let QuestionBody { answer, subject, .. } = body(sealer, &row)?;
            let answer = Answer::parse(&answer).map_err(|e| DbError::corrupt("question", e))?;
            all.push((id, answer, subject));
        }
        let mut key = SetKey::new(all.into_iter());
        key.corrected = corrected;
        correct(&mut key.right, corrected_keys(conn, sealer, &bank)?);
        let key = Arc::new(key);
        known().insert(paper.set.clone(), key.clone());
        Ok(key)
    }
}

/// The corrections of a bank's questions that count, in their order: question, and what counts.
///
/// # Errors
/// [`TheoryError`] if they cannot be read.
pub(in crate::app) fn corrected_keys(
    conn: &mut Conn,
    sealer: &Sealer,
    bank: &str,
) -> Result<Vec<(String, Right)>, TheoryError> {
    let mut keys = Vec::new();
    for row in corrections::approved(conn, bank)? {
        let text = sealer.open("question.key", &Sealed(row.right_key))?;
        let right = Right::parse(&text).map_err(|e| DbError::corrupt("key", e))?;
        keys.push((row.question, right));
    }
    Ok(keys)
}

/// Letters as shown on the paper, as the bank's question has them.
fn in_bank_order(letters: &str, item: &PaperItemRecord) -> Option<Answer> {
    let shown = Answer::parse(letters).ok()?;
    let bank: Option<Vec<usize>> = shown.indices().map(|i| item.options.get(i).copied()).collect();
    Answer::from_indices(bank?)
}

fn questions(conn: &mut Conn, paper: &PaperRecord) -> Result<HashMap<String, QuestionRow>, TheoryError> {
    let ids: Vec<&str> = paper.items.iter().map(|i| i.question.as_str()).collect();
    let found = rows::questions(conn, &paper.set, &ids)?;
    Ok(found.into_iter().map(|q| (q.id.clone(), q)).collect())
}

/// One question of a set's bank.
pub fn question(conn: &mut Conn, sealer: &Sealer, set: &str, id: &str) -> Result<QuestionBody, TheoryError> {
    let found = rows::questions(conn, set, &[id])?;
    body(sealer, found.first().ok_or_else(|| missing(id))?)
}

fn body(sealer: &Sealer, row: &QuestionRow) -> Result<QuestionBody, TheoryError> {
    read("question", &sealer.open("question.body", &Sealed(row.body.clone()))?)
}

fn read<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T, TheoryError> {
    serde_json::from_str(text).map_err(|e| DbError::corrupt(what, e).into())
}

fn missing(question: &str) -> TheoryError {
    DbError::corrupt("paper", format!("question {question} is not in the bank")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_as_shown_are_mapped_back_to_the_bank() {
        let item = PaperItemRecord { question: "q".into(), options: vec![2, 0, 3, 1] };
        let table = [
            ("A", Some("C")),
            ("B", Some("A")),
            ("AB", Some("AC")),
            ("ABCD", Some("ABCD")),
            ("E", None),
            ("", None),
        ];
        for (shown, bank) in table {
            assert_eq!(in_bank_order(shown, &item).map(Answer::letters).as_deref(), bank, "{shown}");
        }
    }
}
