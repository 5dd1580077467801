//! Duties after their draw: one's own on a phone, everybody's of a day, and what is done with the posts of a session.

use super::forms::{self, Done, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape};
use super::{room, station};
use crate::app::App;
use crate::app::assign;
use crate::app::duties::{
    self as cases, AnswerOrder, Change, DayDuties, DecideOrder, MyDuty, PostState, SessionPosts, SwapOrder,
};
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::{Date, Instant};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/duties", web::get().to(day))
        .route("/duties/answer", web::post().to(answer))
        .route("/sessions/{session}/posts", web::get().to(posts))
        .route("/sessions/{session}/posts/{post}/absent", web::post().to(absent))
        .route("/sessions/{session}/supplement", web::post().to(supplement))
        .route("/sessions/{session}/swaps", web::post().to(propose))
        .route("/sessions/{session}/swaps/{swap}", web::post().to(decide));
}

#[derive(Template)]
#[template(path = "duties/mine.html")]
struct MinePage<'a> {
    frame: &'a Frame,
    name: &'a str,
    role: Role,
    duties: Vec<MyDuty>,
    once: String,
    notice: Notice,
}

#[derive(Template)]
#[template(path = "duties/day.html")]
struct DayPage<'a> {
    frame: &'a Frame,
    day: Date,
    duties: DayDuties,
}

#[derive(Template)]
#[template(path = "duties/posts.html")]
struct PostsPage<'a> {
    frame: &'a Frame,
    session: &'a str,
    account: &'a str,
    posts: SessionPosts,
    acts: bool,
    /// Whether open posts can be filled from here.
    draws: bool,
    once: String,
    notice: Notice,
}

#[derive(Deserialize)]
struct WhichDay {
    day: Option<String>,
}

/// Words of what was done with one's own duties, and with the posts of a session.
const ANSWERED: [&str; 2] = ["confirmed", "declined"];
const CHANGED: [&str; 5] = ["absent", "proposed", "agreed", "refused", "drawn"];

impl MinePage<'_> {
    fn day(&self, duty: &MyDuty) -> String {
        Date::parse(&duty.day).map_or_else(|_| duty.day.clone(), |d| self.frame.date(&d))
    }

    fn told(&self, duty: &MyDuty) -> String {
        when(self.frame, duty.told_at)
    }

    /// Where each duty is done: the words of a link and its address.
    fn doors(&self, duty: &MyDuty) -> Vec<(String, String)> {
        let Some(session) = &duty.session else { return Vec::new() };
        let door = |(kind, place): &(String, String)| match kind.as_str() {
            "invigilator" => {
                Some((self.frame.t1("page-room-open", "room", place), room::address(session, place)))
            }
            "examiner" | "lead_examiner" => Some((
                self.frame.t(&format!("page-station-open-{}", kind.replace('_', "-"))),
                station::address(session),
            )),
            _ => None,
        };
        duty.places.iter().filter_map(door).collect()
    }
}

impl DayPage<'_> {
    fn confirmed(&self) -> usize {
        self.duties.items.iter().filter(|p| p.state == "confirmed").count()
    }
}

impl PostsPage<'_> {
    /// Word, tone and icon of how a post stands.
    fn state(&self, post: &PostState) -> (String, &'static str, &'static str) {
        let word = self.frame.t(&format!("page-post-{}", post.state));
        match post.state.as_str() {
            "confirmed" => (word, "good", "check"),
            "open" => (word, "bad", "alert"),
            "moved" => (word, "info", "badge"),
            _ => (word, "warn", "clock"),
        }
    }

    fn changed(&self, change: &Change) -> String {
        let left = change.left.clone();
        match &change.taken {
            Some(to) => {
                let all = [("post", change.post.clone()), ("left", left), ("to", to.clone())];
                self.frame.with(&format!("page-post-changed-{}", change.why), &all)
            }
            None => {
                let all = [("post", change.post.clone()), ("left", left)];
                self.frame.with(&format!("page-post-left-{}", change.why), &all)
            }
        }
    }

    fn at(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn held(&self) -> Vec<&PostState> {
        self.posts.posts.iter().filter(|p| !p.name.is_empty() && p.state != "moved").collect()
    }
}

fn when(frame: &Frame, millis: i64) -> String {
    format!("{} {}", frame.short_date(&Instant::from_millis(millis).date_in_china()), frame.time(&millis))
}

/// The first page of invigilators and examiners.
pub(super) async fn mine_page(
    app: Data<App>,
    visitor: Visitor,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let (worker, asker) = (app.get_ref().clone(), person.clone());
    let duties = block(move || cases::mine(&worker, &asker)).await?;
    let (name, once, status) = (person.display_name.as_str(), forms::key(&frame)?, notice.status());
    frame.answer(status, &MinePage { frame: &frame, name, role: person.role, duties, once, notice })
}

