//! Question banks: what each trade has, a file that is looked over and then imported, sets that are drawn and
//! published.

use super::Names;
use crate::app::App;
use crate::app::bank_desk::{self, Amounts, Checked, DeskError, MOST_SHOWN, Opening, SetsLine, TradeBanks};
use crate::app::bank_export;
use crate::app::banks::BankError;
use crate::app::once::Once;
use crate::app::overview::Named;
use crate::app::sets::{SetsError, SetsOrder, assemble, publish};
use crate::bankfile::{BankFileError, Format};
use crate::http::access::Role;
use crate::http::api::questions::attached;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Form, Notice};
use crate::web::page::{Frame, Visitor, escape, see};
use crate::web::upload::Upload;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::paper::{AssembleError, Lack};
use shared::time::Instant;

/// Rows that a sentence names.
const FEW_ROWS: usize = 12;

/// Words that the page can say after something was done.
const SAID: [&str; 4] = ["imported", "already", "assembled", "published"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/banks", web::get().to(list))
        .route("/banks/{trade}", web::get().to(show))
        .route("/banks/{trade}/check", web::post().to(check))
        .route("/banks/{trade}/import", web::post().to(import))
        .route("/banks/{trade}/sets", web::post().to(draw))
        .route("/banks/{trade}/publish/{draw}", web::post().to(put_into_force))
        .route("/banks/{trade}/export/{bank}", web::post().to(export));
}

#[derive(Template)]
#[template(path = "banks/index.html")]
struct BanksPage<'a> {
    frame: &'a Frame,
    with: Vec<TradeBanks>,
    /// Category with its trades that have none.
    without: Vec<(Named, Vec<Named>)>,
    /// Whether the visitor acts here, and so may see questions.
    acts: bool,
}

#[derive(Template)]
#[template(path = "banks/trade.html")]
struct TradePage<'a> {
    frame: &'a Frame,
    of: TradeBanks,
    openings: Vec<Opening>,
    checked: Option<Checked>,
    said: Said,
    rule_sets: Vec<String>,
    once: String,
    /// Whether who looks may change anything.
    acts: bool,
}

/// What the page says above its cards or at the file.
#[derive(Default)]
struct Said {
    notice: Notice,
    file: Option<String>,
    file_name: String,
}

#[derive(Deserialize)]
struct Asked {
    file: Option<String>,
    practice: Option<String>,
    done: Option<String>,
}

#[derive(Deserialize)]
struct ImportForm {
    once: String,
    file: String,
    #[serde(default)]
    practice: String,
}

#[derive(Deserialize)]
struct SetsForm {
    once: String,
    bank: String,
    rule_set: String,
}

#[derive(Deserialize)]
struct ExportForm {
    format: String,
}

#[derive(Deserialize)]
struct Press {
    once: String,
}

/// Words for the three types of questions with their amounts.
fn kinds(frame: &Frame, amounts: &Amounts) -> [(String, i64, i64); 3] {
    let [true_false, single, multiple] = amounts;
    [("true-false", true_false), ("single", single), ("multiple", multiple)]
        .map(|(word, amount)| (frame.t(&format!("page-banks-kind-{word}")), amount.usable, amount.all))
}

fn minute(millis: i64) -> String {
    Instant::from_millis(millis).minute_in_china()
}

/// Tone, icon and word of how sets stand.
fn state(frame: &Frame, sets: Option<&SetsLine>) -> (&'static str, &'static str, String) {
    match sets.map(|s| s.state.as_str()) {
        Some("in_force") => ("good", "check", frame.t("page-banks-sets-in-force")),
        Some("assembled") => ("warn", "clock", frame.t("page-banks-sets-assembled")),
        Some(_) => ("info", "dash", frame.t("page-banks-sets-superseded")),
        None => ("warn", "alert", frame.t("page-banks-sets-none")),
    }
}

