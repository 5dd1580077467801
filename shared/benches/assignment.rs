//! A province's year of draws: `cargo bench -p shared --bench assignment`.
//!
//! 2,000 sessions of four posts from 5,000 people, day by day under all rules: cards, employers, districts, pools, weekly
//! limit, pairs, travel, days that somebody cannot come, bars, people trained and family, languages. With `KAODIAN_BENCH_FLOW` the eligibility is written to that file, for an exact solver.

use shared::assignment::{
    Assignment, Board, Booking, Card, CardKind, Duty, Place, Post, PostCode, PostKind, SessionFacts,
    StaffFacts, eligibility, lottery,
};
use shared::draw::chacha::{Picker, Seed};
use shared::ids::{
    CategoryId, OrganisationId, PersonId, PointId, RoomId, SessionId, StaffCode, StationId, TradeId,
};
use shared::language::Language;
use shared::rules::{CrossPoints, StaffRules};
use shared::time::Date;
use std::error::Error;
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

const PEOPLE: usize = 5_000;
const DAYS: u32 = 250;
const SESSIONS_A_DAY: usize = 8;
/// Cities of the province, each with so many exam points.
const CITIES: usize = 16;
const POINTS: usize = 4;
const CATEGORIES: usize = 11;
const EMPLOYERS: usize = 400;
/// People who are examined in the year.
const CANDIDATES: usize = 60_000;

const RULES: StaffRules = StaffRules {
    invigilators_per_room: 2,
    room_capacity: 30,
    examiners_per_station: 2,
    reserves_invigilators: 0,
    reserves_examiners: 0,
    no_show_bar_days: 180,
    max_sessions_per_week: 4,
    place_told_hours_before: 12,
    travel_minutes: 60,
    cross_points: CrossPoints::Free,
    other_pools: false,
    pairing_cap_percent: 50,
};

type Fail = Box<dyn Error>;

/// What is made up, from one seed.
struct World(Picker);

impl World {
    fn pick(&mut self, of: usize) -> usize {
        NonZeroUsize::new(of).map_or(0, |of| self.0.pick(of))
    }

    fn person(&mut self, number: usize, last_day: Date) -> Result<StaffFacts, Fail> {
        let city = number % CITIES;
        let mut cards = Vec::new();
        if self.pick(10) < 7 {
            cards.push(Card { kind: CardKind::Invigilator, categories: Vec::new(), valid_until: last_day });
        }
        if cards.is_empty() || self.pick(10) < 4 {
            let categories = (0..3).map(|_| category(self.pick(CATEGORIES))).collect::<Result<_, _>>()?;
            cards.push(Card { kind: CardKind::Examiner, categories, valid_until: last_day });
        }
        let unavailable = (0..self.pick(12)).map(|_| self.day(last_day)).collect();
        let barred_until = (self.pick(40) == 0).then(|| self.day(last_day));
        let trained = if self.pick(6) == 0 { 40 } else { 0 };
        let trained = (0..trained).map(|_| self.candidate()).collect::<Result<_, _>>()?;
        let family = (0..self.pick(3)).map(|_| self.candidate()).collect::<Result<_, _>>()?;
        let languages = Language::ALL.into_iter().filter(|_| self.pick(8) == 0).collect();
        Ok(StaffFacts {
            code: StaffCode::parse(&format!("P{number:04}"))?,
            employer: Some(employer(self.pick(EMPLOYERS))?),
            taught_at: if self.pick(5) == 0 { vec![employer(self.pick(EMPLOYERS))?] } else { Vec::new() },
            trained,
            family,
            conflicts_complete: self.pick(50) > 0,
            cards,
            district: district(city, self.pick(POINTS)),
            pool: Some(city_code(city)),
            languages,
            barred_until,
            unavailable,
            booked: Vec::new(),
            pending: Vec::new(),
            already_in: Vec::new(),
        })
    }

    /// A day of the year that ends then.
    fn day(&mut self, last_day: Date) -> Date {
        last_day.minus_days(u32::try_from(self.pick(360)).unwrap_or_default())
    }

