//! The log: how fast events are taken in, proofs made and everything checked, each next to a reference of the same run, and
//! what a writer feels of it: `cargo xtask bench log`. SQLite always; PostgreSQL where `KAODIAN_BENCH_POSTGRES` names an
//! empty database. `KAODIAN_BENCH_LEAVES` sizes the tree of the proofs (10,000,000 leaves).

#[path = "../../shared/benches/ratio/mod.rs"]
mod ratio;

use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;
use ratio::{Side, compare};
use server::app::App;
use server::app::log::verify::{Trust, verify};
use server::config::{Config, Log, Voice};
use server::db::conn::Manager;
use server::db::{Conn, DbError, events, replay};
use server::event::{Actor, Event, Fact, PersonalDataRead};
use server::jobs::sequencer;
use server::tiles::{Leaf, TileError, Tiles};
use shared::log::checkpoint::Checkpoint;
use shared::log::tile::{WIDTH, grown};
use shared::log::tree::Edge;
use shared::log::{Hash, leaf_hash, node_hash, proof};
use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Events taken in together in a turn.
const EVENTS: usize = 10_000;
/// Rows of one statement, as the log inserts them.
const TOGETHER: usize = 500;
/// Proofs in a turn.
const PROOFS: usize = 1_000;
/// Callers that wait for their commit at the same time, as seats that save answers do.
const CALLERS: usize = 32;
/// Events of each caller in a turn, as fast as it can.
const EACH: usize = 200;
/// Events of each caller in a turn at the load of a large exam, and its pause between two: 500 a second in all.
const PACED: usize = 20;
const PAUSE: Duration = Duration::from_millis(64);

/// Entries a second that are to be taken in at least.
const TAKEN_IN: f64 = 10_000.0;
/// Proofs a second at least: each in less than a millisecond.
const PROVED: f64 = 1_000.0;
/// Leaves a second that `log-verify` is to check at least.
const CHECKED: f64 = 200_000.0;

/// What is asked for: a figure with its name, and the least that it may be.
type Goal = (String, f64, f64);

/// Status 1 if a figure misses its goal.
fn main() -> Outcome<()> {
    let directory = tempfile::tempdir()?;
    let mut goals = vec![proofs(&directory.path().join("large"))?];
    let path = directory.path().join("log.db").to_string_lossy().into_owned();
    goals.extend(on("SQLite", &path, directory.path())?);
    match std::env::var("KAODIAN_BENCH_POSTGRES") {
        Ok(url) => goals.extend(on("PostgreSQL", &url, directory.path())?),
        Err(_) => println!("PostgreSQL: skipped, KAODIAN_BENCH_POSTGRES names no empty database"),
    }
    println!("goals: measured / asked for");
    let mut missed = Vec::new();
    for (name, measured, least) in goals {
        let word = if measured >= least { "met" } else { "MISSED" };
        println!("  {name:<44} {measured:.0} / {least:.0} {word}");
        if measured < least {
            missed.push(name);
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join(", ")).into()) }
}

/// Everything that needs a database.
fn on(database: &str, url: &str, directory: &Path) -> Outcome<[Goal; 2]> {
    let app = App::open(&config(url, &directory.join(database)))?;
    let mut conn = Manager::new(url).connect()?;
    conn.batch_execute("CREATE TABLE bare (position BIGINT PRIMARY KEY, salt TEXT, leaf TEXT)")?;
    let goals = [integrated(database, &app, &mut conn)?, checked(database, &app, &mut conn, directory)?];
    beside_the_writer(database, &app)?;
    Ok(goals)
}

fn config(url: &str, directory: &Path) -> Config {
    Config {
        listen: ([127, 0, 0, 1], 0).into(),
        database: url.to_owned(),
        blobs: directory.join("blobs"),
        objects: None,
        keys: directory.join("keys"),
        key_command: Vec::new(),
        tls: None,
        log: Log::default(),
        voice: Voice::default(),
        demo: None,
    }
}

