//! Facts about people, question banks and draws.

use super::Sealed;
use serde::{Deserialize, Serialize};
use shared::bank::{Answer, Difficulty, Draft, Question, QuestionType, RefusalReason, Tags};

/// A person became known. One row a person for life.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonRegistered {
    /// Person id.
    pub person: String,
    /// Keyed hash of the identity number.
    pub id_index: String,
    /// Identity number.
    pub id_number: Sealed,
    /// Name.
    pub name: Sealed,
    /// Telephone.
    pub phone: Option<Sealed>,
}

/// A person applied for a trade.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegistrationAdded {
    /// Registration id.
    pub registration: String,
    /// Person id.
    pub person: String,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub exam_kind: String,
    /// Training institution.
    pub institution: String,
    /// Employer, if any.
    pub employer: Option<String>,
    /// `primary`, `junior`, `senior` or `college`.
    pub education: String,
    /// Theory hours reached.
    pub theory_hours: u32,
    /// Practical hours reached.
    pub practical_hours: u32,
    /// Whether the health promise is signed.
    pub health_promise: bool,
    /// Day of the application, `YYYY-MM-DD`.
    pub applied_on: String,
    /// Day of first issue of the certificate under review or renewal, `YYYY-MM-DD`.
    #[serde(default)]
    pub first_issued_on: Option<String>,
    /// Portrait: SHA-256 of the JPEG; the file is encrypted.
    pub portrait: String,
}

/// Somebody read personal data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonalDataRead {
    /// Person, ticket or certificate whose data it was.
    pub subject: String,
    /// What was read: `id_number`, `name`, `portrait`, `capture`, `ticket`, `certificate`.
    pub what: String,
}

/// A question bank was imported.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BankImported {
    /// Bank id.
    pub bank: String,
    /// Trade id.
    pub trade: String,
    /// Name of the file.
    pub file_name: String,
    /// SHA-256 of the file, hexadecimal.
    pub file_hash: String,
    /// Rows read.
    pub read: u32,
    /// The report as JSON, in the form of `import-bank --report json`.
    pub report: String,
    /// Questions that were accepted.
    pub questions: Vec<QuestionRecord>,
    /// Whether it is for practising: everybody reads its questions with their answers, and no set is drawn from it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub practice: bool,
}

/// A question of a bank.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuestionRecord {
    /// Question id: the first 24 hexadecimal digits of its digest.
    pub id: String,
    /// Row in the file.
    pub row: u32,
    /// `true_false`, `single` or `multiple`.
    pub question_kind: String,
    /// False where the report suspects the question, so that no set takes it.
    pub usable: bool,
    /// [`QuestionBody`] as JSON.
    pub body: Sealed,
}

/// What a question says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionBody {
    /// Text.
    pub title: String,
    /// Options in order.
    pub choices: Vec<String>,
    /// Letters of the right options, sorted.
    pub answer: String,
    /// Why.
    pub reason: String,
    /// Subject.
    pub subject: String,
    /// What of it is examined.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key_point: String,
    /// Difficulty from 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<u8>,
    /// The picture that belongs to the text: SHA-256 of its file, which is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

impl QuestionBody {
    /// What a question says.
    #[must_use]
    pub fn of(question: &Question) -> Self {
        let tags = question.tags().clone();
        Self {
            title: question.title().to_owned(),
            choices: question.choices().to_vec(),
            answer: question.answer().letters(),
            reason: tags.reason,
            subject: tags.subject,
            key_point: tags.key_point,
            difficulty: tags.difficulty.map(Difficulty::number),
            picture: question.picture().map(str::to_owned),
        }
    }

    /// The question of a type that says this.
    ///
    /// # Errors
    /// [`RefusalReason`] if it is none.
    pub fn question(self, kind: QuestionType) -> Result<Question, RefusalReason> {
        let tags = Tags {
            reason: self.reason,
            subject: self.subject,
            key_point: self.key_point,
            difficulty: self.difficulty.and_then(Difficulty::new),
        };
        let answer = Answer::parse(&self.answer).map_err(|_| RefusalReason::AnswerUnreadable)?;
        let (title, choices, picture) = (self.title, self.choices, self.picture);
        Question::new(Draft { kind, title, choices, answer, tags, picture })
    }
}

/// Somebody read questions of a bank with their answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuestionsRead {
    /// Bank id.
    pub bank: String,
    /// What for: `export_xlsx`, `export_qti3`, `export_json`, `export_csv`, `list`, `question`.
    pub what: String,
    /// The question, where one alone was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// How many were read.
    pub count: u32,
}

/// A question was written on a page: a new one, or a new version of one. Its author is who did it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuestionWritten {
    /// Bank id.
    pub bank: String,
    /// Question id, once in the bank.
    pub question: String,
    /// The question whose place it takes once it is approved.
    pub supersedes: Option<String>,
    /// `true_false`, `single` or `multiple`.
    pub question_kind: String,
    /// [`QuestionBody`] as JSON.
    pub body: Sealed,
}

/// A second person said whether sets may take a question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuestionReviewed {
    /// Bank id.
    pub bank: String,
    /// Question id.
    pub question: String,
    /// `approved` or `rejected`.
    pub verdict: String,
    /// Why.
    pub reason: Sealed,
}

/// Question sets were assembled from a bank by a recorded draw.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetsAssembled {
    /// Trade id.
    pub trade: String,
    /// Bank id.
    pub bank: String,
    /// Draw id.
    pub draw: String,
    /// Points of each question.
    pub points: u32,
    /// The sets.
    pub sets: Vec<SetRecord>,
}

/// One question set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetRecord {
    /// Set id.
    pub id: String,
    /// Number from 1.
    pub number: u32,
    /// Question ids in order, as a JSON array.
    pub questions: Sealed,
}

/// Question sets were reviewed by a second person and are in force; those before them are not any more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetsPublished {
    /// Trade id.
    pub trade: String,
    /// Draw by which they were assembled.
    pub draw: String,
}

/// Question sets were opened: somebody, or the server for somebody, read which questions they ask.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetOpened {
    /// Ids of the sets.
    pub sets: Vec<String>,
    /// The session for which they were opened, if for one.
    pub session: Option<String>,
    /// What for: `papers` (papers of a session were drawn), `release` (a room was released, its examinees may read),
    /// `statistics` (somebody looked at the questions set by set), `regrading` (papers were graded again),
    /// `review` (somebody read a paper of it beside its answers).
    pub purpose: String,
}