impl BanksPage<'_> {
    fn kinds(&self, amounts: &Amounts) -> [(String, i64, i64); 3] {
        kinds(self.frame, amounts)
    }

    fn minute(&self, millis: &i64) -> String {
        minute(*millis)
    }

    fn lacking(&self) -> usize {
        self.without.iter().map(|(_, trades)| trades.len()).sum()
    }

    /// Whether some question is left out of the sets.
    fn leaves_out(&self) -> bool {
        let mut all = self.with.iter().flat_map(|t| &t.banks).flat_map(|b| &b.amounts);
        all.any(|amount| amount.usable < amount.all)
    }

    /// The sets in force, or else the newest that wait.
    fn sets<'b>(&self, of: &'b TradeBanks) -> Option<&'b SetsLine> {
        of.sets.iter().find(|s| s.state == "in_force").or_else(|| of.sets.first())
    }

    fn state(&self, of: &TradeBanks) -> (&'static str, &'static str, String) {
        state(self.frame, self.sets(of))
    }
}

impl TradePage<'_> {
    /// How many have seen each set.
    fn seen(&self, of: &SetsLine) -> String {
        let one = |(number, count): &(i32, usize)| {
            self.frame.t2("page-banks-seen-of", "number", number, "count", count)
        };
        of.seen.iter().map(one).collect::<Vec<_>>().join(" · ")
    }

    /// What a set was opened for.
    fn purpose(&self, opening: &Opening) -> String {
        self.frame.t(&format!("page-openings-{}", opening.row.purpose))
    }

    fn kinds(&self, amounts: &Amounts) -> [(String, i64, i64); 3] {
        kinds(self.frame, amounts)
    }

    fn minute(&self, millis: &i64) -> String {
        minute(*millis)
    }

    fn state(&self, sets: &SetsLine) -> (&'static str, &'static str, String) {
        state(self.frame, Some(sets))
    }

    /// Whether some question is left out of the sets.
    fn leaves_out(&self) -> bool {
        self.of.banks.iter().flat_map(|b| &b.amounts).any(|amount| amount.usable < amount.all)
    }

    fn size(&self, of: &SetsLine) -> String {
        let with = [("sets", of.sets.to_string()), ("questions", of.questions.to_string())];
        let points = ("points", of.points.to_string());
        self.frame.with("page-banks-sets-line", &[with.as_slice(), &[points]].concat())
    }

    /// Forms in which a bank can be taken: their words and what they are called.
    fn formats(&self) -> [(&'static str, String); 4] {
        Format::ALL
            .map(|format| (format.word(), self.frame.t(&format!("page-banks-format-{}", format.word()))))
    }

    fn refusal(&self, reason: &str) -> String {
        self.frame.t(&format!("page-banks-row-{}", reason.replace('_', "-")))
    }

    fn suspicion(&self, reason: &str) -> String {
        self.frame.t(&format!("page-banks-suspect-{}", reason.replace('_', "-")))
    }

    /// Numbers of rows, the first of many.
    fn rows(&self, rows: &[u32]) -> String {
        let comma = self.frame.t("page-list-comma");
        let shown: Vec<String> = rows.iter().take(FEW_ROWS).map(ToString::to_string).collect();
        let more = if rows.len() > FEW_ROWS { " …" } else { "" };
        format!("{}{more}", shown.join(&comma))
    }

    /// Rows, up to as many as are shown.
    fn first<'b, T>(&self, all: &'b [T]) -> &'b [T] {
        all.get(..MOST_SHOWN).unwrap_or(all)
    }

    fn is_cut(&self, count: usize) -> bool {
        count > MOST_SHOWN
    }
}

