//! A whole examination: everybody sits down, everybody opens the paper in the same second, answers come at the pace of people
//! (faster by a factor), everybody hands in within ten seconds. Then as fast as it goes.

use crate::seats::{Call, Seat, together};
use crate::times::Times;
use crate::{Outcome, setting, world};
use server::app::App;
use server::app::theory::Receipts;
use server::db::theory as rows;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Seconds in which people answer a whole paper of two hours.
const PEOPLE: f64 = 7_200.0;
/// Seats that sit down at the same time.
const ENTERING: usize = 16;
/// A seat asks how things stand so often.
const LOOK: Duration = Duration::from_secs(5);
/// Mean answer time at which the machine counts as full, in milliseconds.
const FULL: f64 = 90.0;

/// Plays it and says whether the goals are reached.
pub fn whole(
    database: &str,
    app: &App,
    runtime: &Runtime,
    address: SocketAddr,
    examinees: u32,
) -> Outcome<()> {
    let pace = setting("KAODIAN_BENCH_PACE", 20);
    println!(
        "{database}: an examination of {examinees}, {} answers each, {pace} times as fast as people",
        world::QUESTIONS
    );
    let jobs = server::jobs::start(app.clone())?;
    let begun = Instant::now();
    let seats = runtime.block_on(enter(address, examinees))?;
    println!(
        "  sat down, {ENTERING} at a time: {:.0} a second",
        f64::from(examinees) / begun.elapsed().as_secs_f64()
    );
    let (seats, start) = runtime.block_on(together(seats, open))?;
    told("start, all in one second", start, &[("p99 ≤ 1,000 ms", 99, 1_000.0)], None);
    let pause = Duration::from_secs_f64(PEOPLE / f64::from(pace) / f64::from(world::QUESTIONS));
    let (seats, answers) = runtime.block_on(together(seats, move |seat| answer(seat, pause)))?;
    told("answers", answers, &[("p99 ≤ 100 ms", 99, 100.0)], Some(20.0));
    let (seats, rate) = faster(runtime, seats)?;
    println!("  mean beyond {FULL} ms: {rate}");
    // Nobody leaves within the first half hour.
    app.clock.advance(31 * 60);
    let (seats, end) = runtime.block_on(together(seats, hand_in))?;
    told("hand-in, within ten seconds", end, &[("p99 ≤ 1,000 ms", 99, 1_000.0)], None);
    lost(app, &seats)?;
    drop(jobs);
    Ok(())
}

async fn enter(address: SocketAddr, examinees: u32) -> Outcome<Vec<Seat>> {
    let numbers: Vec<u32> = (1..=examinees).collect();
    let mut all = Vec::with_capacity(numbers.len());
    for some in numbers.chunks(ENTERING) {
        let mut running = tokio::task::JoinSet::new();
        some.iter().for_each(|number| drop(running.spawn(Seat::enter(address, *number))));
        while let Some(done) = running.join_next().await {
            all.push(done??);
        }
    }
    Ok(all)
}

async fn open(mut seat: Seat) -> Outcome<(Seat, Times)> {
    let mut times = Times::default();
    seat.pause(0, Duration::from_millis(500)).await;
    let begun = Instant::now();
    seat.call(Call::Open).await?;
    times.since(begun);
    Ok((seat, times))
}

/// One question after the other; between two answers it is asked now and then how things stand, as the page does.
async fn answer(mut seat: Seat, pause: Duration) -> Outcome<(Seat, Times)> {
    let (mut times, mut looked) = (Times::default(), Instant::now());
    for question in 1..=u64::from(world::QUESTIONS) {
        seat.pause(question, pause).await;
        if looked.elapsed() > LOOK {
            looked = Instant::now();
            seat.call(Call::State).await?;
        }
        let begun = Instant::now();
        seat.call(Call::Answer).await?;
        times.since(begun);
    }
    Ok((seat, times))
}

async fn hand_in(mut seat: Seat) -> Outcome<(Seat, Times)> {
    let mut times = Times::default();
    seat.pause(1_000, Duration::from_secs(5)).await;
    let begun = Instant::now();
    seat.call(Call::HandIn).await?;
    times.since(begun);
    Ok((seat, times))
}

/// More and more seats answer without a pause, until the mean is beyond what is bearable.
fn faster(runtime: &Runtime, mut seats: Vec<Seat>) -> Outcome<(Vec<Seat>, String)> {
    let mut said = "not reached with every seat".to_owned();
    let mut busy = 64;
    while busy <= seats.len() {
        let resting = seats.split_off(busy);
        let begun = Instant::now();
        let (back, times) = runtime.block_on(together(seats, |seat| seat.rounds(Call::Answer, 40)))?;
        let rate = f64::from(u32::try_from(times.count())?) / begun.elapsed().as_secs_f64();
        seats = back;
        seats.extend(resting);
        said = format!("{rate:.0} answers a second with {busy} in flight, mean {:.1} ms", times.mean());
        if times.mean() > FULL {
            return Ok((seats, said));
        }
        busy *= 2;
    }
    Ok((seats, format!("not reached; {said}")))
}

fn told(what: &str, mut times: Times, goals: &[(&str, usize, f64)], mean: Option<f64>) {
    let (count, average) = (times.count(), times.mean());
    let (half, most) = (times.percentile(50), times.percentile(99));
    println!("  {what}: {count} requests, mean {average:.1} ms, median {half:.1}, p99 {most:.1} ms");
    let verdict = |holds| if holds { "reached" } else { "MISSED" };
    if let Some(goal) = mean {
        println!("    goal mean ≤ {goal} ms: {}", verdict(average <= goal));
    }
    for (name, hundredths, limit) in goals {
        println!("    goal {name}: {}", verdict(times.percentile(*hundredths) <= *limit));
    }
}

/// Every answer that was acknowledged is there once, and everybody has handed in.
fn lost(app: &App, seats: &[Seat]) -> Outcome<()> {
    let (mut lost, mut open) = (0, 0);
    for seat in seats {
        let ticket = format!("20260928-P01-01-{:04}", seat.number);
        let (kept, sitting) = app.db.read(|conn| {
            let kept = server::db::answers::of_ticket(conn, &ticket)?;
            Ok::<_, server::db::DbError>((kept, rows::sitting(conn, &ticket)?))
        })?;
        let wanted = 1..=i64::try_from(seat.saved)?;
        lost += usize::from(!kept.iter().map(|row| row.seq).eq(wanted));
        open += usize::from(sitting.is_none_or(|sitting| sitting.ended_at.is_none()));
    }
    println!("  0 requests failed, answers lost at {lost} seats, {open} not handed in");
    let first = seats.first().ok_or("no seat")?;
    let ticket = format!("20260928-P01-01-{:04}", first.number);
    let mut receipts = Receipts::new(app)?;
    let shown = app.db.read(|conn| receipts.of_ticket(conn, app, &ticket))?;
    let log = server::app::log::key(app)?;
    let good = shown.iter().filter(|receipt| receipt.root(&log).is_ok()).count();
    println!("  receipts of one seat: {good} of {} show their answer\n", shown.len());
    if lost + open == 0 { Ok(()) } else { Err("answers were lost".into()) }
}
