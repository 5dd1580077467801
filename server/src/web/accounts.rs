//! Accounts: the list, a new one, one with its changes. Who audits reads them; the security administrator changes them.

use super::forms::{self, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape};
use super::parts::{Html, pages_of};
use super::qr;
use crate::app::App;
use crate::app::accounts::{
    self as cases, AccountChange, AccountError, AccountSlip, AccountView, Choice, Difference, NewAccount,
    PlaceKind,
};
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/accounts", web::get().to(list))
        .route("/accounts", web::post().to(create))
        .route("/accounts/new", web::get().to(new))
        .route("/accounts/{account}", web::get().to(show))
        .route("/accounts/{account}", web::post().to(edit))
        .route("/accounts/{account}/password", web::post().to(password))
        .route("/accounts/{account}/second-factor", web::post().to(second_factor));
}

/// Sentences of what was done.
const DONE: [&str; 3] = ["saved", "blocked", "unblocked"];

/// Accounts on one page.
const PAGE: i64 = 25;

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    role: String,
    page: Option<i64>,
}

#[derive(Deserialize)]
struct ShowQuery {
    role: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "accounts/index.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    role: String,
    lines: Vec<AccountView>,
    total: usize,
    page: i64,
    pages: i64,
    edits: bool,
}

#[derive(Template)]
#[template(path = "accounts/new.html")]
struct NewPage<'a> {
    frame: &'a Frame,
    notice: Notice,
    role: Role,
    typed: Fields,
    places: Vec<Choice>,
    once: String,
}

#[derive(Template)]
#[template(path = "accounts/account.html")]
struct AccountPage<'a> {
    frame: &'a Frame,
    notice: Notice,
    account: AccountView,
    role: Role,
    typed: Fields,
    places: Vec<Choice>,
    differences: Vec<Difference>,
    once: String,
    edits: bool,
    own: bool,
}

#[derive(Template)]
#[template(path = "accounts/slip.html")]
struct SlipPage<'a> {
    frame: &'a Frame,
    slip: AccountSlip,
    qr: Option<Html>,
}

/// Roles that people have.
fn roles() -> Vec<Role> {
    Role::all().filter(|r| !matches!(r, Role::Examinee | Role::Kiosk)).collect()
}

fn role_of(word: &str) -> Option<Role> {
    roles().into_iter().find(|r| r.word() == word)
}

impl ListPage<'_> {
    fn roles(&self) -> Vec<Role> {
        roles()
    }

    fn when(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn at(&self, page: i64) -> String {
        format!("/accounts?role={}&page={page}", self.role)
    }

    fn role_word(&self, word: &str) -> String {
        role_of(word).map_or_else(|| word.to_owned(), |r| self.frame.role(&r))
    }

    fn place(&self, line: &AccountView) -> String {
        place(self.frame, line)
    }
}

impl NewPage<'_> {
    fn typed(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }

    fn place_label(&self) -> String {
        place_label(self.frame, self.role)
    }
}

impl AccountPage<'_> {
    fn typed(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }

    fn place_label(&self) -> String {
        place_label(self.frame, self.role)
    }

    fn place(&self) -> String {
        place(self.frame, &self.account)
    }

    fn place_chosen(&self) -> &str {
        let own = match PlaceKind::of(self.role) {
            Some(PlaceKind::Point) => self.account.point.as_deref(),
            Some(PlaceKind::Staff) => self.account.staff.as_deref(),
            Some(PlaceKind::Organisation) => self.account.organisation.as_deref(),
            None => None,
        };
        self.typed.get("place").map_or_else(|| own.unwrap_or_default(), String::as_str)
    }

    fn name_typed(&self) -> &str {
        self.typed.get("display_name").map_or(&self.account.display_name, String::as_str)
    }

    fn roles(&self) -> Vec<Role> {
        roles()
    }

    fn when(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn changed_label(&self, difference: &Difference) -> String {
        self.frame.t(&format!("page-account-field-{}", difference.field.replace('_', "-")))
    }

    fn changed(&self, field: &str, value: &str) -> String {
        match field {
            "role" => role_of(value).map_or_else(|| value.to_owned(), |r| self.frame.role(&r)),
            "blocked" => self.frame.t(&format!("page-account-{value}")),
            _ if value.is_empty() => self.frame.t("page-none"),
            _ => value.to_owned(),
        }
    }

    /// Whether who administers has to be named by the identity number.
    fn asks_holder(&self) -> bool {
        self.role.administers() && !self.account.holder
    }

    /// Every record about the account, for who audits.
    fn records(&self) -> Option<String> {
        let path = format!("/events?about={}", escape(&self.account.account));
        self.frame.reads("/events").then_some(path)
    }
}

