//! A fresh database for each test.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A database that goes away at the end of the test.
pub struct TestDb {
    pub backend: Backend,
    pub url: String,
    cluster: Option<(String, String)>,
}

impl TestDb {
    pub fn sqlite(dir: &Path) -> Self {
        let url = dir.join("kaodian.db").to_string_lossy().into_owned();
        Self { backend: Backend::Sqlite, url, cluster: None }
    }

    /// On the cluster of `KAODIAN_TEST_POSTGRES`; `None` (and a line that says so) without one.
    pub fn postgres() -> Option<Self> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let Ok(cluster) = std::env::var("KAODIAN_TEST_POSTGRES") else {
            println!("skipped: KAODIAN_TEST_POSTGRES is not set, so only SQLite was tested");
            return None;
        };
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("kaodian_it_{}_{number}", std::process::id());
        administer(&cluster, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        administer(&cluster, &format!("CREATE DATABASE {name}"));
        let url = sibling(&cluster, &name);
        Some(Self { backend: Backend::Postgres, url, cluster: Some((cluster, name)) })
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some((cluster, name)) = &self.cluster {
            administer(cluster, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn administer(cluster: &str, statement: &str) {
    let mut conn = PgConnection::establish(cluster).unwrap();
    conn.batch_execute(statement).unwrap();
}

/// The URL of another database of the same cluster: `scheme://authority/NAME?options`.
fn sibling(cluster: &str, name: &str) -> String {
    let (rest, options) =
        cluster.split_once('?').map_or((cluster, None), |(rest, options)| (rest, Some(options)));
    let (scheme, rest) = rest.split_once("://").unwrap();
    let authority = rest.split('/').next().unwrap_or_default();
    let options = options.map(|o| format!("?{o}")).unwrap_or_default();
    format!("{scheme}://{authority}/{name}{options}")
}
