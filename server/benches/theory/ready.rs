//! Everybody checked in and every room released, so that all can sit down at once.

use super::Outcome;
use super::world::{ROOM, SESSION, place, seat_all, secret, ticket, write};
use server::app::App;
use server::event::{Fact, KioskEntry, RoomReleased};
use shared::wire::v1::journal::{CheckInBy, GENESIS, JournalEntry, KioskFact};

/// What an examinee sends to sit down.
pub fn enter(number: u32) -> String {
    let (room, seat) = place(number);
    format!("{{\"secret\":\"{}\",\"room\":\"{room}\",\"seat\":{seat}}}", secret(number))
}

/// Writes a session of so many examinees, all checked in, with every room released.
pub fn load(app: &App, examinees: u32) -> Outcome<()> {
    seat_all(app, examinees)?;
    let released = |room: u32| RoomReleased { session: SESSION.into(), room: format!("R{room:03}") };
    let mut facts: Vec<Fact> =
        (1..=examinees.div_ceil(ROOM)).map(|room| Fact::RoomReleased(released(room))).collect();
    facts.extend((1..=examinees).flat_map(checked_in));
    write(app, facts)
}

fn checked_in(number: u32) -> [Fact; 2] {
    let (session, ticket) = (SESSION.to_owned(), ticket(number));
    let facts = [
        KioskFact::CheckedIn { session, ticket: ticket.clone(), by: CheckInBy::TicketQr },
        KioskFact::Admitted { ticket },
    ];
    let mut seq = u64::from(number) * 2;
    facts.map(|fact| {
        seq += 1;
        let entry =
            JournalEntry { seq, at: 0, offset_ms: 0, prev: GENESIS.into(), hash: GENESIS.into(), fact };
        Fact::KioskEntry(KioskEntry { kiosk: "K01".into(), entry, dead: None })
    })
}
