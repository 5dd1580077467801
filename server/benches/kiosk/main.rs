//! Kiosks and the server behind them: `cargo xtask bench kiosk`. How many check-ins a second the server takes from many
//! kiosks, next to the bare database; then the kiosk's own program (`KAODIAN_BENCH_KIOSK`) as one exam point uses it: from
//! the number read to the answer, whether three thousand check-ins make it slower, how fast it starts, what it needs, and how
//! long it takes until the server has what gathered while the line was cut. Load and both programs share the machine's cores.

#[path = "../../../shared/benches/ratio/mod.rs"]
mod ratio;
#[path = "../served/mod.rs"]
mod served;
#[path = "../world/mod.rs"]
mod world;

mod bare;
mod posts;
mod program;

use served::{config, serve};
use server::app::App;
use server::app::auth::Person;
use server::http::Application;
use server::http::access::Role;
use std::error::Error;
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// People whom the kiosk's program checks in.
const PEOPLE: u32 = 3_000;

fn main() -> Outcome<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("kiosk.db").to_string_lossy().into_owned();
    on("SQLite", &path, &directory.path().join("sqlite"))?;
    match std::env::var("KAODIAN_BENCH_POSTGRES") {
        Ok(url) => on("PostgreSQL", &url, &directory.path().join("postgres")),
        Err(_) => {
            println!("PostgreSQL: skipped, KAODIAN_BENCH_POSTGRES names no empty database");
            Ok(())
        }
    }
}

fn on(database: &str, url: &str, directory: &Path) -> Outcome<()> {
    std::fs::create_dir_all(directory)?;
    let config = config(url, directory, "2026-09-28T08:40:00+08:00");
    let app = App::open(&config)?;
    if let Some(demo) = &config.demo {
        app.clock.serve(&demo.clock_socket)?;
    }
    let numbers = PEOPLE + posts::people();
    world::seat_all(&app, numbers)?;
    let address = serve(Application::build(&config, app.clone())?);
    posts::measured(database, url, &app, address, PEOPLE + 1..=numbers)?;
    match std::env::var("KAODIAN_BENCH_KIOSK") {
        Ok(program) => program::measured(database, &app, address, directory, &program, PEOPLE),
        Err(_) => {
            println!("the kiosk's program: skipped, KAODIAN_BENCH_KIOSK does not name it");
            Ok(())
        }
    }
}

/// A member of the centre's staff, who announces kiosks.
fn staff() -> Person {
    Person {
        account: "bench".to_owned(),
        login: "bench".to_owned(),
        role: Role::CentreStaff,
        display_name: "bench".to_owned(),
        staff: None,
        organisation: None,
        point: None,
        jti: "bench".to_owned(),
        exp: 0,
        era: 0,
        temporary: false,
    }
}
