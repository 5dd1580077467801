//! Questions of a bank: a list to look through, one with its versions side by side, and the form to write one.

use super::corrections;
use crate::app::App;
use crate::app::once::Once;
use crate::app::questions::{
    self, Asked, KeptPicture, QuestionError, QuestionFile, QuestionList, Review, State, Version, Written,
};
use crate::app::regrade::{self, CorrectionLine};
use crate::bankfile::{data_address, picture};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Fields, Form, Notice};
use crate::web::page::{Frame, Visitor, escape};
use crate::web::upload::Upload;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::bank::{Question, QuestionType, RefusalReason};
use shared::time::Instant;

/// Words that the page can say after something was done.
const SAID: [&str; 3] = ["written", "approved", "rejected"];

/// Options that the form has room for.
const OPTIONS: usize = 8;

const KINDS: [QuestionType; 3] = [QuestionType::TrueFalse, QuestionType::Single, QuestionType::Multiple];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/banks/{bank}/questions", web::get().to(list))
        .route("/banks/{bank}/questions", web::post().to(write))
        .route("/banks/{bank}/questions/new", web::get().to(new))
        .route("/banks/{bank}/questions/{question}", web::get().to(show))
        .route("/banks/{bank}/questions/{question}/change", web::get().to(change))
        .route("/banks/{bank}/questions/{question}/review", web::post().to(review))
        .route("/banks/{bank}/questions/{question}/picture", web::get().to(picture_of));
}

#[derive(Deserialize)]
struct Which {
    kind: Option<String>,
    subject: Option<String>,
    state: Option<String>,
    text: Option<String>,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "banks/questions.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    asked: Asked,
    of: QuestionList,
    page: usize,
    pages: usize,
}

#[derive(Template)]
#[template(path = "banks/question.html")]
struct QuestionPage<'a> {
    frame: &'a Frame,
    of: QuestionFile,
    /// Corrections of the version that was asked for, and whether another may be proposed.
    corrections: (Vec<CorrectionLine>, bool),
    notice: Notice,
    once: String,
}

#[derive(Template)]
#[template(path = "banks/write.html")]
struct WritePage<'a> {
    frame: &'a Frame,
    bank: String,
    written: Written,
    preview: Option<Question>,
    /// Its picture as a `data:` address: nothing of it is to be had from elsewhere yet.
    shown: Option<String>,
    wrong: Option<String>,
    once: String,
}

fn kind_word(frame: &Frame, kind: QuestionType) -> String {
    frame.t(&format!("page-banks-kind-{}", kind.word().replace('_', "-")))
}

/// Tone, icon and word of how a question stands.
fn state_word(frame: &Frame, state: State) -> (&'static str, &'static str, String) {
    let (tone, icon) = match state {
        State::Imported | State::Approved => ("good", "check"),
        State::Waiting => ("warn", "clock"),
        State::Suspect => ("warn", "alert"),
        State::Rejected => ("bad", "cross"),
        State::Superseded => ("info", "dash"),
    };
    (tone, icon, frame.t(&format!("page-questions-state-{}", state.word())))
}

/// Options with their letters; whether it is a right one.
fn lettered(question: &Question) -> Vec<(char, &str, bool)> {
    let letters = ('A'..='Z').zip(question.choices()).enumerate();
    letters.map(|(at, (letter, text))| (letter, text.as_str(), question.answer().contains(at))).collect()
}