async fn list(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let all = block(move || bank_desk::overview(&worker, &person)).await?;
    let (with, others): (Vec<TradeBanks>, Vec<TradeBanks>) =
        all.into_iter().partition(|t| !t.banks.is_empty() || !t.practice.is_empty());
    let mut without: Vec<(Named, Vec<Named>)> = Vec::new();
    for of in others {
        match without.iter_mut().find(|(category, _)| *category == of.category) {
            Some((_, trades)) => trades.push(of.trade),
            None => without.push((of.category, vec![of.trade])),
        }
    }
    let acts = visitor.person.role == Role::CentreStaff;
    visitor.frame.answer(StatusCode::OK, &BanksPage { frame: &visitor.frame, with, without, acts })
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    trade: Path<String>,
    query: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-banks-done-", &SAID, query.done.as_deref());
    let said = Said { notice, ..Said::default() };
    let file = query.file.clone().map(|file| (file, query.practice.is_some()));
    answer(&app, &visitor, &trade, (file, said)).await
}

/// Looks a file over. What is wrong with it as a whole is said at the field; else its report has an address.
async fn check(
    app: Data<App>,
    visitor: Visitor,
    trade: Path<String>,
    upload: Upload,
) -> Result<HttpResponse, Problem> {
    let file_name = upload.name.clone();
    if upload.too_large || upload.name.is_empty() {
        let id = if upload.too_large { "page-banks-file-too-large" } else { "page-banks-file-none" };
        let file = Some(visitor.frame.t(id));
        return answer(&app, &visitor, &trade, (None, Said { file, file_name, ..Said::default() })).await;
    }
    let (worker, of) = (app.get_ref().clone(), trade.to_string());
    let practice = if upload.text("practice").is_empty() { "" } else { "&practice=yes" };
    let looked =
        block(move || placed(bank_desk::look_over(&worker, &of, &upload.name, &upload.content))).await?;
    match looked {
        Ok(file) => Ok(see(&format!("/banks/{}?file={file}{practice}#report", escape(&trade)))),
        Err(fault) => {
            let file = Some(fault.words(&visitor.frame));
            answer(&app, &visitor, &trade, (None, Said { file, file_name, ..Said::default() })).await
        }
    }
}

async fn import(
    app: Data<App>,
    visitor: Visitor,
    trade: Path<String>,
    form: Form<ImportForm>,
) -> Result<HttpResponse, Problem> {
    let ImportForm { once: key, file, practice } = form.0;
    let once =
        of_form(&app, &visitor, &key, &format!("/banks/{trade}/import"), &format!("{file}{practice}"))?;
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), trade.to_string());
    let what = !practice.is_empty();
    let outcome =
        block(move || placed(bank_desk::confirm(&worker, &person, &of, (&file, what), Some(once)))).await?;
    match outcome {
        Ok(made) => Ok(done(&trade, if made.already_there { "already" } else { "imported" })),
        Err(fault) => refuse(&app, &visitor, &trade, &fault).await,
    }
}

async fn draw(
    app: Data<App>,
    visitor: Visitor,
    trade: Path<String>,
    form: Form<SetsForm>,
) -> Result<HttpResponse, Problem> {
    let SetsForm { once: key, bank, rule_set } = form.0;
    let once = of_form(&app, &visitor, &key, &format!("/banks/{trade}/sets"), &format!("{bank} {rule_set}"))?;
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), trade.to_string());
    let order = SetsOrder { bank, rule_set: Some(rule_set) };
    let outcome =
        block(move || placed(assemble(&worker, &person, &of, order, Some(once)).map_err(DeskError::from)));
    match outcome.await? {
        Ok(_) => Ok(done(&trade, "assembled")),
        Err(fault) => refuse(&app, &visitor, &trade, &fault).await,
    }
}

async fn put_into_force(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
    press: Form<Press>,
) -> Result<HttpResponse, Problem> {
    let (trade, draw) = path.into_inner();
    let once = of_form(&app, &visitor, &press.0.once, &format!("/banks/{trade}/publish/{draw}"), "")?;
    let (worker, person, of) = (app.get_ref().clone(), visitor.person.clone(), trade.clone());
    let outcome =
        block(move || placed(publish(&worker, &person, &of, &draw, Some(once)).map_err(DeskError::from)));
    match outcome.await? {
        Ok(_) => Ok(done(&trade, "published")),
        Err(fault) => refuse(&app, &visitor, &trade, &fault).await,
    }
}

