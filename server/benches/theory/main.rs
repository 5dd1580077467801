//! The theory examination under load: `cargo xtask bench theory`. How many answers a second are saved next to a call that
//! does nothing and next to the bare database; then a whole examination of 4,000. Load and server share the machine's cores.
//! SQLite always; PostgreSQL where `KAODIAN_BENCH_POSTGRES` names an empty database. `KAODIAN_BENCH_SEATS` sizes the
//! examination, `KAODIAN_BENCH_PACE` says how many times faster than people it goes (20).

#[path = "../../../shared/benches/ratio/mod.rs"]
mod ratio;
#[path = "../served/mod.rs"]
mod served;
#[path = "../world/mod.rs"]
mod world;

mod bare;
mod exam;
mod load;
mod ready;
mod seats;
mod times;

use ratio::{Side, compare};
use seats::{Call, Seat, together};
use served::{config, serve};
use server::app::App;
use server::http::Application;
use server::jobs::sequencer;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// As the server's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Seats that send one request after the other, as fast as they are answered.
const BUSY: usize = 256;
/// How long the job of the log rests between two steps.
const PAUSE: Duration = Duration::from_millis(200);
/// Requests of each of them in a turn.
const EACH: usize = 64;

fn main() -> Outcome<()> {
    let directory = tempfile::tempdir()?;
    println!("{} fsyncs a second on this disk\n", fsyncs(directory.path())?);
    let path = directory.path().join("theory.db").to_string_lossy().into_owned();
    on("SQLite", &path, &directory.path().join("sqlite"))?;
    match std::env::var("KAODIAN_BENCH_POSTGRES") {
        Ok(url) => on("PostgreSQL", &url, &directory.path().join("postgres")),
        Err(_) => {
            println!("PostgreSQL: skipped, KAODIAN_BENCH_POSTGRES names no empty database");
            Ok(())
        }
    }
}

/// A number from the environment.
fn setting(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// How often a small write reaches the disk in a second.
fn fsyncs(directory: &Path) -> Outcome<usize> {
    let mut file = std::fs::File::create(directory.join("fsync"))?;
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; 512])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(count)
}

fn on(database: &str, url: &str, directory: &Path) -> Outcome<()> {
    std::fs::create_dir_all(directory)?;
    let config = config(url, directory, "2026-09-28T08:50:00+08:00");
    let app = App::open(&config)?;
    let examinees = setting("KAODIAN_BENCH_SEATS", 4_000);
    let busy = u32::try_from(BUSY)?;
    ready::load(&app, examinees + busy)?;
    let address = serve(Application::build(&config, app.clone())?);
    // The sittings are read from a clock that has come to the start.
    app.clock.advance(10 * 60 + 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    saturated(database, url, &app, &runtime, address, examinees)?;
    exam::whole(database, &app, &runtime, address, examinees)
}

/// As many answers as the server saves, next to what it does at most and what the database does by itself.
fn saturated(
    database: &str,
    url: &str,
    app: &App,
    runtime: &Runtime,
    address: SocketAddr,
    after: u32,
) -> Outcome<()> {
    let numbers = (after + 1)..=(after + u32::try_from(BUSY)?);
    let mut seats = Vec::new();
    for number in numbers {
        let mut seat = runtime.block_on(Seat::enter(address, number))?;
        runtime.block_on(seat.call(Call::Open))?;
        seats.push(seat);
    }
    let (name, idle) =
        (format!("{database}: answers saved"), format!("{database}: a call that does nothing"));
    let seats = std::cell::RefCell::new(seats);
    let turn = |call: Call| {
        let (all, _) = runtime.block_on(together(seats.take(), move |seat| seat.rounds(call, EACH)))?;
        seats.replace(all);
        Ok::<_, Box<dyn Error + Send + Sync>>(())
    };
    let answers = || turn(Call::Answer);
    let count = BUSY * EACH;
    compare(
        "requests a second",
        Side::new(&name, count, answers),
        Side::new(&idle, count, || turn(Call::Line)),
    )?;
    bare::compared(database, url, Side::new(&name, count, answers))?;
    std::thread::scope(|scope| {
        let beside = || {
            let (stop, stopped) = channel::<()>();
            let log = scope.spawn(move || {
                while stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                    let _ = sequencer::step(app);
                }
            });
            let done = answers();
            drop(stop);
            let _ = log.join();
            done
        };
        let (with, without) = (format!("{name}, the log beside"), format!("{name}, no log"));
        compare("answers a second", Side::new(&with, count, beside), Side::new(&without, count, answers))
            .map(drop)
    })
}
