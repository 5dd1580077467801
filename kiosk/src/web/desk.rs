//! The desk: staff compare people with their cards, call, and print certificates.

use super::App;
use super::api::clock_warning;
use super::pages::{Frame, PageQuery, Place, frame, html, html_if_changed, in_language, number, place};
use super::problem::Problem;
use crate::agent::view::{BlanksView, CertificateView, Counts, Look, PersonView, PlaceView, StaffView};
use crate::sync::SyncStatus;
use crate::text::Texts;
use actix_web::web::{Data, Query, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::identity::Substitute;
use shared::time::{Date, Instant};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/desk", get().to(page)).route("/part/desk", get().to(part));
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    frame: Frame,
    desk: Desk,
}

#[derive(Template)]
#[template(path = "_desk.html")]
struct DeskPart {
    t: Texts,
    desk: Desk,
}

/// Words of all documents that a rule set may name; the page offers those of the person's own.
pub(super) const DOCUMENTS: [&str; 5] = [
    Substitute::TemporaryCard.word(),
    Substitute::PoliceCertificate.word(),
    Substitute::Passport.word(),
    Substitute::SocialSecurityCard.word(),
    Substitute::DrivingLicence.word(),
];

/// Which part of the desk is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Now,
    Queues,
    Prints,
    People,
}

struct Desk {
    tab: Tab,
    counts: Counts,
    sync: SyncStatus,
    unsent: u64,
    clock_warning: bool,
    last_contact: Option<String>,
    disk_full: bool,
    help_since: Option<String>,
    ticket_fault: Option<&'static str>,
    to_compare: Vec<PersonView>,
    selected: Option<PersonView>,
    selected_place: Option<Place>,
    called: Vec<PersonView>,
    waiting: Vec<PersonView>,
    certificates: Vec<CertificateLine>,
    blanks: Option<BlanksView>,
    other_kiosks: Vec<String>,
    /// The places with their lines; those that are busy come first.
    queues: Vec<QueueLines>,
    /// Every place to which somebody can be sent: code and name.
    places: Vec<(String, String)>,
    /// Whether calls are spoken and nobody hears them.
    unheard: bool,
    /// Certificates that somebody must do something about.
    to_print: usize,
    people: Vec<PersonLine>,
    staff: Vec<StaffView>,
}

/// A certificate with its last day in words.
struct CertificateLine {
    view: CertificateView,
    due: String,
    /// `late`, `soon`, or nothing.
    pressing: &'static str,
}

/// A place with who is called to it, waits there, or is away.
struct QueueLines {
    code: String,
    name: String,
    state: &'static str,
    admitted: usize,
    wait: Option<String>,
    called: Vec<PersonView>,
    waiting: Vec<PersonView>,
    away: Vec<PersonView>,
}

/// A person in the list of all.
struct PersonLine {
    person: PersonView,
    place: Place,
    number: String,
    checked_in: Option<String>,
}

async fn page(app: Data<App>, query: Query<PageQuery>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    let desk = desk(&t, &look, app.sync.status(), &query);
    Ok(html(&DeskPage { frame: frame(t, &look, "/desk"), desk }))
}

async fn part(
    app: Data<App>,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    let desk = desk(&t, &look, app.sync.status(), &query);
    Ok(html_if_changed(&request, &DeskPart { t, desk }))
}

