//! The emergency pack as a document: names in the clear, so that its printing is an event.

use super::{PaperError, of_day};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::days::{DayError, place};
use crate::app::masks;
use crate::db::sessions::{self, SessionRow};
use crate::db::{Conn, DbError, events, world as tables};
use crate::event::{Actor, Event, Fact, PaperPackPrinted, PointAdded};
use crate::pdf::pack::{Pack, PackPerson, PackRoom, PackSession, render};
use shared::practical::Sheet;
use shared::time::Instant;
use std::collections::BTreeMap;

/// Makes the pack of a day for printing and records who had it made.
///
/// # Errors
/// [`PaperError::Place`] if nothing is held there, [`PaperError::Pdf`] without a face to write with.
pub fn pack(app: &App, person: &Person, day: &str, point: &str) -> Result<Vec<u8>, PaperError> {
    let (day, point) = place(person, day, point)?;
    let at = app.clock.now();
    let pack = app.db.read(|conn| {
        let place = tables::point(conn, &point)?.ok_or(DayError::Unknown)?;
        let sessions = of_day(conn, &day, &point)?
            .into_iter()
            .map(|session| of_session(conn, app, &place, session))
            .collect::<Result<Vec<_>, PaperError>>()?;
        let sheets = sheets(conn, &sessions)?;
        Ok::<_, PaperError>(Pack {
            day: day.clone(),
            point: (place.name_zh, place.name_en),
            sessions,
            sheets,
            printed_by: person.display_name.clone(),
            printed_at: at,
        })
    })?;
    let rendered = render(&pack)?;
    let fact = PaperPackPrinted { point, day, by: person.display_name.clone() };
    let event = Event::new(at, Actor::Account(person.account.clone()), Fact::PaperPackPrinted(fact));
    app.db.write(move |conn| events::append(conn, &event))?;
    Ok(rendered.bytes)
}

fn of_session(
    conn: &mut Conn,
    app: &App,
    place: &PointAdded,
    session: SessionRow,
) -> Result<PackSession, PaperError> {
    let trade = tables::trade_record(conn, &session.trade)?;
    let mut rooms: BTreeMap<String, Vec<PackPerson>> = BTreeMap::new();
    for candidate in sessions::candidates(conn, &session.id)? {
        let person = PackPerson {
            seat: candidate.row.seat.and_then(|s| u32::try_from(s).ok()),
            ticket: candidate.row.ticket.clone(),
            name: masks::open_name(app, &candidate.name)?.as_str().to_owned(),
            id_masked: masks::id_number(app, &candidate.id_number)?,
        };
        rooms.entry(candidate.row.room.unwrap_or_default()).or_default().push(person);
    }
    let rooms = rooms.into_iter().map(|(code, mut people)| {
        people.sort_by_key(|p| p.seat);
        let room = place.rooms.iter().find(|r| r.code == code);
        PackRoom {
            name: room.map_or_else(|| code.clone(), |r| r.name_zh.clone()),
            seats: room.map_or(0, |r| r.seats),
            code,
            people,
        }
    });
    Ok(PackSession {
        rooms: rooms.collect(),
        practical: trade.as_ref().is_some_and(|t| t.practical),
        trade: trade.map_or_else(|| session.trade.clone(), |t| t.name_zh),
        trade_id: session.trade,
        starts_at: Instant::from_millis(session.starts_at),
        session: session.id,
    })
}

/// The score sheets of the trades that are examined, each once, to be copied.
fn sheets(conn: &mut Conn, sessions: &[PackSession]) -> Result<Vec<(String, Sheet)>, DbError> {
    let mut all: BTreeMap<String, (String, Vec<Sheet>)> = BTreeMap::new();
    for session in sessions.iter().filter(|s| s.practical) {
        if !all.contains_key(&session.trade_id) {
            let sheets = tables::sheets(conn, &session.trade_id)?;
            all.insert(session.trade_id.clone(), (session.trade.clone(), sheets));
        }
    }
    let flat = |(trade, sheets): (String, Vec<Sheet>)| {
        sheets.into_iter().map(move |sheet| (trade.clone(), sheet)).collect::<Vec<_>>()
    };
    Ok(all.into_values().flat_map(flat).collect())
}