async fn export(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
    form: Form<ExportForm>,
) -> Result<HttpResponse, Problem> {
    let (_, bank) = path.into_inner();
    let (worker, person, format) = (app.get_ref().clone(), visitor.person.clone(), form.0.format);
    let file = block(move || bank_export::export(&worker, &person, &bank, &format)).await?;
    Ok(attached(file))
}

fn of_form(app: &App, visitor: &Visitor, key: &str, route: &str, said: &str) -> Result<Once, Problem> {
    forms::once(app, &visitor.person, key, route, said)
}

fn done(trade: &str, word: &str) -> HttpResponse {
    forms::done(&format!("/banks/{}", escape(trade)), word)
}

async fn refuse(
    app: &Data<App>,
    visitor: &Visitor,
    trade: &str,
    fault: &Fault,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::wrong(fault.words(&visitor.frame), StatusCode::UNPROCESSABLE_ENTITY);
    answer(app, visitor, trade, (None, Said { notice, ..Said::default() })).await
}

async fn answer(
    app: &Data<App>,
    visitor: &Visitor,
    trade: &str,
    (file, mut said): (Option<(String, bool)>, Said),
) -> Result<HttpResponse, Problem> {
    let acts = visitor.person.role == Role::CentreStaff;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), trade.to_owned());
    let (of, openings) = block(move || {
        let openings = bank_desk::openings(&worker, &id)?;
        Ok::<_, DeskError>((bank_desk::trade(&worker, &person, &id)?, openings))
    })
    .await?;
    let mut checked = None;
    if let Some((file, practice)) = file.filter(|_| acts) {
        let (worker, id) = (app.get_ref().clone(), trade.to_owned());
        match block(move || placed(bank_desk::looked_over(&worker, &id, &file, practice))).await? {
            Ok(found) => checked = Some(found),
            Err(fault) => said.file = Some(fault.words(&visitor.frame)),
        }
    }
    let status = if said.file.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { said.notice.status() };
    let rule_sets = Names::load(app).await?.rule_sets;
    let once = forms::key(&visitor.frame)?;
    let frame = &visitor.frame;
    frame.answer(status, &TradePage { frame, of, openings, checked, said, rule_sets, once, acts })
}

/// Why something is not done: a sentence with its variables.
struct Fault {
    id: String,
    with: Vec<(&'static str, String)>,
    /// Shares that the bank cannot fill; said after the sentence, one by one.
    lacks: Vec<Lack>,
}

impl Fault {
    fn new(id: &str) -> Self {
        Self { id: id.to_owned(), with: Vec::new(), lacks: Vec::new() }
    }

    fn lacking(id: &str, lacks: Vec<Lack>) -> Self {
        Self { lacks, ..Self::new(id) }
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.with.push((name, value.to_string()));
        self
    }