impl ListPage<'_> {
    fn kinds(&self) -> [(&'static str, String, bool); 3] {
        KINDS.map(|kind| (kind.word(), kind_word(self.frame, kind), self.asked.kind == Some(kind)))
    }

    fn states(&self) -> [(&'static str, String, bool); 6] {
        State::ALL.map(|s| (s.word(), state_word(self.frame, s).2, self.asked.state == Some(s)))
    }

    fn state(&self, state: &State) -> (&'static str, &'static str, String) {
        state_word(self.frame, *state)
    }

    fn kind(&self, question: &Question) -> String {
        kind_word(self.frame, question.kind())
    }

    fn is_subject(&self, subject: &str) -> bool {
        self.asked.subject.as_deref() == Some(subject)
    }

    fn at(&self, page: usize) -> String {
        let Asked { kind, subject, state, text, .. } = &self.asked;
        format!(
            "?kind={}&subject={}&state={}&text={}&page={page}",
            kind.map_or("", QuestionType::word),
            escape(subject.as_deref().unwrap_or_default()),
            state.map_or("", State::word),
            escape(text),
        )
    }
}

impl QuestionPage<'_> {
    fn state(&self, state: &State) -> (&'static str, &'static str, String) {
        state_word(self.frame, *state)
    }

    fn kind(&self, question: &Question) -> String {
        kind_word(self.frame, question.kind())
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn lettered<'q>(&self, question: &'q Question) -> Vec<(char, &'q str, bool)> {
        lettered(question)
    }

    fn difficulty(&self, question: &Question) -> Option<u8> {
        question.tags().difficulty.map(|d| d.number())
    }

    /// Whether this version is the one that was asked for.
    fn is_asked(&self, at: &usize) -> bool {
        *at == self.of.at
    }

    /// The version that was asked for.
    fn asked(&self) -> Option<&Version> {
        self.of.versions.get(self.of.at)
    }

    fn correction(&self, line: &CorrectionLine) -> (&'static str, &'static str, String) {
        corrections::state(self.frame, line)
    }

    /// The version that waits for a second person.
    fn waiting(&self) -> Option<&Version> {
        self.of.versions.iter().find(|version| version.state == State::Waiting)
    }

    /// Whether a part of a version differs from the one before it.
    fn differs(&self, at: &usize, part: &str) -> bool {
        let (Some(before), Some(version)) =
            (at.checked_sub(1).and_then(|before| self.of.versions.get(before)), self.of.versions.get(*at))
        else {
            return false;
        };
        let (old, new) = (&before.question, &version.question);
        match part {
            "title" => {
                old.title() != new.title() || old.kind() != new.kind() || old.picture() != new.picture()
            }
            "options" => old.choices() != new.choices() || old.answer() != new.answer(),
            "reason" => old.reason() != new.reason(),
            "subject" => old.subject() != new.subject(),
            "key_point" => old.tags().key_point != new.tags().key_point,
            _ => old.tags().difficulty != new.tags().difficulty,
        }
    }
}

impl WritePage<'_> {
    fn kinds(&self) -> [(&'static str, String, bool); 3] {
        KINDS.map(|kind| (kind.word(), kind_word(self.frame, kind), self.written.kind == kind.word()))
    }

    /// Letter, text and whether it is right, as many as there is room for.
    fn options(&self) -> Vec<(char, &str, bool)> {
        let room = self.written.options.len().max(OPTIONS);
        let letters = ('A'..='Z').take(room).enumerate();
        letters
            .map(|(at, letter)| {
                let text = self.written.options.get(at).map_or("", String::as_str);
                (letter, text, self.written.right.contains(letter))
            })
            .collect()
    }

    fn lettered<'q>(&self, question: &'q Question) -> Vec<(char, &'q str, bool)> {
        lettered(question)
    }

    fn is_difficulty(&self, number: &u8) -> bool {
        self.written.difficulty == number.to_string()
    }

    fn input(&self, question: &Question) -> &'static str {
        if question.kind() == QuestionType::Multiple { "checkbox" } else { "radio" }
    }
}

async fn list(
    app: Data<App>,
    visitor: Visitor,
    bank: Path<String>,
    which: Query<Which>,
) -> Result<HttpResponse, Problem> {
    let which = which.into_inner();
    let asked = Asked {
        kind: which.kind.as_deref().and_then(QuestionType::from_word),
        subject: which.subject.filter(|subject| !subject.is_empty()),
        state: State::ALL.into_iter().find(|state| Some(state.word()) == which.state.as_deref()),
        text: which.text.unwrap_or_default(),
        page: which.page.unwrap_or(1),
    };
    let (worker, person, wanted) = (app.get_ref().clone(), visitor.person.clone(), asked.clone());
    let of = block(move || questions::list(&worker, &person, &bank, &wanted)).await?;
    let (page, pages) = (of.page, of.pages);
    visitor.frame.answer(StatusCode::OK, &ListPage { frame: &visitor.frame, asked, of, page, pages })
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
    done: Query<forms::Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-questions-done-", &SAID, done.done.as_deref());
    one(&app, &visitor, &path, notice).await
}