fn place(frame: &Frame, account: &AccountView) -> String {
    match (&account.place_zh, &account.place_en) {
        (Some(zh), Some(en)) => frame.pick(zh, en).to_owned(),
        _ => frame.t("page-none"),
    }
}

fn place_label(frame: &Frame, role: Role) -> String {
    frame.t(match PlaceKind::of(role) {
        Some(PlaceKind::Point) => "page-point",
        Some(PlaceKind::Staff) => "page-account-staff",
        _ => "page-account-organisation",
    })
}

/// The list; also the first page of the security administrator.
pub(super) async fn list_page(
    app: Data<App>,
    visitor: Visitor,
    role: &str,
    page: Option<i64>,
) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let mut lines = block(move || cases::list(&app)).await?;
    let total = lines.len();
    // Only a role that there is can be asked for; anything else shows everybody.
    let role = role_of(role).map(|r| r.word().to_owned()).unwrap_or_default();
    if !role.is_empty() {
        lines.retain(|line| line.role == role);
    }
    let pages = pages_of(i64::try_from(lines.len()).unwrap_or(i64::MAX), PAGE);
    let page = page.unwrap_or(1).clamp(1, pages);
    let before = usize::try_from((page - 1) * PAGE).unwrap_or(usize::MAX);
    let lines = lines.into_iter().skip(before).take(usize::try_from(PAGE).unwrap_or(usize::MAX)).collect();
    let edits = visitor.person.role == Role::SecurityAdministrator;
    let frame = &visitor.frame;
    frame.answer(StatusCode::OK, &ListPage { frame, role, lines, total, page, pages, edits })
}

async fn list(app: Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    list_page(app, visitor, &query.role, query.page).await
}

async fn new(app: Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    new_page(&app, &visitor, &query.role, Fields::default(), Notice::default()).await
}

async fn new_page(
    app: &Data<App>,
    visitor: &Visitor,
    role: &str,
    typed: Fields,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let role = role_of(role).unwrap_or(Role::PointStaff);
    let places = places(app, role).await?;
    let frame = &visitor.frame;
    let (status, once) = (notice.status(), forms::key(frame)?);
    frame.answer(status, &NewPage { frame, notice, role, typed, places, once })
}

async fn places(app: &Data<App>, role: Role) -> Result<Vec<Choice>, Problem> {
    let app = app.get_ref().clone();
    block(move || app.db.read(|conn| cases::choices(conn, role).map_err(AccountError::from))).await
}

/// The place of a form, if its field is of this kind.
fn place_of(fields: &Fields, role: &str, kind: PlaceKind) -> Option<String> {
    let fits = role_of(role).and_then(PlaceKind::of) == Some(kind);
    fields.filled("place").filter(|_| fits)
}

async fn create(app: Data<App>, visitor: Visitor, form: Form<Fields>) -> Result<HttpResponse, Problem> {
    let fields = form.0;
    let role = fields.text("role");
    let order = NewAccount {
        login: fields.text("login"),
        display_name: fields.text("display_name"),
        staff: place_of(&fields, &role, PlaceKind::Staff),
        organisation: place_of(&fields, &role, PlaceKind::Organisation),
        point: place_of(&fields, &role, PlaceKind::Point),
        holder_number: fields.filled("holder_number"),
        role: role.clone(),
    };
    let key = fields.text("once");
    let once = forms::once(&app, &visitor.person, &key, "/accounts", &forms::said(&fields))?;
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    match block(move || cases::create(&worker, &person, order, Some(once))).await {
        Ok(slip) => slip_page(&visitor.frame, slip),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            new_page(&app, &visitor, &role, fields, notice).await
        }
    }
}

