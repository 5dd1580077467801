//! The calling board: read from eight metres. The newest call is the largest thing on it.

use super::App;
use super::pages::{Frame, PageQuery, frame, html, html_if_changed, in_language, number, trade};
use super::problem::Problem;
use crate::agent::view::{Look, PersonView};
use crate::text::Texts;
use actix_web::web::{Data, Query, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::time::Instant;
use std::collections::BTreeSet;

/// A call is shown as new for so long.
const FRESH_MS: i64 = 15_000;
/// Called numbers at most, the latest first.
const CALLED_SHOWN: usize = 4;
/// Waiting numbers at most.
const WAITING_SHOWN: usize = 6;
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
    time: String,
    newest: Option<CalledLine>,
    called: Vec<CalledLine>,
    waiting: Vec<WaitingLine>,
    more: usize,
    rooms: Vec<RoomLine>,
}

struct CalledLine {
    number: String,
    name: String,
    window: String,
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
    let people = |tickets: &[String], most: usize| -> Vec<PersonView> {
        tickets.iter().filter_map(|ticket| look.person(ticket).cloned()).take(most).collect()
    };
    let mut called = people(&look.called, CALLED_SHOWN).into_iter().map(|person| CalledLine {
        number: number(&person),
        fresh: person.called_at.is_some_and(|at| look.now.saturating_sub(at) < FRESH_MS),
        again: person.calls > 1,
        window: person.window.unwrap_or_default(),
        name: person.name,
    });
    let waiting = people(&look.waiting, WAITING_SHOWN).into_iter();
    Board {
        time: Instant::from_millis(look.now).time_in_china(),
        newest: called.next(),
        called: called.collect(),
        waiting: waiting.map(|person| WaitingLine { number: number(&person), name: person.name }).collect(),
        more: look.waiting.len().saturating_sub(WAITING_SHOWN),
        rooms: rooms(t, look),
    }
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
