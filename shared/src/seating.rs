//! Seats, question sets and practical sheets of the candidates of a session.
//!
//! Every function here follows from its arguments and a seed. The order of a list that comes in is part of the
//! input: it decides what a seed leads to, so it is frozen with the rest before the seed is known.

use crate::draw::chacha::{Picker, Seed};
use crate::ids::{RoomId, SheetCode, TicketNumber};
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use thiserror::Error;

/// Seats in a row of a theory room where nothing else is known.
pub const SEATS_IN_A_ROW: NonZeroU32 = NonZeroU32::MIN.saturating_add(5);

/// A theory room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its id.
    pub code: RoomId,
    /// Seats that may be used, numbered from 1.
    pub seats: u32,
}

/// A candidate's seat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Seat {
    /// Who sits there.
    pub ticket: TicketNumber,
    /// The room.
    pub room: RoomId,
    /// The seat in the room, from 1.
    pub number: u32,
}

/// The question set drawn for a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetDraw {
    /// The candidate.
    pub ticket: TicketNumber,
    /// Number of the set, from 1.
    pub set: u32,
}

/// The practical sheets drawn for a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetDraw {
    /// The candidate.
    pub ticket: TicketNumber,
    /// One sheet for each part, in the order of the parts (K1, K2, K3, K4).
    pub sheets: Vec<SheetCode>,
}

/// Why candidates could not be seated or given sets or sheets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SeatingError {
    /// The rooms have too few seats.
    #[error("{candidates} candidates, but the rooms have {seats} seats")]
    NotEnoughSeats {
        /// Candidates to be seated.
        candidates: usize,
        /// Seats in all rooms.
        seats: u64,
    },
    /// The same candidate is named twice.
    #[error("candidate {0} is named twice")]
    CandidateTwice(TicketNumber),
    /// The same room is named twice.
    #[error("room {0} is named twice")]
    RoomTwice(RoomId),
    /// Two candidates have the same seat.
    #[error("seat {1} of room {0} is taken twice")]
    SeatTwice(RoomId, u32),
    /// Seats are numbered from 1.
    #[error("room {0} has no seat 0")]
    SeatZero(RoomId),
    /// No question set is in force.
    #[error("no question set is in force")]
    NoSets,
    /// A part of the practical has no sheet.
    #[error("part K{0} of the practical has no sheet")]
    NoSheet(usize),
}

/// Gives every candidate a seat.
///
/// The rooms are filled evenly: each further candidate goes to the room with the fewest that still has a seat (the
/// earlier one of several), and a room with n candidates uses its seats 1 to n. These seats, room by room, are
/// then given to the candidates in a drawn order. The answer is ordered by room and seat.
///
/// # Errors
/// [`SeatingError`] if the seats do not suffice or a candidate or room is named twice.
pub fn seat(candidates: &[TicketNumber], rooms: &[Room], seed: Seed) -> Result<Vec<Seat>, SeatingError> {
    no_candidate_twice(candidates.iter())?;
    let mut codes = HashSet::new();
    if let Some(room) = rooms.iter().find(|room| !codes.insert(&room.code)) {
        return Err(SeatingError::RoomTwice(room.code.clone()));
    }
    let filled = fill_evenly(candidates.len(), rooms).ok_or_else(|| SeatingError::NotEnoughSeats {
        candidates: candidates.len(),
        seats: rooms.iter().map(|room| u64::from(room.seats)).sum(),
    })?;
    let places =
        rooms.iter().zip(filled).flat_map(|(room, n)| (1..=n).map(|number| (room.code.clone(), number)));
    let order = Picker::new(seed).shuffle(candidates.len());
    let drawn = order.into_iter().filter_map(|place| candidates.get(place));
    Ok(places
        .zip(drawn)
        .map(|((room, number), ticket)| Seat { ticket: ticket.clone(), room, number })
        .collect())
}