/// What is told once; a reload asks for the same again and gets the same.
fn slip_page(frame: &Frame, slip: AccountSlip) -> Result<HttpResponse, Problem> {
    let qr = slip.second_factor.as_ref().and_then(|secret| {
        let uri = format!("otpauth://totp/Kaodian:{}?secret={secret}&issuer=Kaodian", escape(&slip.login));
        qr::svg(&uri, &frame.t("page-slip-qr"))
    });
    frame.answer(StatusCode::OK, &SlipPage { frame, slip, qr })
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    account: Path<String>,
    query: Query<ShowQuery>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-account-done-", &DONE, query.done.as_deref());
    account_page(&app, &visitor, (&account, None), (query.role.as_deref(), Fields::default()), notice).await
}

/// One account, with what was typed, and with what others changed since a version.
async fn account_page(
    app: &Data<App>,
    visitor: &Visitor,
    (id, since): (&str, Option<i64>),
    (role, typed): (Option<&str>, Fields),
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, wanted) = (app.get_ref().clone(), id.to_owned());
    let (account, differences) = block(move || {
        let account = cases::show(&worker, &wanted)?;
        let differences = since.map(|version| cases::changes_since(&worker, &wanted, version)).transpose()?;
        Ok::<_, AccountError>((account, differences.unwrap_or_default()))
    })
    .await?;
    let role = role.and_then(role_of).or_else(|| role_of(&account.role)).unwrap_or(Role::PointStaff);
    let frame = &visitor.frame;
    let page = AccountPage {
        places: places(app, role).await?,
        edits: visitor.person.role == Role::SecurityAdministrator,
        own: visitor.person.account == account.account,
        once: forms::key(frame)?,
        frame,
        account,
        role,
        typed,
        differences,
        notice,
    };
    frame.answer(page.notice.status(), &page)
}

async fn edit(
    app: Data<App>,
    visitor: Visitor,
    account: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let fields = form.0;
    let act = fields.text("act");
    let role = fields.filled("role");
    let word = role.clone().unwrap_or_default();
    let (change, done) = match act.as_str() {
        "block" => {
            let reason = fields.filled("reason");
            (AccountChange { blocked: Some(true), reason, ..AccountChange::default() }, "blocked")
        }
        "unblock" => (AccountChange { blocked: Some(false), ..AccountChange::default() }, "unblocked"),
        _ => {
            let change = AccountChange {
                display_name: Some(fields.text("display_name")),
                staff: place_of(&fields, &word, PlaceKind::Staff),
                organisation: place_of(&fields, &word, PlaceKind::Organisation),
                point: place_of(&fields, &word, PlaceKind::Point),
                holder_number: fields.filled("holder_number"),
                role: role.clone(),
                ..AccountChange::default()
            };
            (change, "saved")
        }
    };
    let version = fields.filled("version").and_then(|v| v.parse().ok()).unwrap_or(-1);
    let address = format!("/accounts/{}", escape(&account));
    let key = fields.text("once");
    let once = forms::once(&app, &visitor.person, &key, &address, &forms::said(&fields))?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), account.to_string());
    match block(move || cases::edit(&worker, &person, (&id, version), change, Some(once))).await {
        Ok(_) => Ok(forms::done(&address, done)),
        Err(problem) => {
            let since = (problem.code == "precondition-failed").then_some(version);
            let notice = Notice::refused(&visitor.frame, problem)?;
            account_page(&app, &visitor, (&account, since), (role.as_deref(), fields), notice).await
        }
    }
}

async fn password(
    app: Data<App>,
    visitor: Visitor,
    account: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    reset(app, visitor, &account, form.0, "password").await
}

async fn second_factor(
    app: Data<App>,
    visitor: Visitor,
    account: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    reset(app, visitor, &account, form.0, "second-factor").await
}

async fn reset(
    app: Data<App>,
    visitor: Visitor,
    account: &str,
    fields: Fields,
    what: &'static str,
) -> Result<HttpResponse, Problem> {
    let address = format!("/accounts/{}/{what}", escape(account));
    let key = fields.text("once");
    let once = forms::once(&app, &visitor.person, &key, &address, "")?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), account.to_owned());
    let outcome = block(move || match what {
        "password" => cases::reset_password(&worker, &person, &id, Some(once)),
        _ => cases::reset_second_factor(&worker, &person, &id, Some(once)),
    })
    .await;
    match outcome {
        Ok(slip) => slip_page(&visitor.frame, slip),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            account_page(&app, &visitor, (account, None), (None, Fields::default()), notice).await
        }
    }
}