/// Entries that get their place, are committed and written to tiles, beside rows of the same size in the same batches.
fn integrated(database: &str, app: &App, conn: &mut Conn) -> Outcome<Goal> {
    let (name, bare) =
        (format!("{database}: taken in, signed, in tiles"), format!("{database}: bare inserts"));
    let (mut rates, mut of_bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut position = 0;
    for turn in 0..=ratio::TURNS {
        many_events(conn, EVENTS)?;
        let ours = rate(EVENTS, || Ok(sequencer::step(app)?))?;
        let reference = rate(EVENTS, || insert_bare(conn, &mut position))?;
        // The first turn warms up what is warm later.
        if turn > 0 {
            rates.push(ours);
            of_bare.push(reference);
            ratios.push(ours / reference);
        }
    }
    let median = ratio::print("entries a second", [(&name, &mut rates), (&bare, &mut of_bare)], &mut ratios);
    Ok((format!("{database}: entries taken in a second"), median, TAKEN_IN))
}

/// Events as they are stored, put there at once.
fn many_events(conn: &mut Conn, count: usize) -> Outcome<()> {
    let first = events::newest(conn)? + 1;
    let last = first + i64::try_from(count)? - 1;
    let body = r#"{"kind":"personal_data_read","subject":"20260928-P01-01-0001","what":"portrait"}"#;
    conn.batch_execute(&format!(
        "INSERT INTO events (seq, at, actor, kind, rule_set, body) \
         WITH RECURSIVE n(seq) AS (SELECT {first} UNION ALL SELECT seq + 1 FROM n WHERE seq < {last}) \
         SELECT seq, 1790553600000 + seq, 'account:acc-centre', 'personal_data_read', NULL, '{body}' FROM n"
    ))?;
    Ok(())
}

fn insert_bare(conn: &mut Conn, position: &mut usize) -> Outcome<()> {
    let digits = hex::encode([7; 32]);
    for _ in 0..EVENTS / 2000 {
        conn.batch_execute("BEGIN")?;
        for _ in 0..2000 / TOGETHER {
            let rows: Vec<String> = (*position..*position + TOGETHER)
                .map(|position| format!("({position}, '{digits}', '{digits}')"))
                .collect();
            *position += TOGETHER;
            conn.batch_execute(&format!(
                "INSERT INTO bare (position, salt, leaf) VALUES {}",
                rows.join(", ")
            ))?;
        }
        conn.batch_execute("COMMIT")?;
    }
    Ok(())
}

/// Checking what was taken in, beside reading the same rows; the replay of the projections apart.
fn checked(database: &str, app: &App, conn: &mut Conn, directory: &Path) -> Outcome<Goal> {
    let size = usize::try_from(app.tiles.size()?)?;
    let key = server::app::log::key(app)?;
    let trust = Trust { key: Some(&key), kept: None, scratch: None };
    let (name, bare) = (format!("{database}: log-verify of leaves"), format!("{database}: reading them"));
    let median = compare(
        "leaves a second",
        Side::new(&name, size, || {
            let verdict = verify(&app.db, &trust, &|_, _| ())?;
            if verdict.first_bad.is_some() { Err("the log is not intact".into()) } else { Ok(()) }
        }),
        Side::new(&bare, size, || read_all(conn)),
    )?;
    let scratch = directory.join(format!("{database}-anew.db"));
    let replayed = rate(size, || match replay::first_difference(&app.db, &scratch, &|_| ())? {
        None => Ok(()),
        Some(row) => Err(format!("{row:?} is not what the events say").into()),
    })?;
    println!("{database}: replay of the projections, {replayed:.0} events a second\n");
    Ok((format!("{database}: leaves checked a second"), median, CHECKED))
}

fn read_all(conn: &mut Conn) -> Outcome<()> {
    let mut from = 0;
    loop {
        let entries = server::db::log::entries(conn, from, 2000)?;
        let told = events::page(conn, from + 1, 2000)?;
        let Some(last) = entries.last() else { return Ok(()) };
        from = last.position + 1;
        std::hint::black_box(told);
    }
}

/// What writers feel of it: as fast as they can, and at the load of a large exam.
fn beside_the_writer(database: &str, app: &App) -> Outcome<()> {
    let followed = AtomicBool::new(false);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // As the server's own job does: a round, then a second's rest.
        let follower = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                if followed.load(Ordering::Relaxed) {
                    sequencer::step(app).map_err(|e| e.to_string())?;
                }
                std::thread::park_timeout(Duration::from_secs(1));
            }
            Ok::<_, String>(())
        });
        let measured = [("as fast as they can", EACH, None), ("500 a second", PACED, Some(PAUSE))]
            .into_iter()
            .try_for_each(|(load, each, pause)| felt(database, app, &followed, load, (each, pause)));
        over.store(true, Ordering::Relaxed);
        follower.thread().unpark();
        follower.join().map_err(|_| "the log broke")??;
        measured
    })
}

