//! Pools of invigilators and examiners: the list with what stands against somebody, lists that are taken in, one member.

use crate::app::App;
use crate::app::once::Once;
use crate::app::overview::Named;
use crate::app::pools::{
    self, BarOrder, LiftOrder, Member, MemberFile, PoolError, PoolReport, Step, TieOrder, Ties, What,
};
use crate::db::world as tables;
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::poolfile::{self, Row, several};
use crate::web::forms::{self, Fields, Form, Notice};
use crate::web::page::{Frame, Visitor, escape};
use crate::web::parts::pages_of;
use crate::web::upload::Upload;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::language::Language;
use shared::time::Instant;
use std::borrow::Cow;

/// Members on one page.
const PAGE: usize = 25;

/// Refused rows that are shown.
const MOST_SHOWN: usize = 60;

/// Words that a member's page can say after something was done.
const SAID: [&str; 5] = ["changed", "barred", "lifted", "noted", "struck"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/pools", web::get().to(list))
        .route("/pools", web::post().to(import))
        .route("/pools/template.csv", web::get().to(template))
        .route("/pools/template.xlsx", web::get().to(workbook))
        .route("/pools/{member}", web::get().to(show))
        .route("/pools/{member}", web::post().to(change))
        .route("/pools/{member}/bar", web::post().to(bar))
        .route("/pools/{member}/lift", web::post().to(lift))
        .route("/pools/{member}/ties", web::post().to(tie));
}

#[derive(Default, Deserialize)]
struct Which {
    pool: Option<String>,
    can: Option<String>,
    page: Option<i64>,
}

#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "pools/index.html")]
struct PoolsPage<'a> {
    frame: &'a Frame,
    which: Which,
    /// Pools and districts that occur.
    pools: Vec<String>,
    lines: Vec<Member>,
    /// The most duties that anybody has this year.
    most: usize,
    total: i64,
    page: i64,
    pages: i64,
    report: Option<PoolReport>,
    notice: Notice,
    once: String,
    acts: bool,
}

#[derive(Template)]
#[template(path = "pools/member.html")]
struct MemberPage<'a> {
    frame: &'a Frame,
    file: MemberFile,
    organisations: Vec<Named>,
    notice: Notice,
    once: String,
    acts: bool,
}

fn rule(frame: &Frame, word: &str) -> String {
    frame.t(&format!("page-draws-rule-{}", word.replace('_', "-")))
}

impl PoolsPage<'_> {
    fn rule(&self, word: &str) -> String {
        rule(self.frame, word)
    }

    fn pool(&self) -> &str {
        self.which.pool.as_deref().unwrap_or_default()
    }

    fn can(&self) -> &str {
        self.which.can.as_deref().unwrap_or_default()
    }

    /// Width of the bar of a member's duties, of 1000.
    fn width(&self, load: &usize) -> usize {
        load * 1000 / self.most.max(1)
    }

    fn field(&self, word: &str) -> String {
        self.frame.t(&format!("page-pools-wrong-{}", word.replace('_', "-")))
    }

    fn refused<'r>(&self, report: &'r PoolReport) -> &'r [(u32, String)] {
        report.refused.get(..MOST_SHOWN).unwrap_or(&report.refused)
    }

    fn at(&self, page: i64) -> String {
        format!("?pool={}&can={}&page={page}", escape(self.pool()), escape(self.can()))
    }
}

impl MemberPage<'_> {
    fn rule(&self, word: &str) -> String {
        rule(self.frame, word)
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    /// Text of a field that may be empty.
    fn text<'t>(&self, value: &'t Option<String>) -> &'t str {
        value.as_deref().unwrap_or_default()
    }

    fn joined(&self, values: &[String]) -> String {
        values.join(", ")
    }

    fn step(&self, step: &Step) -> String {
        match &step.what {
            What::Written => self.frame.t("page-pools-written"),
            What::Barred(day, reason) => self.frame.t2("page-pools-barred", "day", day, "reason", reason),
            What::Absent(day) => self.frame.t1("page-pools-absent", "day", day),
            What::Lifted(reason) => self.frame.t1("page-pools-lifted", "reason", reason),
        }
    }

    /// Who wrote a step down; the system itself has a word of its own.
    fn by<'s>(&self, step: &'s Step) -> Cow<'s, str> {
        if step.by.starts_with("system:") {
            return Cow::Owned(self.frame.t("page-pools-system"));
        }
        Cow::Borrowed(&step.by)
    }

    fn ties(&self) -> Ties {
        Ties::of(&self.file.member.of)
    }

    /// The languages that can be asked for, and whether the member speaks them.
    fn languages(&self) -> Vec<(&'static str, String, bool)> {
        let spoken = &self.file.member.of.languages;
        let speaks = |word: &str| {
            spoken.iter().filter_map(|text| Language::from_text(text)).any(|language| language.word() == word)
        };
        self.frame.languages().into_iter().map(|(word, name)| (word, name, speaks(word))).collect()
    }

    /// The last day of a bar that holds today.
    fn barred(&self) -> Option<&str> {
        let today = self.frame.now.date_in_china().to_string();
        self.file.member.of.barred_until.as_deref().filter(|until| *until >= today.as_str())
    }

    /// Whether the member works there.
    fn is_employer(&self, id: &str) -> bool {
        self.file.member.of.employer.as_deref() == Some(id)
    }
}