pub(super) async fn one(
    app: &Data<App>,
    visitor: &Visitor,
    path: &(String, String),
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, person, (bank, id)) = (app.get_ref().clone(), visitor.person.clone(), path.clone());
    let of = block(move || questions::show(&worker, &person, &bank, &id)).await?;
    let (worker, (bank, id)) = (app.get_ref().clone(), path.clone());
    let corrections = block(move || regrade::of_question(&worker, (&bank, &id))).await?;
    let once = forms::key(&visitor.frame)?;
    let status = notice.status();
    visitor.frame.answer(status, &QuestionPage { frame: &visitor.frame, of, corrections, notice, once })
}

async fn picture_of(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (worker, (bank, id)) = (app.get_ref().clone(), path.into_inner());
    let content = block(move || questions::picture(&worker, &bank, &id)).await?;
    let kind = picture::kept_kind(&content).media_type();
    Ok(HttpResponse::Ok().content_type(kind).insert_header(("cache-control", "no-store")).body(content))
}

async fn new(visitor: Visitor, bank: Path<String>) -> Result<HttpResponse, Problem> {
    let written = Written { kind: QuestionType::Single.word().to_owned(), ..Written::default() };
    form(&visitor, bank.into_inner(), written, None)
}

async fn change(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (worker, person, (bank, id)) = (app.get_ref().clone(), visitor.person.clone(), path.into_inner());
    let of_bank = bank.clone();
    let written = block(move || {
        let of = questions::show(&worker, &person, &of_bank, &id)?;
        let version = of.versions.get(of.at).ok_or(QuestionError::QuestionUnknown(id))?;
        Ok::<_, QuestionError>(typed(&worker, version))
    });
    form(&visitor, bank, written.await?, None)
}

/// A version as the form has it.
fn typed(app: &App, version: &Version) -> Written {
    let question = &version.question;
    let tags = question.tags().clone();
    Written {
        kind: question.kind().word().to_owned(),
        title: question.title().to_owned(),
        options: question.choices().to_vec(),
        right: question.answer().letters(),
        reason: tags.reason,
        subject: tags.subject,
        key_point: tags.key_point,
        difficulty: tags.difficulty.map(|d| d.number().to_string()).unwrap_or_default(),
        picture: questions::picture_kept(app, question),
        supersedes: Some(version.id.clone()),
    }
}

fn form(
    visitor: &Visitor,
    bank: String,
    written: Written,
    outcome: Option<Result<(Question, Option<String>), String>>,
) -> Result<HttpResponse, Problem> {
    let (preview, wrong) = match outcome {
        Some(Ok(preview)) => (Some(preview), None),
        Some(Err(words)) => (None, Some(words)),
        None => (None, None),
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (preview, shown) = preview.map_or((None, None), |(question, shown)| (Some(question), shown));
    let (once, frame) = (forms::key(&visitor.frame)?, &visitor.frame);
    frame.answer(status, &WritePage { frame, bank, written, preview, shown, wrong, once })
}

async fn write(
    app: Data<App>,
    visitor: Visitor,
    bank: Path<String>,
    upload: Upload,
) -> Result<HttpResponse, Problem> {
    let bank = bank.into_inner();
    let mut written = read(&upload);
    let (saves, address) = (upload.text("act") == "save", format!("/banks/{}/questions", escape(&bank)));
    let key = upload.text("once").to_owned();
    let too_large = upload.too_large;
    let sent = (!upload.name.is_empty()).then_some(upload.content);
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), bank.clone());
    if too_large {
        let words = refusal(&visitor.frame, RefusalReason::PictureUnreadable);
        return form(&visitor, bank, written, Some(Err(words)));
    }
    let once = if saves { Some(once(&app, &visitor, &key, &address, &said(&written))?) } else { None };
    let (written, outcome) = block(move || {
        let outcome = step(&worker, &person, &of, (&mut written, sent), once);
        match outcome {
            Ok(step) => Ok((written, Ok(step))),
            Err(error) if is_said(&error) => Ok((written, Err(error))),
            Err(error) => Err(error),
        }
    })
    .await?;
    match outcome {
        Ok(Step::Saved(question)) => Ok(forms::done(&format!("{address}/{question}"), "written")),
        Ok(Step::Preview(question, shown)) => form(&visitor, bank, written, Some(Ok((question, shown)))),
        Err(error) => {
            let words = words(&visitor.frame, &error);
            form(&visitor, bank, written, Some(Err(words)))
        }
    }
}

/// What became of the form.
enum Step {
    Preview(Question, Option<String>),
    Saved(String),
}