    fn words(&self, frame: &Frame) -> String {
        let mut words = frame.with(&self.id, &self.with);
        for Lack { share, supply } in &self.lacks {
            let part = |name: Option<String>, any: &str| name.unwrap_or_else(|| frame.t(any));
            let subject = share.subject.as_ref().map(|subject| match subject.as_str() {
                "" => frame.t("page-banks-subject-none"),
                subject => subject.to_owned(),
            });
            let difficulty = share.difficulty.map(|difficulty| match difficulty {
                0 => frame.t("page-banks-difficulty-none"),
                number => number.to_string(),
            });
            words.push_str(&frame.with(
                "page-banks-share-lacks",
                &[
                    ("kind", frame.t(&format!("page-banks-kind-{}", share.kind.word().replace('_', "-")))),
                    ("subject", part(subject, "page-banks-subject-any")),
                    ("difficulty", part(difficulty, "page-banks-difficulty-any")),
                    ("needed", supply.needed.to_string()),
                    ("available", supply.available.to_string()),
                ],
            ));
        }
        words
    }
}

/// A refusal that is said on the page; other errors stay what they are.
fn placed<T>(outcome: Result<T, DeskError>) -> Result<Result<T, Fault>, DeskError> {
    let error = match outcome {
        Ok(done) => return Ok(Ok(done)),
        Err(error) => error,
    };
    let fault = match &error {
        DeskError::TooLarge(_) => Fault::new("page-banks-file-too-large"),
        DeskError::NotKept => Fault::new("problem-bank-file-gone"),
        DeskError::Bank(BankError::FileName) => Fault::new("page-banks-file-name"),
        DeskError::Bank(BankError::Empty { read, .. }) => {
            Fault::new("page-banks-file-no-question").with("read", read)
        }
        DeskError::Bank(BankError::Unreadable(file)) => unreadable(file),
        DeskError::Bank(BankError::InForce(_)) => {
            Fault::new("problem-practice-in-force").with("detail", error.to_string())
        }
        DeskError::Sets(sets) => match of_sets(sets) {
            Some(fault) => fault,
            None => return Err(error),
        },
        _ => return Err(error),
    };
    Ok(Err(fault))
}

fn of_sets(error: &SetsError) -> Option<Fault> {
    Some(match error {
        SetsError::BankTooSmall(AssembleError::Short { true_false, single, multiple }) => {
            let part = |supply: &shared::paper::Supply| format!("{} / {}", supply.available, supply.needed);
            Fault::new("page-banks-short")
                .with("judge", part(true_false))
                .with("single", part(single))
                .with("multiple", part(multiple))
        }
        SetsError::BankTooSmall(AssembleError::Lacking(lacks)) => {
            Fault::lacking("page-banks-shares-short", lacks.clone())
        }
        SetsError::NoBlueprint(_) => Fault::new("page-banks-no-blueprint"),
        SetsError::SecondPersonNeeded => Fault::new("problem-second-person-needed"),
        SetsError::Practised(count) => Fault::new("problem-sets-practised").with("detail", count),
        SetsError::State(_) => Fault::new("page-banks-not-waiting"),
        SetsError::SetsUnknown(_) | SetsError::BankUnknown(_) => Fault::new("page-banks-not-there"),
        SetsError::World(_) => Fault::new("page-banks-rules"),
        _ => return None,
    })
}

fn unreadable(error: &BankFileError) -> Fault {
    match error {
        BankFileError::Empty => Fault::new("page-banks-file-empty"),
        BankFileError::TooLarge(_) => Fault::new("page-banks-file-too-large"),
        BankFileError::TooManyRows => {
            Fault::new("page-banks-file-rows").with("rows", crate::bankfile::MAX_ROWS)
        }
        BankFileError::OldExcel => Fault::new("page-banks-file-xls"),
        BankFileError::NotXlsx => Fault::new("page-banks-file-not-xlsx"),
        BankFileError::Encoding => Fault::new("page-banks-file-encoding"),
        BankFileError::Json(e) => {
            Fault::new("page-banks-file-json").with("line", e.line()).with("column", e.column())
        }
        BankFileError::JsonRow { row, .. } => Fault::new("page-banks-file-json-row").with("row", row),
        BankFileError::Xlsx(_) => Fault::new("page-banks-file-workbook"),
        BankFileError::Csv(e) => {
            let line = e.position().map_or(0, csv::Position::line);
            Fault::new("page-banks-file-csv").with("line", line)
        }
        BankFileError::Package(_) => Fault::new("page-banks-file-package"),
        BankFileError::NoHeads(missing) => Fault::new("page-banks-file-heads").with("missing", missing),
    }
}