async fn list(app: Data<App>, visitor: Visitor, which: Query<Which>) -> Result<HttpResponse, Problem> {
    answer(&app, &visitor, which.into_inner(), (None, Notice::default())).await
}

async fn template() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", "attachment; filename=\"pool.csv\""))
        .body(poolfile::template())
}

async fn workbook() -> Result<HttpResponse, Problem> {
    let book = poolfile::workbook().map_err(|e| Problem::new("unavailable", Some(e.to_string())))?;
    Ok(HttpResponse::Ok()
        .content_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        .insert_header(("Content-Disposition", "attachment; filename=\"pool.xlsx\""))
        .body(book))
}

async fn import(app: Data<App>, visitor: Visitor, upload: Upload) -> Result<HttpResponse, Problem> {
    let frame = &visitor.frame;
    let wrong = |id: &str| Notice::wrong(frame.t(id), StatusCode::UNPROCESSABLE_ENTITY);
    if upload.too_large || upload.name.is_empty() {
        let id = if upload.too_large { "page-banks-file-too-large" } else { "page-pools-file-none" };
        return answer(&app, &visitor, Which::default(), (None, wrong(id))).await;
    }
    let said = hex::encode(Sha256::digest(&upload.content));
    let once = forms::once(&app, &visitor.person, upload.text("once"), "/pools", &said)?;
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let outcome =
        block(move || match pools::import(&worker, &person, (&upload.name, &upload.content), once) {
            Ok(report) => Ok(Ok(report)),
            Err(PoolError::File(file)) => Ok(Err(file.to_string())),
            Err(error) => Err(error),
        });
    let (report, notice) = match outcome.await? {
        Ok(report) if report.refused.is_empty() => {
            let text = frame.t2("page-pools-taken", "added", report.added, "changed", report.changed);
            (Some(report), Notice::said(text))
        }
        Ok(report) => (Some(report), wrong("page-pools-not-taken")),
        Err(_) => (None, wrong("problem-pool-file-unreadable")),
    };
    answer(&app, &visitor, Which::default(), (report, notice)).await
}

async fn answer(
    app: &Data<App>,
    visitor: &Visitor,
    which: Which,
    (report, notice): (Option<PoolReport>, Notice),
) -> Result<HttpResponse, Problem> {
    let worker = app.get_ref().clone();
    let all = block(move || pools::members(&worker)).await?;
    let of = |member: &Member| member.of.pool.clone().unwrap_or_else(|| member.of.district.clone());
    let mut found: Vec<String> = all.iter().map(of).collect();
    found.sort();
    found.dedup();
    let most = all.iter().map(|member| member.load).max().unwrap_or(0);
    let wanted = which.pool.clone().filter(|p| !p.is_empty());
    let can = which.can.clone().unwrap_or_default();
    let shown = all.into_iter().filter(|member| {
        wanted.as_ref().is_none_or(|pool| of(member) == *pool)
            && match can.as_str() {
                "yes" => member.against.is_empty(),
                "no" => !member.against.is_empty(),
                _ => true,
            }
    });
    let shown: Vec<Member> = shown.collect();
    let total = i64::try_from(shown.len()).unwrap_or(i64::MAX);
    let page = which.page.unwrap_or(1).clamp(1, 100_000);
    let skip = usize::try_from(page - 1).unwrap_or(0).saturating_mul(PAGE);
    let view = PoolsPage {
        frame: &visitor.frame,
        pools: found,
        lines: shown.into_iter().skip(skip).take(PAGE).collect(),
        most,
        total,
        page,
        pages: pages_of(total, i64::try_from(PAGE).unwrap_or(1)),
        report,
        notice,
        once: forms::key(&visitor.frame)?,
        acts: visitor.person.role == Role::CentreStaff,
        which,
    };
    visitor.frame.answer(view.notice.status(), &view)
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    member: Path<String>,
    done: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-pools-done-", &SAID, done.done.as_deref());
    one(&app, &visitor, &member, notice).await
}