fn step(
    app: &App,
    person: &crate::app::auth::Person,
    bank: &str,
    (written, sent): (&mut Written, Option<Vec<u8>>),
    once: Option<Once>,
) -> Result<Step, QuestionError> {
    if let Some(content) = sent {
        written.picture = Some(questions::keep_picture(app, &content)?);
    }
    match once {
        None => {
            let question = questions::preview(app, written)?;
            let picture = question.picture().map(|name| app.blobs.load(name)).transpose()?;
            Ok(Step::Preview(question, picture.map(|content| data_address(&content))))
        }
        Some(once) => Ok(Step::Saved(questions::write(app, person, bank, written, Some(once))?.question)),
    }
}

fn read(upload: &Upload) -> Written {
    let field = |name: &str| upload.text(name).trim().to_owned();
    let letters = || 'A'..='Z';
    let mut options: Vec<String> = letters().map(|letter| field(&format!("option-{letter}"))).collect();
    while options.last().is_some_and(String::is_empty) {
        options.pop();
    }
    let right = letters().filter(|letter| !upload.text(&format!("right-{letter}")).is_empty()).collect();
    let kept = KeptPicture { name: field("picture"), mark: field("picture-mark") };
    let dropped = !upload.text("no-picture").is_empty();
    Written {
        kind: field("kind"),
        title: field("title"),
        options,
        right,
        reason: field("reason"),
        subject: field("subject"),
        key_point: field("key-point"),
        difficulty: field("difficulty"),
        picture: Some(kept).filter(|kept| !kept.name.is_empty() && !dropped),
        supersedes: Some(field("supersedes")).filter(|id| !id.is_empty()),
    }
}

/// What decides whether two forms are the same.
fn said(written: &Written) -> String {
    hex::encode(Sha256::digest(format!("{written:?}")))
}

async fn review(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
    fields: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let text = |name: &str| fields.0.get(name).map(|t| t.trim().to_owned()).unwrap_or_default();
    let approved = match text("verdict").as_str() {
        "approved" => true,
        "rejected" => false,
        _ => return Err(Problem::new("body-unreadable", None)),
    };
    let (bank, id) = path.into_inner();
    let address = format!("/banks/{}/questions/{}", escape(&bank), escape(&id));
    let route = format!("{address}/review");
    let once = once(&app, &visitor, &text("once"), &route, &forms::said(&fields.0))?;
    let (worker, person, place) = (app.get_ref().clone(), visitor.person.clone(), (bank.clone(), id.clone()));
    let review = Review { approved, reason: text("reason") };
    let outcome =
        block(move || match questions::review(&worker, &person, (&place.0, &place.1), &review, Some(once)) {
            Ok(done) => Ok(Ok(done)),
            Err(error) if is_said(&error) => Ok(Err(error)),
            Err(error) => Err(error),
        });
    match outcome.await? {
        Ok(done) => Ok(forms::done(&address, &done.state)),
        Err(error) => {
            let notice = Notice::wrong(words(&visitor.frame, &error), StatusCode::UNPROCESSABLE_ENTITY);
            one(&app, &visitor, &(bank, id), notice).await
        }
    }
}

fn once(app: &App, visitor: &Visitor, key: &str, route: &str, said: &str) -> Result<Once, Problem> {
    forms::once(app, &visitor.person, key, route, said)
}

/// Whether a refusal is said on the page where the form stands.
const fn is_said(error: &QuestionError) -> bool {
    !matches!(
        error,
        QuestionError::BankUnknown(_)
            | QuestionError::QuestionUnknown(_)
            | QuestionError::Once(_)
            | QuestionError::Db(_)
            | QuestionError::Seal(_)
            | QuestionError::Blob(_)
    )
}

fn words(frame: &Frame, error: &QuestionError) -> String {
    match error {
        QuestionError::Refused(reason) => refusal(frame, *reason),
        QuestionError::Suspect(reason) => {
            frame.t(&format!("page-questions-suspect-{}", reason.word().replace('_', "-")))
        }
        QuestionError::Known(id) => frame.t1("page-questions-known", "id", id),
        QuestionError::State(_) => frame.t("page-questions-not-now"),
        QuestionError::Waits(id) => frame.t1("page-questions-waits", "id", id),
        QuestionError::Own => frame.t("page-questions-own"),
        _ => frame.t1("page-questions-remark", "most", questions::MAX_REMARK),
    }
}

fn refusal(frame: &Frame, reason: RefusalReason) -> String {
    frame.t(&format!("page-banks-row-{}", reason.word().replace('_', "-")))
}
