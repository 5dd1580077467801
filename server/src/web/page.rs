//! What every page has: who looks at it and in which language; and the one place that picks page or part of a page.

use super::forms;
use super::look::{Choice, Look};
use super::nav::{self, Place};
use super::parts::{Html, icon, stage_icon};
use crate::app::App;
use crate::app::auth::{self, AuthError, PERSON_SECONDS, Person};
use crate::app::overview::roster::SortBy;
use crate::app::overview::{Named, Stage};
use crate::http::access::{self, Role};
use crate::http::extract::{COOKIE, admitted, block};
use crate::http::problem::Problem;
use crate::text::{Lang, text, text_with};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use shared::language::Language;
use shared::time::{Date, Instant};
use std::future::{Ready, ready};

/// Cookie with the language.
pub const LANG_COOKIE: &str = "kd_lang";

/// Header by which our script asks for the part of a page that changes.
pub const FRAGMENT_HEADER: &str = "x-kaodian-fragment";

/// What the layout needs, and the words and formats of the page's language.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Language.
    pub lang: Lang,
    /// Light or dark, and the contrast.
    pub look: Look,
    /// Who is logged in, if anybody.
    pub person: Option<Person>,
    /// Whether the time is set by hand, as in a demo world.
    pub controlled: bool,
    /// Time by the server's clock.
    pub now: Instant,
    /// Address of this page with its query, to come back to.
    pub here: String,
    /// Seconds until the login ends.
    pub left: Option<i64>,
    /// Number of the newest event that was known before anything of this page was read.
    pub newest: i64,
    /// Key of the forms of this page; nobody who is not logged in has one.
    pub key: Option<String>,
    fragment: bool,
}

/// A person whose role the access table admits to this page.
pub struct Visitor {
    /// Who.
    pub person: Person,
    /// Frame of the page.
    pub frame: Frame,
}

/// Anybody who looks at a page that is open to all.
pub struct Guest(pub Frame);

/// A new token for the person behind this request.
struct Renewed(String);

impl FromRequest for Guest {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(Frame::of(request, None))))
    }
}

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admitted(request).map(|person| {
            let mut frame = Frame::of(request, Some(person.clone()));
            if keep_alive(request, &frame, &person) {
                frame.left = Some(PERSON_SECONDS);
            }
            Self { person, frame }
        }))
    }
}

impl Frame {
    /// The frame of a request.
    #[must_use]
    pub fn of(request: &HttpRequest, person: Option<Person>) -> Self {
        let app = request.app_data::<Data<App>>();
        let lang = request.cookie(LANG_COOKIE).and_then(|c| Lang::from_word(c.value()));
        let now = app.map_or(Instant::from_millis(0), |a| a.clock.now());
        Self {
            left: person.as_ref().map(|p| p.exp.saturating_sub(now.millis() / 1000).max(0)),
            lang: lang.unwrap_or_default(),
            look: Look::of(request),
            newest: app.map_or(0, |a| *a.db.newest().borrow()),
            key: person.as_ref().and_then(|p| forms::new_key(app?, &p.account)),
            person,
            controlled: app.is_some_and(|a| a.clock.is_controlled()),
            now,
            here: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            fragment: request.headers().contains_key(FRAGMENT_HEADER),
        }
    }

    /// Whether the access table lets whoever looks at this page read another, by the path of its row.
    #[must_use]
    pub fn reads(&self, path: &str) -> bool {
        let row = access::find(&Method::GET, path);
        self.person.as_ref().is_some_and(|p| row.is_some_and(|r| r.who.admits(p.role)))
    }