/// How long a caller waits for its commit, in milliseconds, while the log follows and while it does not.
fn felt(
    database: &str,
    app: &App,
    followed: &AtomicBool,
    load: &str,
    (each, pause): (usize, Option<Duration>),
) -> Outcome<()> {
    let (mut with, mut without, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..=ratio::TURNS {
        followed.store(true, Ordering::Relaxed);
        let ours = many(app, each, pause)?;
        followed.store(false, Ordering::Relaxed);
        let reference = many(app, each, pause)?;
        if turn > 0 {
            with.push(ours);
            without.push(reference);
            ratios.push(ours / reference);
        }
    }
    let (follows, rests) =
        (format!("{database}: while the log is continued"), format!("{database}: while it is not"));
    let things = format!("{CALLERS} callers, {load}: milliseconds that one waits for its commit");
    ratio::print(&things, [(&follows, &mut with), (&rests, &mut without)], &mut ratios);
    Ok(())
}

/// Every caller writes its events one after the other, and all callers at the same time; milliseconds waited for each.
fn many(app: &App, each: usize, pause: Option<Duration>) -> Outcome<f64> {
    let one = || {
        let mut waited = Duration::ZERO;
        for _ in 0..each {
            let read =
                PersonalDataRead { subject: "20260928-P01-01-0001".to_owned(), what: "portrait".to_owned() };
            let event = Event::new(app.clock.now(), Actor::System("bench"), Fact::PersonalDataRead(read));
            let begun = Instant::now();
            app.db.write(move |conn| events::append(conn, &event))?;
            waited += begun.elapsed();
            if let Some(pause) = pause {
                std::thread::park_timeout(pause);
            }
        }
        Ok::<_, DbError>(waited)
    };
    let waited: Duration = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(one)).collect();
        let all = callers.into_iter().map(|caller| caller.join().unwrap_or(Err(DbError::WriterGone)));
        all.sum::<Result<Duration, DbError>>()
    })?;
    Ok(waited.as_secs_f64() * 1000.0 / f64::from(u32::try_from(CALLERS * each)?))
}

/// Proofs from the tiles of a large log, beside the hashing alone that checking one takes.
fn proofs(directory: &Path) -> Outcome<Goal> {
    let size: u64 = std::env::var("KAODIAN_BENCH_LEAVES").map_or(Ok(10_000_000), |text| text.parse())?;
    let begun = Instant::now();
    let (tiles, root) = large(directory, size)?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("a log of {size} leaves: its tiles written in {seconds:.1} s\n");
    let places: Vec<u64> =
        (0..u64::try_from(PROOFS)?).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % size).collect();
    for place in places.iter().take(20) {
        let found = tiles.inclusion(*place, size)?.ok_or("no proof")?;
        if !proof::includes(*place, size, &leaf(*place), &found, &root) {
            return Err("a proof does not hold".into());
        }
    }
    let name = format!("inclusion in {size} leaves, from tiles");
    let median = compare(
        "proofs a second",
        Side::new(&name, PROOFS, || {
            for place in &places {
                std::hint::black_box(tiles.inclusion(*place, size)?.ok_or("no proof")?);
            }
            Ok::<_, Box<dyn Error>>(())
        }),
        Side::new("the hashing of three tiles", PROOFS, || {
            for _ in 0..u64::try_from(PROOFS)? * 3 * (WIDTH - 9) {
                std::hint::black_box(node_hash(std::hint::black_box(&root), &root));
            }
            Ok(())
        }),
    )?;
    Ok((format!("proofs a second, of {size} leaves"), median, PROVED))
}

fn leaf(n: u64) -> Hash {
    leaf_hash(&n.to_be_bytes())
}

/// The tiles of a log of so many leaves that say nothing.
fn large(directory: &Path, size: u64) -> Outcome<(Tiles, Hash)> {
    let (tiles, mut edge) = (Tiles::unsynced(directory), Edge::default());
    tiles.write(&grown(0, size), |range| {
        Ok::<_, TileError>(range.map(|n| Leaf { hash: leaf(n), entry: String::new() }).collect())
    })?;
    (0..size).for_each(|n| edge.append(leaf(n), |_, _| ()));
    let checkpoint = Checkpoint { origin: "bench".to_owned(), size, root: edge.root() };
    tiles.publish(&checkpoint.text(), &checkpoint, 0)?;
    Ok((tiles, edge.root()))
}

/// Things a second.
fn rate(count: usize, work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let begun = Instant::now();
    work()?;
    Ok(f64::from(u32::try_from(count)?) / begun.elapsed().as_secs_f64().max(1e-9))
}