    /// One of those who are examined in the year.
    fn candidate(&mut self) -> Result<PersonId, Fail> {
        Ok(PersonId::parse(&format!("C{}", self.pick(CANDIDATES)))?)
    }

    fn session(&mut self, date: Date, number: usize) -> Result<SessionFacts, Fail> {
        let (city, point) = (self.pick(CITIES), self.pick(POINTS));
        let starts = date.start_in_china().plus_minutes(if number.is_multiple_of(2) { 510 } else { 810 });
        Ok(SessionFacts {
            session: SessionId::parse(&format!("S{date}-{number}"))?,
            starts,
            ends: starts.plus_minutes(240),
            date,
            point: PointId::parse(&format!("E{city}-{point}"))?,
            district: district(city, point),
            language: if self.pick(20) == 0 { Language::ALL.get(self.pick(8)).copied() } else { None },
            trade: TradeId::parse("trade")?,
            category: category(self.pick(CATEGORIES))?,
            candidates: (0..30).map(|_| self.candidate()).collect::<Result<_, _>>()?,
            institutions: vec![employer(self.pick(EMPLOYERS))?],
            employers: (0..10).map(|_| employer(self.pick(EMPLOYERS))).collect::<Result<_, _>>()?,
        })
    }
}

fn category(number: usize) -> Result<CategoryId, Fail> {
    Ok(CategoryId::parse(&format!("category-{number}"))?)
}

fn employer(number: usize) -> Result<OrganisationId, Fail> {
    Ok(OrganisationId::parse(&format!("O{number}"))?)
}

fn city_code(city: usize) -> String {
    format!("41{city:02}")
}

fn district(city: usize, point: usize) -> String {
    format!("41{city:02}{point:02}")
}

/// Two invigilators in a room and two examiners at a station.
fn posts(session: &SessionFacts) -> Result<Vec<Post>, Fail> {
    let (room, station) = (Place::Room(RoomId::parse("R1")?), Place::Station(StationId::parse("W1")?));
    let kinds = [
        ("R1-1", PostKind::Invigilator, &room),
        ("R1-2", PostKind::Invigilator, &room),
        ("W1-1", PostKind::Examiner, &station),
        ("W1-2", PostKind::Examiner, &station),
    ];
    let post = |(code, kind, place): (&str, PostKind, &Place)| {
        let code = PostCode::parse(&format!("{}/{code}", session.session))?;
        Ok(Post { code, session: session.session.clone(), kind, place: place.clone(), beside: Vec::new() })
    };
    kinds.into_iter().map(post).collect()
}

/// Books what was drawn.
fn book(pool: &mut [StaffFacts], sessions: &[SessionFacts], posts: &[Post], drawn: &Assignment) {
    for post in posts {
        let Some(person) = drawn.person_at(&post.code) else { continue };
        let Some(session) = sessions.iter().find(|session| session.session == post.session) else { continue };
        let beside = posts.iter().filter(|o| o.session == post.session && o.place == post.place);
        let partners = beside.filter_map(|o| drawn.person_at(&o.code)).filter(|other| *other != person);
        let booking = Booking {
            session: session.session.clone(),
            point: session.point.clone(),
            date: session.date,
            starts: session.starts,
            ends: session.ends,
            partners: Some(partners.cloned().collect()),
        };
        if let Some(member) = pool.iter_mut().find(|member| member.code == *person) {
            member.booked.push(booking);
        }
    }
}

fn quartiles(mut times: Vec<Duration>) -> [Duration; 3] {
    times.sort_unstable();
    [1, 2, 3].map(|quarter| times.get(times.len() * quarter / 4).copied().unwrap_or_default())
}