    /// Places to which whoever looks at this page goes from every page.
    #[must_use]
    pub fn places(&self) -> &'static [Place] {
        self.person.as_ref().map_or(&[], |p| nav::places(p.role))
    }

    /// Whether this page is at an address, whatever its query.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.path() == path
    }

    /// Whether this page belongs to the one at an address.
    #[must_use]
    pub fn is_under(&self, path: &str) -> bool {
        self.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }

    fn path(&self) -> &str {
        self.here.split('?').next().unwrap_or("/")
    }

    /// Answers with a page.
    ///
    /// # Errors
    /// `unavailable` if the template fails.
    pub fn answer(&self, status: StatusCode, page: &impl Template) -> Result<HttpResponse, Problem> {
        let html = page.render().map_err(|e| {
            tracing::error!(error = %e, "a page could not be rendered");
            Problem::new("unavailable", None)
        })?;
        Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
    }

    /// Whether our script asks for the part of the page that changes.
    #[must_use]
    pub const fn wants_part(&self) -> bool {
        self.fragment
    }

    /// Answers with the page, or with the part of it that changes if our script asked for that.
    ///
    /// # Errors
    /// `unavailable` if the template fails.
    pub fn answer_either(&self, page: &impl Template, part: &impl Template) -> Result<HttpResponse, Problem> {
        if self.fragment { self.answer(StatusCode::OK, part) } else { self.answer(StatusCode::OK, page) }
    }

    /// A text.
    #[must_use]
    pub fn t(&self, id: &str) -> String {
        text(self.lang, id)
    }

    /// A text with one variable.
    #[must_use]
    pub fn t1(&self, id: &str, name: &'static str, value: impl std::fmt::Display) -> String {
        text_with(self.lang, id, &[(name, &value.to_string())])
    }

    /// A text with two variables.
    #[must_use]
    pub fn t2(
        &self,
        id: &str,
        name: &'static str,
        value: impl std::fmt::Display,
        name2: &'static str,
        value2: impl std::fmt::Display,
    ) -> String {
        text_with(self.lang, id, &[(name, &value.to_string()), (name2, &value2.to_string())])
    }

    /// A text with variables.
    #[must_use]
    pub fn with(&self, id: &str, variables: &[(&'static str, String)]) -> String {
        let variables: Vec<(&'static str, &str)> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
        text_with(self.lang, id, &variables)
    }

    /// A name in the page's language.
    #[must_use]
    pub fn named<'a>(&self, name: &'a Named) -> &'a str {
        self.pick(&name.zh, &name.en)
    }

    /// What a problem says, in the page's language.
    #[must_use]
    pub fn said<'a>(&self, problem: &'a Problem) -> &'a str {
        self.pick(&problem.title, &problem.title_en)
    }

    /// Chinese or English.
    #[must_use]
    pub const fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Word of the other language, for the switch.
    #[must_use]
    pub const fn other_lang(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "en",
            Lang::En => "zh",
        }
    }

    /// Address of the switch to the other language.
    #[must_use]
    pub fn switch(&self) -> String {
        format!("/lang/{}?back={}", self.other_lang(), escape(&self.here))
    }

    /// What can be chosen of the look: with the address that chooses it, and its word.
    #[must_use]
    pub fn looks(&self) -> [(Choice, String, String); 4] {
        let back = escape(&self.here);
        self.look.choices().map(|choice| {
            let address = format!("/theme/{}?back={back}", choice.word);
            let label = self.t(&format!("page-look-{}", choice.id));
            (choice, address, label)
        })
    }

    /// A day in full: 2026年9月28日 星期一.
    #[must_use]
    pub fn date(&self, day: &Date) -> String {
        self.dated("page-date", day)
    }

    /// A day without its year: 9月28日 周一.
    #[must_use]
    pub fn short_date(&self, day: &Date) -> String {
        self.dated("page-date-short", day)
    }

    /// The clock time of an instant in China.
    #[must_use]
    pub fn time(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).time_in_china()
    }

    /// An icon.
    #[must_use]
    pub fn icon(&self, name: &'static str) -> Html {
        icon(name)
    }

    /// The icon of a stage.
    #[must_use]
    pub fn stage_icon(&self, stage: &Stage) -> Html {
        icon(stage_icon(*stage))
    }

    /// The word of a stage.
    #[must_use]
    pub fn stage(&self, stage: &Stage) -> String {
        self.t(&format!("page-stage-{}", stage.word()))
    }

    /// The word of a role.
    #[must_use]
    pub fn role(&self, role: &Role) -> String {
        self.t(&format!("page-role-{}", role.word().replace('_', "-")))
    }

    /// The word of a kind of examination.
    #[must_use]
    pub fn kind(&self, word: &str) -> String {
        self.t(&format!("page-kind-{word}"))
    }

    /// The name of a language of an examination.
    #[must_use]
    pub fn language(&self, word: &str) -> String {
        self.t(&format!("page-language-{word}"))
    }

    /// The languages in which an examination can be held beside Chinese: words and names.
    #[must_use]
    pub fn languages(&self) -> Vec<(&'static str, String)> {
        Language::ALL.iter().map(|language| (language.word(), self.language(language.word()))).collect()
    }

    /// The word of a duty.
    #[must_use]
    pub fn duty(&self, word: &str) -> String {
        self.t(&format!("page-duty-{}", word.replace('_', "-")))
    }

    /// The word of an order of the table of candidates.
    #[must_use]
    pub fn sort(&self, by: &SortBy) -> String {
        self.t(&format!("page-sort-{}", by.word()))
    }

    /// Seconds of a whole login.
    #[must_use]
    pub const fn login_seconds(&self) -> i64 {
        PERSON_SECONDS
    }

    /// Address of an asset.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        super::assets::url(name)
    }

    fn dated(&self, id: &str, day: &Date) -> String {
        let month = self.t(&format!("page-month-{}", day.month()));
        let weekday = self.t(&format!("page-weekday-{}", day.iso_weekday()));
        let variables = [
            ("year", day.year().to_string()),
            ("month", month),
            ("day", day.day().to_string()),
            ("weekday", weekday),
        ];
        self.with(id, &variables)
    }
}