fn desk(t: &Texts, look: &Look, sync: SyncStatus, query: &PageQuery) -> Desk {
    let mut to_compare: Vec<_> = look.people.iter().filter(|p| p.stage == "photographed").cloned().collect();
    to_compare.sort_by_key(|person| person.checked_in_at);
    let of = |tickets: &[String]| -> Vec<PersonView> {
        tickets.iter().filter_map(|ticket| look.person(ticket).cloned()).collect()
    };
    let asked = query.ticket.as_deref().and_then(|ticket| look.person(ticket));
    let asked = asked.filter(|person| person.stage == "photographed");
    let selected = asked.cloned().or_else(|| to_compare.first().cloned());
    let tab = match query.tab.as_deref() {
        Some("queues") => Tab::Queues,
        Some("prints") => Tab::Prints,
        Some("people") => Tab::People,
        _ => Tab::Now,
    };
    Desk {
        tab,
        counts: look.counts,
        clock_warning: clock_warning(&sync),
        last_contact: sync.last_contact.map(|at| Instant::from_millis(at).time_in_china()),
        unsent: look.journal.saturating_sub(sync.acknowledged),
        sync,
        disk_full: look.disk_full,
        help_since: look.help_since.map(|at| Instant::from_millis(at).time_in_china()),
        ticket_fault: look.ticket_fault,
        selected_place: selected.as_ref().map(|person| place(t, person)),
        selected,
        to_compare,
        called: of(&look.called),
        waiting: of(&look.waiting),
        queues: if tab == Tab::Queues { queues(t, look) } else { Vec::new() },
        places: look.places.iter().map(|place| (place.place.clone(), place_name(t, place))).collect(),
        unheard: look.voice.on && look.voice.unheard && !look.voice.board,
        to_print: look.certificates.iter().filter(|certificate| !certificate.printed).count(),
        certificates: certificates(t, look),
        blanks: look.blanks.clone(),
        other_kiosks: look.other_kiosks.clone(),
        people: if tab == Tab::People {
            look.people.iter().map(|p| line(t, p)).collect()
        } else {
            Vec::new()
        },
        staff: look.staff.clone(),
    }
}

/// Those that somebody waits for first, each part by its last day.
fn certificates(t: &Texts, look: &Look) -> Vec<CertificateLine> {
    let today = Instant::from_millis(look.now).date_in_china();
    let mut all = look.certificates.clone();
    all.sort_by_key(|certificate| (certificate.received, certificate.elsewhere.is_some()));
    let line = |view: CertificateView| {
        let (due, pressing) = due_in_words(t, view.due.as_deref(), today);
        CertificateLine { pressing: if view.received { "" } else { pressing }, due, view }
    };
    all.into_iter().map(line).collect()
}

fn due_in_words(t: &Texts, due: Option<&str>, today: Date) -> (String, &'static str) {
    let Some(day) = due.and_then(|day| Date::parse(day).ok()) else {
        return (t.say("kiosk-print-due-unknown"), "");
    };
    match day.days_since(today) {
        0 => (t.say("kiosk-due-today"), "soon"),
        1 => (t.say("kiosk-due-tomorrow"), "soon"),
        days @ 2.. => (t.one("kiosk-due-in", "days", days.to_string()), ""),
        days => (t.one("kiosk-due-late", "days", days.unsigned_abs().to_string()), "late"),
    }
}

fn queues(t: &Texts, look: &Look) -> Vec<QueueLines> {
    let of = |tickets: &[String]| -> Vec<PersonView> {
        tickets.iter().filter_map(|ticket| look.person(ticket).cloned()).collect()
    };
    let lines = look.places.iter().map(|place| QueueLines {
        code: place.place.clone(),
        name: place_name(t, place),
        state: place.state,
        admitted: place.admitted,
        wait: place.wait.map(|wait| wait.words(t)),
        called: of(&place.called),
        waiting: of(&place.waiting),
        away: of(&place.away),
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|line| line.called.is_empty() && line.waiting.is_empty() && line.away.is_empty());
    lines
}

fn place_name(t: &Texts, place: &PlaceView) -> String {
    in_language(t, &place.name_zh, &place.name_en).to_owned()
}

impl QueueLines {
    /// To what the place can be set now, and the message on the button.
    fn switches(&self) -> Vec<(&'static str, &'static str)> {
        let all = [
            ("open", if self.state == "paused" { "kiosk-place-go-on" } else { "kiosk-place-reopen" }),
            ("paused", "kiosk-place-pause"),
            ("closed", "kiosk-place-close"),
        ];
        all.into_iter().filter(|(state, _)| *state != self.state).collect()
    }
}

fn line(t: &Texts, person: &PersonView) -> PersonLine {
    PersonLine {
        place: place(t, person),
        number: number(person),
        checked_in: person.checked_in_at.map(|at| Instant::from_millis(at).time_in_china()),
        person: person.clone(),
    }
}