/// As [`mine_page`], with what was done last.
pub(super) async fn mine(
    app: Data<App>,
    visitor: Visitor,
    done: Option<String>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-duties-done-", &ANSWERED, done.as_deref());
    mine_page(app, visitor, notice).await
}

async fn answer(app: Data<App>, visitor: Visitor, form: Form<Fields>) -> Result<HttpResponse, Problem> {
    let fields = form.0;
    let order = AnswerOrder {
        starts_at: fields.text("starts_at").parse().unwrap_or_default(),
        answer: fields.text("answer"),
        reason: fields.text("reason"),
    };
    let once =
        forms::once(&app, &visitor.person, &fields.text("once"), "/duties/answer", &forms::said(&fields))?;
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    match block(move || cases::answer(&worker, &person, order, Some(once))).await {
        Ok(done) => Ok(forms::done("/", &done.answer)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            mine_page(app, visitor, notice).await
        }
    }
}

async fn day(app: Data<App>, visitor: Visitor, which: Query<WhichDay>) -> Result<HttpResponse, Problem> {
    let frame = &visitor.frame;
    let day = which.into_inner().day.filter(|d| !d.is_empty());
    let day = day.unwrap_or_else(|| app.clock.now().date_in_china().to_string());
    let (worker, asked) = (app.get_ref().clone(), day.clone());
    let duties = block(move || cases::on_day(&worker, &asked)).await?;
    let day = Date::parse(&day).map_err(|e| Problem::new("field-invalid", Some(e.to_string())))?;
    frame.answer(StatusCode::OK, &DayPage { frame, day, duties })
}

async fn posts(
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-posts-done-", &CHANGED, query.done.as_deref());
    posts_page(&app, &visitor, &session, notice).await
}

async fn posts_page(
    app: &Data<App>,
    visitor: &Visitor,
    session: &str,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.to_owned());
    let posts = block(move || cases::posts(&worker, &person, &id)).await?;
    let (frame, account) = (&visitor.frame, visitor.person.account.as_str());
    let acts = matches!(visitor.person.role, Role::CentreStaff | Role::PointStaff);
    let draws = visitor.person.role == Role::CentreStaff;
    let (once, status) = (forms::key(frame)?, notice.status());
    frame.answer(status, &PostsPage { frame, session, account, posts, acts, draws, once, notice })
}

/// Address of the posts of a session.
pub(super) fn address(session: &str) -> String {
    format!("/sessions/{}/posts", escape(session))
}

async fn done(
    app: &Data<App>,
    visitor: &Visitor,
    session: &str,
    outcome: Result<String, Problem>,
) -> Result<HttpResponse, Problem> {
    match outcome {
        Ok(word) => Ok(forms::done(&address(session), &word)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            posts_page(app, visitor, session, notice).await
        }
    }
}

async fn absent(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let ((session, post), fields) = (place.into_inner(), form.0);
    let key = fields.text("once");
    let to = format!("{}/{post}/absent", address(&session));
    let once = forms::once(&app, &visitor.person, &key, &to, &forms::said(&fields))?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.clone());
    let outcome = block(move || cases::absent(&worker, &person, &id, &post, Some(once))).await;
    done(&app, &visitor, &session, outcome.map(|_| "absent".to_owned())).await
}

async fn supplement(
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let to = format!("/sessions/{session}/supplement");
    let once = forms::once(&app, &visitor.person, &form.0.text("once"), &to, "")?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.clone());
    let outcome = block(move || assign::supplement(&worker, &person, &id, Some(once))).await;
    done(&app, &visitor, &session, outcome.map(|_| "drawn".to_owned())).await
}

async fn propose(
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let fields = form.0;
    let order =
        SwapOrder { one: fields.text("one"), other: fields.text("other"), reason: fields.text("reason") };
    let to = format!("/sessions/{session}/swaps");
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &to, &forms::said(&fields))?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.clone());
    let outcome = block(move || cases::propose(&worker, &person, &id, order, Some(once))).await;
    done(&app, &visitor, &session, outcome.map(|swap| swap.state)).await
}

async fn decide(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let ((session, swap), fields) = (place.into_inner(), form.0);
    let order = DecideOrder { agree: fields.text("agree") == "yes" };
    let to = format!("/sessions/{session}/swaps/{swap}");
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &to, &forms::said(&fields))?;
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let outcome = block(move || cases::decide(&worker, &person, &swap, order, Some(once))).await;
    done(&app, &visitor, &session, outcome.map(|swap| swap.state)).await
}