/// The places in `seats` of those who sit left, right, in front and behind of each.
///
/// Seats of a room are numbered row by row, `row` seats in a row: seat n has n − 1 and n + 1 beside it if they are in
/// the same row, n − `row` in front and n + `row` behind.
#[must_use]
pub fn neighbours(seats: &[Seat], row: NonZeroU32) -> Vec<Vec<usize>> {
    let places: HashMap<(&RoomId, u32), usize> =
        seats.iter().enumerate().map(|(place, seat)| ((&seat.room, seat.number), place)).collect();
    let beside = |seat: &Seat| {
        let same_row = |other: &u32| (other.saturating_sub(1)) / row == (seat.number.saturating_sub(1)) / row;
        let left = seat.number.checked_sub(1).filter(same_row);
        let right = seat.number.checked_add(1).filter(same_row);
        let front = seat.number.checked_sub(row.get());
        let behind = seat.number.checked_add(row.get());
        let numbers = [left, right, front, behind].into_iter().flatten();
        numbers.filter_map(|number| places.get(&(&seat.room, number)).copied()).collect()
    };
    seats.iter().map(beside).collect()
}

/// Draws one of the sets 1 to `sets` for every seat.
///
/// The order in which the seats come is drawn first. Each seat then gets one of the sets, all as likely; where
/// `avoid` is set, those that a neighbour already has are left out, unless nothing is left. With five sets or more
/// no two neighbours have the same set. The answer is in the order of `seats`.
///
/// # Errors
/// [`SeatingError`] if there is no set, or a candidate or a seat is named twice.
pub fn draw_sets(
    seats: &[Seat],
    row: NonZeroU32,
    sets: u32,
    avoid: bool,
    seed: Seed,
) -> Result<Vec<SetDraw>, SeatingError> {
    no_candidate_twice(seats.iter().map(|seat| &seat.ticket))?;
    no_seat_twice(seats)?;
    if sets == 0 {
        return Err(SeatingError::NoSets);
    }
    let neighbours = neighbours(seats, row);
    let mut picker = Picker::new(seed);
    let mut drawn: Vec<Option<u32>> = vec![None; seats.len()];
    for place in picker.shuffle(seats.len()) {
        let beside = neighbours.get(place).map_or(&[][..], Vec::as_slice);
        let taken: HashSet<u32> =
            beside.iter().filter_map(|other| drawn.get(*other).copied().flatten()).collect();
        let mut open: Vec<u32> = (1..=sets).filter(|set| !(avoid && taken.contains(set))).collect();
        if open.is_empty() {
            open = (1..=sets).collect();
        }
        if let Some(slot) = drawn.get_mut(place) {
            *slot = picker.choose(&open).copied();
        }
    }
    let numbered = seats.iter().zip(drawn);
    Ok(numbered.filter_map(|(seat, set)| Some(SetDraw { ticket: seat.ticket.clone(), set: set? })).collect())
}

/// Draws one sheet of each part for every candidate: candidate by candidate, part by part, all sheets of a part as
/// likely.
///
/// # Errors
/// [`SeatingError`] if a part has no sheet or a candidate is named twice.
pub fn draw_sheets(
    candidates: &[TicketNumber],
    parts: &[Vec<SheetCode>],
    seed: Seed,
) -> Result<Vec<SheetDraw>, SeatingError> {
    no_candidate_twice(candidates.iter())?;
    if let Some(part) = parts.iter().position(Vec::is_empty) {
        return Err(SeatingError::NoSheet(part + 1));
    }
    let mut picker = Picker::new(seed);
    let mut sheets = || parts.iter().filter_map(|part| picker.choose(part).cloned()).collect();
    Ok(candidates.iter().map(|ticket| SheetDraw { ticket: ticket.clone(), sheets: sheets() }).collect())
}

fn no_candidate_twice<'a>(mut tickets: impl Iterator<Item = &'a TicketNumber>) -> Result<(), SeatingError> {
    let mut seen = HashSet::new();
    match tickets.find(|ticket| !seen.insert(*ticket)) {
        Some(ticket) => Err(SeatingError::CandidateTwice(ticket.clone())),
        None => Ok(()),
    }
}

fn no_seat_twice(seats: &[Seat]) -> Result<(), SeatingError> {
    let mut seen = HashSet::new();
    for seat in seats {
        if seat.number == 0 {
            return Err(SeatingError::SeatZero(seat.room.clone()));
        }
        if !seen.insert((&seat.room, seat.number)) {
            return Err(SeatingError::SeatTwice(seat.room.clone(), seat.number));
        }
    }
    Ok(())
}

