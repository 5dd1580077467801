//! The calling board: read from eight metres. The newest call is the largest thing on it; below it each place has a panel
//! with who is called to it and who comes next.

use super::App;
use super::pages::{Frame, PageQuery, frame, html, html_if_changed, in_language, number, trade};
use super::problem::Problem;
use crate::agent::view::{Look, PersonView, PlaceView};
use crate::core::Window;
use crate::text::Texts;
use actix_web::web::{Data, Query, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::time::Instant;
use std::collections::BTreeSet;

/// A call is shown as new for so long.
const FRESH_MS: i64 = 15_000;
/// Places at most, those with people first.
const PLACES_SHOWN: usize = 12;
/// Up to so many places the names stand beside the numbers, and the rooms of the day below.
const FEW: usize = 4;
/// Widest name of a place in the large letters of the newest call, in letters.
const WIDEST: usize = 18;
/// Rooms at most.
const ROOMS_SHOWN: usize = 4;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/board", get().to(page)).route("/part/board", get().to(part));
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    board: Board,
}

#[derive(Template)]
#[template(path = "_board.html")]
struct BoardPart {
    t: Texts,
    board: Board,
}

struct Board {
    day: String,
    time: String,
    newest: Option<CalledLine>,
    places: Vec<Panel>,
    /// How the panels are laid out: `1`, `2`, `4`, `6`, `9`, `12`.
    layout: usize,
    rooms: Vec<RoomLine>,
}

/// A place.
struct Panel {
    name: String,
    state: &'static str,
    called: Vec<CalledLine>,
    next: Vec<WaitingLine>,
    more: usize,
    wait: Option<String>,
    /// Whether names are shown beside numbers.
    names: bool,
}

struct CalledLine {
    number: String,
    name: String,
    window: String,
    /// Whether he is called to the place itself, and not to a window of it.
    here: bool,
    fresh: bool,
    again: bool,
}

struct WaitingLine {
    number: String,
    name: String,
}

/// Where which examination is held.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RoomLine {
    time: String,
    room: String,
    trade: String,
}

async fn page(app: Data<App>, query: Query<PageQuery>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    Ok(html(&BoardPage { board: board(&t, &look), frame: frame(t, &look, "/board") }))
}

async fn part(
    app: Data<App>,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    Ok(html_if_changed(&request, &BoardPart { board: board(&t, &look), t }))
}

fn board(t: &Texts, look: &Look) -> Board {
    let now = Instant::from_millis(look.now);
    let places = shown(look);
    let layout = [1, 2, 4, 6, 9, PLACES_SHOWN].into_iter().find(|most| places.len() <= *most);
    let layout = layout.unwrap_or(PLACES_SHOWN);
    let newest = look.called.first().and_then(|ticket| look.person(ticket));
    Board {
        day: day(t, now),
        time: now.time_in_china(),
        newest: newest.map(|person| called_line(t, look, person)),
        rooms: if layout <= FEW { rooms(t, look) } else { Vec::new() },
        places: places.into_iter().map(|place| panel(t, look, place, layout)).collect(),
        layout,
    }
}

/// Places where somebody stands, is still expected, or that do not call as usual: those with people first.
fn shown(look: &Look) -> Vec<&PlaceView> {
    let expected: BTreeSet<&str> = look
        .people
        .iter()
        .filter(|person| person.seat > 0 && person.place.is_empty())
        .map(|person| person.room_zh.as_str())
        .collect();
    let busy = |place: &PlaceView| !place.called.is_empty() || !place.waiting.is_empty();
    let awaited = |place: &PlaceView| place.kind == "room" && expected.contains(place.name_zh.as_str());
    let mut shown: Vec<&PlaceView> =
        look.places.iter().filter(|place| busy(place) || place.state != "open" || awaited(place)).collect();
    shown.sort_by_key(|place| !busy(place));
    shown.truncate(PLACES_SHOWN);
    // On the screen each keeps its place while others come and go.
    shown.sort_by_key(|place| look.places.iter().position(|other| other.place == place.place));
    shown
}

fn panel(t: &Texts, look: &Look, place: &PlaceView, layout: usize) -> Panel {
    // Called and next numbers that fit into a panel.
    let (called_most, next_most) = match layout {
        1 => (3, 8),
        2 => (3, 4),
        4 => (2, 2),
        6 => (2, 5),
        _ => (1, 4),
    };
    let people = |tickets: &[String], most: usize| -> Vec<PersonView> {
        tickets.iter().filter_map(|ticket| look.person(ticket).cloned()).take(most).collect()
    };
    let next = people(&place.waiting, next_most).into_iter();
    Panel {
        name: in_language(t, &place.name_zh, &place.name_en).to_owned(),
        state: place.state,
        called: people(&place.called, called_most).iter().map(|p| called_line(t, look, p)).collect(),
        next: next.map(|p| WaitingLine { number: number(&p), name: p.name }).collect(),
        more: place.waiting.len().saturating_sub(next_most),
        wait: place.wait.filter(|_| !place.waiting.is_empty()).map(|wait| wait.words(t)),
        names: layout <= FEW,
    }
}

fn called_line(t: &Texts, look: &Look, person: &PersonView) -> CalledLine {
    let window = person.window.clone().unwrap_or_default();
    // Who is called to a place itself is told its name in the language of the board.
    let place = look.places.iter().find(|place| place.place == person.place);
    let itself = place.filter(|place| Window::named(&place.name_zh).as_str() == window);
    CalledLine {
        here: itself.is_some(),
        window: itself.map_or(window, |place| in_language(t, &place.name_zh, &place.name_en).to_owned()),
        number: number(person),
        fresh: person.called_at.is_some_and(|at| look.now.saturating_sub(at) < FRESH_MS),
        again: person.calls > 1,
        name: person.name.clone(),
    }
}

impl CalledLine {
    /// Whether the place needs smaller letters at the top of the board; a Chinese character is as wide as two others.
    fn is_long(&self) -> bool {
        self.window.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>() > WIDEST
    }
}

fn day(t: &Texts, now: Instant) -> String {
    let date = now.date_in_china();
    let weekday = t.say(format!("kiosk-weekday-{}", date.iso_weekday()));
    let month = t.say(format!("kiosk-month-{}", date.month()));
    let day = date.day().to_string();
    t.with("kiosk-board-day", &[("weekday", &weekday), ("month", &month), ("day", &day)])
}

/// Rooms of examinations to which people are still coming.
fn rooms(t: &Texts, look: &Look) -> Vec<RoomLine> {
    let coming = look.people.iter().filter(|person| person.seat > 0 && person.stage != "admitted");
    let rooms: BTreeSet<_> = coming
        .map(|person| RoomLine {
            time: Instant::from_millis(person.starts_at).time_in_china(),
            room: in_language(t, &person.room_zh, &person.room_en).to_owned(),
            trade: trade(t, person).to_owned(),
        })
        .collect();
    rooms.into_iter().take(ROOMS_SHOWN).collect()
}