async fn change(
    app: Data<App>,
    visitor: Visitor,
    member: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let fields = form.0;
    let address = format!("/pools/{}", escape(&member));
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &address, &forms::said(&fields))?;
    let languages = Language::ALL.map(Language::word).into_iter();
    let spoken = languages.filter(|word| fields.contains_key(&format!("language-{word}")));
    let row = Row {
        code: member.to_string(),
        name: fields.text("name"),
        employer: fields.text("employer"),
        taught_at: several(&fields.text("taught_at")),
        pool: fields.text("pool"),
        district: fields.text("district"),
        invigilator_until: fields.text("invigilator_until"),
        examiner_until: fields.text("examiner_until"),
        categories: several(&fields.text("categories")),
        languages: spoken.map(str::to_owned).collect(),
        unavailable: several(&fields.text("unavailable")),
        conflicts_complete: fields.text("conflicts_complete") == "yes",
        ..Row::default()
    };
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let outcome = block(move || placed(pools::change(&worker, &person, row, once))).await?;
    said(&app, &visitor, &member, (outcome, "changed")).await
}

async fn bar(
    app: Data<App>,
    visitor: Visitor,
    member: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (once, code) = once_of(&app, &visitor, &member, ("bar", &form.0))?;
    let order = BarOrder { until: form.0.text("until"), reason: form.0.text("reason") };
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let outcome = block(move || placed(pools::bar(&worker, &person, &code, order, Some(once)))).await?;
    said(&app, &visitor, &member, (outcome, "barred")).await
}

async fn lift(
    app: Data<App>,
    visitor: Visitor,
    member: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (once, code) = once_of(&app, &visitor, &member, ("lift", &form.0))?;
    let order = LiftOrder { reason: form.0.text("reason") };
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let outcome = block(move || placed(pools::lift(&worker, &person, &code, order, Some(once)))).await?;
    said(&app, &visitor, &member, (outcome, "lifted")).await
}

async fn tie(
    app: Data<App>,
    visitor: Visitor,
    member: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (once, code) = once_of(&app, &visitor, &member, ("ties", &form.0))?;
    let strike = form.0.text("act") == "strike";
    let order = TieOrder { tie: form.0.text("tie"), id_number: form.0.text("id_number"), strike };
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let work = move || placed(pools::tie(&worker, &person, &code, order, Some(once)).map(drop));
    let outcome = block(work).await?;
    said(&app, &visitor, &member, (outcome, if strike { "struck" } else { "noted" })).await
}

/// The key of a form about a member, and the member's code.
fn once_of(
    app: &App,
    visitor: &Visitor,
    member: &str,
    (step, fields): (&str, &Fields),
) -> Result<(Once, String), Problem> {
    let address = format!("/pools/{}/{step}", escape(member));
    let once = forms::once(app, &visitor.person, &fields.text("once"), &address, &forms::said(fields))?;
    Ok((once, member.to_owned()))
}

/// The word of a field that cannot be used; other errors stay what they are.
fn placed(outcome: Result<(), PoolError>) -> Result<Option<&'static str>, PoolError> {
    match outcome {
        Ok(()) => Ok(None),
        Err(PoolError::Field(field)) => Ok(Some(field)),
        Err(PoolError::NotBarred) => Ok(Some("not_barred")),
        Err(error) => Err(error),
    }
}

async fn said(
    app: &Data<App>,
    visitor: &Visitor,
    member: &str,
    (wrong, word): (Option<&'static str>, &str),
) -> Result<HttpResponse, Problem> {
    let Some(field) = wrong else {
        return Ok(forms::done(&format!("/pools/{}", escape(member)), word));
    };
    let text = visitor.frame.t(&format!("page-pools-wrong-{}", field.replace('_', "-")));
    one(app, visitor, member, Notice::wrong(text, StatusCode::UNPROCESSABLE_ENTITY)).await
}

async fn one(
    app: &Data<App>,
    visitor: &Visitor,
    member: &str,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, code) = (app.get_ref().clone(), member.to_owned());
    let (file, organisations) = block(move || {
        let file = pools::file(&worker, &code)?;
        Ok::<_, PoolError>((file, worker.db.read(tables::organisations)?))
    })
    .await?;
    let organisations =
        organisations.into_iter().map(|o| Named { id: o.id, zh: o.name_zh, en: o.name_en }).collect();
    let (frame, once) = (&visitor.frame, forms::key(&visitor.frame)?);
    let acts = visitor.person.role == Role::CentreStaff;
    frame.answer(notice.status(), &MemberPage { frame, file, organisations, notice, once, acts })
}