/// Candidates in each room; `None` if the seats do not suffice.
fn fill_evenly(candidates: usize, rooms: &[Room]) -> Option<Vec<u32>> {
    let mut filled = vec![0_u32; rooms.len()];
    for _ in 0..candidates {
        let open = filled.iter_mut().zip(rooms).filter(|(n, room)| **n < room.seats);
        *open.min_by_key(|(n, _)| **n)?.0 += 1;
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tickets(n: usize) -> Vec<TicketNumber> {
        (0..n).map(|i| TicketNumber::parse(&format!("T{i:04}")).unwrap()).collect()
    }

    fn rooms(seats: &[u32]) -> Vec<Room> {
        let code = |i: usize| RoomId::parse(&format!("R{}", i + 1)).unwrap();
        seats.iter().enumerate().map(|(i, seats)| Room { code: code(i), seats: *seats }).collect()
    }

    fn seed(text: &str) -> Seed {
        Seed::of_text(text)
    }

    #[test]
    fn rooms_are_filled_evenly_up_to_what_they_hold() {
        type Case = (usize, &'static [u32], Option<&'static [u32]>);
        let table: [Case; 7] = [
            (60, &[30, 30, 30], Some(&[20, 20, 20])),
            (61, &[30, 30, 30], Some(&[21, 20, 20])),
            (50, &[10, 30, 30], Some(&[10, 20, 20])),
            (0, &[5], Some(&[0])),
            (5, &[5], Some(&[5])),
            (6, &[5], None),
            (1, &[], None),
        ];
        for (candidates, seats, expected) in table {
            let filled = fill_evenly(candidates, &rooms(seats));
            assert_eq!(filled.as_deref(), expected, "{candidates} in {seats:?}");
        }
    }

    #[test]
    fn neighbours_are_left_right_front_and_behind() {
        let seats = seat(&tickets(15), &rooms(&[15]), seed("n")).unwrap();
        let around = neighbours(&seats, SEATS_IN_A_ROW);
        let numbers = |n: usize| -> Vec<usize> {
            let mut numbers: Vec<usize> = around[n - 1].iter().map(|place| place + 1).collect();
            numbers.sort_unstable();
            numbers
        };
        let table: [(usize, &[usize]); 6] = [
            (1, &[2, 7]),
            (6, &[5, 12]),
            (7, &[1, 8, 13]),
            (8, &[2, 7, 9, 14]),
            (12, &[6, 11]),
            (15, &[9, 14]),
        ];
        for (n, expected) in table {
            assert_eq!(numbers(n), expected, "seat {n}");
        }
    }

    #[test]
    fn people_in_different_rooms_are_no_neighbours() {
        let seats = seat(&tickets(2), &rooms(&[1, 1]), seed("r")).unwrap();
        assert_eq!(neighbours(&seats, SEATS_IN_A_ROW), [Vec::<usize>::new(), vec![]]);
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let twice = [tickets(1), tickets(1)].concat();
        let first = twice[0].clone();
        let one = rooms(&[2]);
        let again = [one.clone(), one.clone()].concat();
        assert_eq!(seat(&twice, &one, seed("")), Err(SeatingError::CandidateTwice(first.clone())));
        assert_eq!(seat(&tickets(1), &again, seed("")), Err(SeatingError::RoomTwice(one[0].code.clone())));
        let full = Err(SeatingError::NotEnoughSeats { candidates: 3, seats: 2 });
        assert_eq!(seat(&tickets(3), &one, seed("")), full);
        let seats = seat(&tickets(2), &one, seed("")).unwrap();
        assert_eq!(draw_sets(&seats, SEATS_IN_A_ROW, 0, true, seed("")), Err(SeatingError::NoSets));
        let mut same = seats.clone();
        same[1].number = 1;
        let refused = Err(SeatingError::SeatTwice(one[0].code.clone(), 1));
        assert_eq!(draw_sets(&same, SEATS_IN_A_ROW, 5, true, seed("")), refused);
        let parts = [vec![SheetCode::parse("K1-1").unwrap()], vec![]];
        assert_eq!(draw_sheets(&tickets(1), &parts, seed("")), Err(SeatingError::NoSheet(2)));
    }

    #[test]
    fn without_avoidance_every_set_is_as_likely_for_every_seat() {
        let seats = seat(&tickets(4), &rooms(&[4]), seed("s")).unwrap();
        let mut counts = [[0_u32; 5]; 4];
        for n in 0..5000 {
            let draws = draw_sets(&seats, SEATS_IN_A_ROW, 5, false, seed(&format!("set {n}"))).unwrap();
            for (draw, count) in draws.iter().zip(&mut counts) {
                count[draw.set as usize - 1] += 1;
            }
        }
        for count in counts {
            let chi: f64 = count.iter().map(|c| (f64::from(*c) - 1000.0).powi(2) / 1000.0).sum();
            assert!(chi < 18.47, "99.9 % point for 4 degrees of freedom: {chi}");
        }
    }

    #[test]
    fn one_sheet_of_each_part_is_drawn_for_every_candidate() {
        let code = |k: usize, n: usize| SheetCode::parse(&format!("K{k}-{n}")).unwrap();
        let parts: Vec<Vec<SheetCode>> = (1..=4).map(|k| (1..=3).map(|n| code(k, n)).collect()).collect();
        let draws = draw_sheets(&tickets(30), &parts, seed("k")).unwrap();
        assert_eq!(draws.len(), 30);
        for draw in &draws {
            assert_eq!(draw.sheets.len(), 4);
            assert!(draw.sheets.iter().zip(&parts).all(|(sheet, part)| part.contains(sheet)));
        }
        assert!(parts.iter().flatten().all(|sheet| draws.iter().any(|draw| draw.sheets.contains(sheet))));
    }

    proptest! {
        #[test]
        fn every_candidate_has_a_seat_of_his_own(n in 0_usize..80, text in "[a-z]{0,6}") {
            let candidates = tickets(n);
            let rooms = rooms(&[30, 20, 30]);
            let seats = seat(&candidates, &rooms, seed(&text)).unwrap();
            let seated: HashSet<_> = seats.iter().map(|s| &s.ticket).collect();
            let places: HashSet<_> = seats.iter().map(|s| (&s.room, s.number)).collect();
            prop_assert_eq!(seated.len(), n);
            prop_assert_eq!(places.len(), n);
            for room in &rooms {
                prop_assert!(seats.iter().all(|s| s.room != room.code || (1..=room.seats).contains(&s.number)));
            }
        }

        #[test]
        fn neighbours_never_share_one_of_five_or_more_sets(n in 1_usize..70, sets in 5_u32..8, text in "[a-z]{0,6}") {
            let seats = seat(&tickets(n), &rooms(&[40, 30]), seed(&text)).unwrap();
            let draws = draw_sets(&seats, SEATS_IN_A_ROW, sets, true, seed(&text)).unwrap();
            prop_assert_eq!(draws.len(), n);
            for (place, around) in neighbours(&seats, SEATS_IN_A_ROW).iter().enumerate() {
                prop_assert!((1..=sets).contains(&draws[place].set));
                prop_assert!(around.iter().all(|other| draws[*other].set != draws[place].set));
            }
        }

        #[test]
        fn with_few_sets_a_neighbours_set_is_taken_only_when_nothing_is_left(sets in 1_u32..5, text in "[a-z]{0,6}") {
            let seats = seat(&tickets(30), &rooms(&[30]), seed(&text)).unwrap();
            let draws = draw_sets(&seats, SEATS_IN_A_ROW, sets, true, seed(&text)).unwrap();
            let around = neighbours(&seats, SEATS_IN_A_ROW);
            let order = Picker::new(seed(&text)).shuffle(30);
            for (turn, place) in order.iter().enumerate() {
                let earlier = around[*place].iter().filter(|other| order[..turn].contains(other));
                let taken: HashSet<u32> = earlier.map(|other| draws[*other].set).collect();
                prop_assert!(taken.len() == sets as usize || !taken.contains(&draws[*place].set));
            }
        }
    }
}