fn main() -> Result<(), Fail> {
    let mut world = World(Picker::new(Seed::of_text("a province")));
    let first = Date::parse("2026-01-05")?;
    let last_day = Date::parse("2026-12-31")?;
    let mut pool: Vec<StaffFacts> =
        (0..PEOPLE).map(|number| world.person(number, last_day)).collect::<Result<_, _>>()?;
    let (mut whole, mut drawing, mut trials) = (Vec::new(), Vec::new(), Vec::new());
    // Who could ever serve, and the flow: a line for each session and duty with those who may.
    let mut could = vec![false; PEOPLE];
    let mut flow = String::new();
    let mut refused = 0_u32;
    for day in 0..DAYS {
        // Five days a week.
        let date = first.plus_days(day / 5 * 7 + day % 5);
        let sessions: Vec<SessionFacts> =
            (0..SESSIONS_A_DAY).map(|n| world.session(date, n)).collect::<Result<_, _>>()?;
        let posts: Vec<Post> =
            sessions.iter().map(posts).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let begun = Instant::now();
        let matrix = eligibility(&sessions, &pool, &RULES);
        let laid = Instant::now();
        let drawn = Board::new(&matrix, &posts)
            .map(|board| (lottery::draw(&board, Seed::of_text(&format!("day {day}"))), board));
        drawing.push(laid.elapsed());
        whole.push(begun.elapsed());
        let Ok((drawn, board)) = drawn else {
            // Nobody can fill such a day; it stands in no comparison.
            refused += 1;
            continue;
        };
        // What stands against somebody for the whole year: without the week, the way and the pairs of this one draw.
        let fresh: Vec<StaffFacts> =
            pool.iter().map(|member| StaffFacts { booked: Vec::new(), ..member.clone() }).collect();
        for (at, session) in eligibility(&sessions, &fresh, &RULES)
            .people
            .iter()
            .enumerate()
            .flat_map(|(at, row)| row.sessions.iter().map(move |session| (at, session)))
        {
            if let Some(flag) = could.get_mut(at) {
                *flag |= session.forbids(Duty::Invigilating).is_empty()
                    || session.forbids(Duty::Examining).is_empty();
            }
        }
        let fresh = eligibility(&sessions, &fresh, &RULES);
        for at in 0..sessions.len() {
            for duty in [Duty::Invigilating, Duty::Examining] {
                let may = fresh.people.iter().enumerate().filter(|(_, row)| {
                    row.sessions.get(at).is_some_and(|against| against.forbids(duty).is_empty())
                });
                let may: Vec<String> = may.map(|(person, _)| person.to_string()).collect();
                writeln!(flow, "{day} 2 {}", may.join(" "))?;
            }
        }
        if day.is_multiple_of(50) {
            let begun = Instant::now();
            std::hint::black_box(lottery::trial(&board, lottery::trial_seeds("bench", 1000)));
            trials.push(begun.elapsed());
        }
        book(&mut pool, &sessions, &posts, &drawn);
    }
    let loads = pool.iter().zip(&could).filter(|(_, could)| **could).map(|(member, _)| member.booked.len());
    let loads: Vec<usize> = loads.collect();
    let (least, most) = (loads.iter().min().copied().unwrap_or(0), loads.iter().max().copied().unwrap_or(0));
    let total: Duration = whole.iter().sum();
    let sessions = usize::try_from(DAYS)? * SESSIONS_A_DAY;
    println!("{sessions} sessions of 4 posts, {PEOPLE} people, {DAYS} draws, {refused} refused");
    println!("the year, matrices and draws: {total:.2?} (wished: at most 10 s)");
    println!("a day, matrix and draw, quartiles: {:.2?}", quartiles(whole));
    println!("a day, the draw alone, quartiles: {:.2?} (wished: at most 50 ms)", quartiles(drawing));
    println!("1,000 trial draws of a day, quartiles: {:.2?}", quartiles(trials));
    println!("duties of the {} who could serve: {least} to {most}, spread {}", loads.len(), most - least);
    let with = |n: usize| format!("{} with {n}", loads.iter().filter(|load| **load == n).count());
    println!("  {}", (least..=most).map(with).collect::<Vec<_>>().join(", "));
    if let Some(path) = std::env::var_os("KAODIAN_BENCH_FLOW") {
        std::fs::write(path, format!("{PEOPLE}\n{flow}"))?;
    }
    Ok(())
}
