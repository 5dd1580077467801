//! An application in a directory of its own.

use super::client::Client;
use super::db::{Backend, TestDb};
use super::world;
use diesel::prelude::*;
use diesel::sql_types::Text;
use server::app::App;
use server::config::{Config, Demo, Log, Voice};
use server::event::{Actor, Event, Fact};
use server::http::Application;
use server::http::access::Role;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::OnceLock;

/// When the clock of a test starts.
const CLOCK_START: &str = "2026-09-21T08:00:00+08:00";

/// An application; derefs to [`App`]. Clock and draws are the same in every test.
pub struct TestApp {
    pub app: App,
    pub config: Config,
    served: OnceLock<SocketAddr>,
    // Last, so that the connections are gone before the database.
    db_of_test: TestDb,
    _dir: tempfile::TempDir,
}

/// Runs a test in the demo world on SQLite and, where there is a cluster, on PostgreSQL, and answers what it answered
/// on each of them: where it is the same world it must be the same answer.
pub fn on_both<T>(test: impl Fn(&TestApp) -> T) -> Vec<T> {
    on_both_with(world::load, test)
}

/// The same in a world of the test's own.
pub fn on_both_with<T>(world: impl Fn(&TestApp), test: impl Fn(&TestApp) -> T) -> Vec<T> {
    let run = |app: TestApp| {
        world(&app);
        test(&app)
    };
    let mut answers = vec![run(TestApp::open(Backend::Sqlite).unwrap())];
    answers.extend(TestApp::open(Backend::Postgres).map(run));
    answers
}

impl TestApp {
    /// Without anything in it; `None` where the database is not there.
    pub fn open(backend: Backend) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let db_of_test = match backend {
            Backend::Sqlite => TestDb::sqlite(dir.path()),
            Backend::Postgres => TestDb::postgres()?,
        };
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            database: db_of_test.url.clone(),
            blobs: dir.path().join("blobs"),
            objects: None,
            keys: dir.path().join("keys"),
            key_command: Vec::new(),
            tls: None,
            log: Log::default(),
            voice: Voice::default(),
            demo: Some(Demo {
                clock_socket: dir.path().join("clock"),
                clock_start: CLOCK_START.to_owned(),
                clock_rate: 0,
                entropy: Some("tests".to_owned()),
            }),
        };
        let app = App::open(&config).unwrap();
        Some(Self { app, config, served: OnceLock::new(), db_of_test, _dir: dir })
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.db_of_test.backend
    }

    /// Writes facts down as the test's own, now.
    pub fn tell(&self, facts: Vec<Fact>) {
        let at = self.clock.now();
        let write = move |conn: &mut server::db::Conn| {
            for fact in facts {
                server::db::events::append(conn, &Event::new(at, Actor::System("test"), fact))?;
            }
            Ok::<(), server::db::DbError>(())
        };
        self.db.write(write).unwrap();
    }

    /// A client of the served application without a login; the first call starts the server on a free port.
    pub fn http(&self) -> Client {
        let address = *self.served.get_or_init(|| {
            let application = Application::build(&self.config, self.app.clone()).unwrap();
            let address = application.address();
            std::thread::spawn(move || {
                actix_web::rt::System::new().block_on(application.run_until_stopped()).unwrap();
            });
            address
        });
        Client::new(&format!("http://{address}"))
    }

    /// A client that is logged in with the demo account of this login name.
    pub fn logged_in(&self, login: &str) -> Client {
        self.http().log_in(login)
    }

    /// A client with the demo account of a role.
    pub fn as_role(&self, role: Role) -> Client {
        self.logged_in(world::login_of(role))
    }

    /// Every projection's rows as text, in order, by table.
    pub fn dump_projections(&self) -> Vec<(&'static str, Vec<String>)> {
        super::projections().map(|table| (table, self.dump(table))).collect()
    }

    /// The rows of a table as text, in order.
    pub fn dump(&self, table: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = Text)]
            line: String,
        }
        let columns = self.columns(table);
        let parts: Vec<String> =
            columns.iter().map(|c| format!("coalesce(cast(\"{c}\" as text), '<null>')")).collect();
        let query = format!("SELECT {} AS line FROM {table} ORDER BY 1", parts.join(" || ' | ' || "));
        let lines: Vec<Line> = self
            .db
            .read(|conn| diesel::sql_query(&query).load(conn).map_err(server::db::DbError::from))
            .unwrap();
        lines.into_iter().map(|l| l.line).collect()
    }

    fn columns(&self, table: &str) -> Vec<String> {
        super::super::schema::columns(self, table).into_iter().map(|c| c.name).collect()
    }
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