/// Whether whoever asks wants to see a page.
#[must_use]
pub fn wants_html(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|a| a.contains("text/html"))
}

/// Whether our script asks for a part of a page.
#[must_use]
pub fn wants_fragment(request: &HttpRequest) -> bool {
    request.headers().contains_key(FRAGMENT_HEADER)
}

/// Who is logged in, by the cookie.
///
/// # Errors
/// `not-logged-in`.
pub async fn logged_in(request: &HttpRequest) -> Result<Person, Problem> {
    let cookie = request.cookie(COOKIE).ok_or(AuthError::Token)?;
    let app =
        request.app_data::<Data<App>>().ok_or_else(|| Problem::new("unavailable", None))?.get_ref().clone();
    let token = cookie.value().to_owned();
    block(move || auth::person_by_token(&app, &token)).await
}

/// The cookie with a person's token.
#[must_use]
pub fn session_cookie(request: &HttpRequest, token: &str) -> Cookie<'static> {
    cookie(request, COOKIE, token.to_owned()).max_age(Duration::seconds(PERSON_SECONDS)).finish()
}

/// The cookie that takes a person's token away.
#[must_use]
pub fn ended_cookie(request: &HttpRequest) -> Cookie<'static> {
    cookie(request, COOKIE, String::new()).max_age(Duration::ZERO).finish()
}

/// The cookie with the chosen language: a year.
#[must_use]
pub fn lang_cookie(request: &HttpRequest, lang: &str) -> Cookie<'static> {
    cookie(request, LANG_COOKIE, lang.to_owned()).max_age(Duration::days(365)).finish()
}

/// The cookie with a renewed token, if this request brought one about.
#[must_use]
pub fn renewed(request: &HttpRequest) -> Option<Cookie<'static>> {
    let extensions = request.extensions();
    extensions.get::<Renewed>().map(|renewed| session_cookie(request, &renewed.0))
}

/// An address on this server to go on to; anything else becomes the first page.
#[must_use]
pub fn local(address: &str) -> &str {
    let second = address.as_bytes().get(1);
    let own = address.starts_with('/') && !matches!(second, Some(b'/' | b'\\'));
    let plain = address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if own && plain { address } else { "/" }
}

/// Percent-encodes a value for a query.
#[must_use]
pub fn escape(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Goes on to an address after a form.
#[must_use]
pub(super) fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// Adds a cookie to an answer.
pub(super) fn add(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Err(error) = response.add_cookie(cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
}

/// A cookie that scripts and other sites do not get.
pub(super) fn cookie(
    request: &HttpRequest,
    name: &'static str,
    value: String,
) -> actix_web::cookie::CookieBuilder<'static> {
    let secure = request.app_config().secure();
    Cookie::build(name, value).path("/").http_only(true).secure(secure).same_site(SameSite::Strict)
}

/// Renews a token of which less than half is left, and says whether. A page that only refreshes itself is no use by a
/// person.
fn keep_alive(request: &HttpRequest, frame: &Frame, person: &Person) -> bool {
    let left = frame.left.unwrap_or(0);
    if frame.fragment || request.cookie(COOKIE).is_none() || left * 2 >= PERSON_SECONDS {
        return false;
    }
    let Some(app) = request.app_data::<Data<App>>() else { return false };
    let Ok(token) = auth::renew(app, person) else { return false };
    request.extensions_mut().insert(Renewed(token));
    true
}

/// Where the server was called, as the caller sees it.
pub fn site(request: &HttpRequest) -> String {
    let at = request.connection_info();
    format!("{}://{}", at.scheme(), at.host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_server_are_gone_on_to() {
        for (address, to) in [
            ("/", "/"),
            ("/?day=2026-09-28&point=P01", "/?day=2026-09-28&point=P01"),
            ("/candidates/20260928-0001", "/candidates/20260928-0001"),
            ("//elsewhere.example", "/"),
            ("/\\elsewhere.example", "/"),
            ("https://elsewhere.example", "/"),
            ("/a\nb", "/"),
            ("", "/"),
        ] {
            assert_eq!(local(address), to, "{address:?}");
        }
    }

    #[test]
    fn a_value_in_a_query_stays_one_value() {
        assert_eq!(escape("/?day=2026-09-28&a=考"), "/%3Fday%3D2026-09-28%26a%3D%E8%80%83");
    }
}
