//! The server is killed again and again while a session of many answers. What was acknowledged is there after each start,
//! once; seats go on by themselves.

use crate::harness::{TestApp, assert_rebuilds, on_both_with};
use server::app::log as cases;
use server::app::theory::Receipts;
use server::db::answers;
use shared::time::Instant;
use shared::wire::v1::receipt::{Receipt, Receipted};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use tokio::runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

#[path = "../../benches/theory/load.rs"]
mod load;
#[path = "../../benches/theory/ready.rs"]
mod ready;
#[path = "../../benches/world/mod.rs"]
mod world;

use load::Line;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How much is done.
struct Size {
    examinees: u32,
    answers: u32,
    kills: u32,
}

fn size() -> Size {
    if std::env::var_os("KAODIAN_SOAK").is_some() {
        Size { examinees: 2_000, answers: 50, kills: 100 }
    } else {
        Size { examinees: 60, answers: 12, kills: 6 }
    }
}

/// The server as a program of its own, which can be killed and started again on the same port.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(app: &TestApp, directory: &Path, listen: SocketAddr, minutes: u32) -> Self {
        let path = directory.join("server.toml");
        let config = &app.config;
        let text = format!(
            "listen = \"{listen}\"\ndatabase = {:?}\nblobs = {:?}\nkeys = {:?}\n[demo]\nclock_socket = {:?}\n\
             clock_start = {:?}\nclock_rate = 1\n",
            config.database,
            config.blobs,
            config.keys,
            directory.join("clock"),
            // Time does not go back: each start is a minute after the one before.
            Instant::parse(world::START).unwrap().plus_minutes(minutes.into()).rfc3339(),
        );
        std::fs::write(&path, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaodian-server"));
        command.args(["serve", "--config"]).arg(&path).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("ready http://").unwrap().parse().unwrap();
        Self { child, address }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Nothing stays behind a test that has failed.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One examinee: sits down, opens the paper, answers; whenever the line breaks, goes on where the server comes back.
struct Examinee {
    number: u32,
    line: Option<Line>,
    token: String,
    server: watch::Receiver<SocketAddr>,
}

impl Examinee {
    /// Asks until there is an answer.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Vec<u8>) {
        loop {
            let address = *self.server.borrow_and_update();
            if self.line.is_none() {
                self.line = Line::open(address).await.ok();
            }
            if let Some(line) = &mut self.line
                && let Ok(reply) = line.call(method, path, &self.token, body).await
            {
                return (reply.status, reply.body.to_vec());
            }
            // Killed: it is told when the server is there again.
            self.line = None;
            self.server.changed().await.unwrap();
        }
    }

    async fn good(&mut self, method: &str, path: &str, body: &str) -> serde_json::Value {
        let (status, body) = self.ask(method, path, body).await;
        let said = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(status, 200, "{path} of {}: {said}", self.number);
        serde_json::from_slice(&body).unwrap()
    }

    /// All answers, each with its receipt as it was told.
    async fn sit(mut self, answers: u32, told: Sender<()>) -> (String, Vec<Receipted>) {
        let entered = self.good("POST", "/api/v1/seat/enter", &ready::enter(self.number)).await;
        self.token = entered["token"].as_str().unwrap().to_owned();
        let ticket = entered["ticket"].as_str().unwrap().to_owned();
        self.good("POST", "/api/v1/seat/open", "").await;
        let mut kept = Vec::new();
        for seq in 1..=answers {
            let letters = if (self.number + seq).is_multiple_of(3) { "B" } else { "A" };
            let body = format!("{{\"seq\":{seq},\"choice\":\"{letters}\"}}");
            let saved = self.good("PUT", &format!("/api/v1/seat/answers/{seq}"), &body).await;
            let receipt: Receipt = serde_json::from_value(saved["receipt"].clone()).unwrap();
            let at = saved["server_time"].as_i64().unwrap();
            let (ticket, letters) = (ticket.clone(), letters.to_owned());
            kept.push(Receipted {
                ticket,
                seq: i64::from(seq),
                position: seq,
                letters,
                at,
                given_at: None,
                receipt,
            });
            told.send(()).unwrap();
        }
        (ticket, kept)
    }
}

/// Plays it: so many acknowledged answers after the last kill comes the next.
fn play(app: &TestApp, directory: &Path, size: &Size) -> (Program, BTreeMap<String, Vec<Receipted>>) {
    let mut program = Program::start(app, directory, ([127, 0, 0, 1], 0).into(), 1);
    let (up, server) = watch::channel(program.address);
    let (told, acknowledged) = channel();
    let (examinees, answers) = (size.examinees, size.answers);
    let seats = std::thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut sitting = JoinSet::new();
            for number in 1..=examinees {
                let (line, token, server) = (None, "none".to_owned(), server.clone());
                let examinee = Examinee { number, line, token, server };
                sitting.spawn(examinee.sit(answers, told.clone()));
            }
            drop(told);
            let mut all = BTreeMap::new();
            while let Some(done) = sitting.join_next().await {
                let (ticket, kept) = done.unwrap();
                all.insert(ticket, kept);
            }
            all
        })
    });
    let between = usize::try_from(examinees * answers / (size.kills + 1)).unwrap();
    for kill in 1..=size.kills {
        acknowledged.iter().take(between).for_each(drop);
        program.kill();
        program = Program::start(app, directory, program.address, kill + 1);
        up.send(program.address).unwrap();
    }
    let all = seats.join().unwrap();
    (program, all)
}

#[test]
fn a_server_that_is_killed_while_a_session_answers_keeps_what_it_acknowledged_once() {
    let size = size();
    let load = |app: &TestApp| ready::load(app, size.examinees).unwrap();
    on_both_with(load, |app| {
        let directory = tempfile::tempdir().unwrap();
        let (mut program, all) = play(app, directory.path(), &size);
        program.kill();
        assert_eq!(all.len(), usize::try_from(size.examinees).unwrap());
        let log = cases::key(&app.app).unwrap();
        let mut receipts = Receipts::new(&app.app).unwrap();
        for (ticket, kept) in &all {
            let rows = app.db.read(|conn| answers::of_ticket(conn, ticket)).unwrap();
            let numbers: Vec<i64> = rows.iter().map(|row| row.seq).collect();
            assert_eq!(numbers, (1..=i64::from(size.answers)).collect::<Vec<_>>(), "{ticket}");
            let shown = app.db.read(|conn| receipts.of_ticket(conn, &app.app, ticket)).unwrap();
            assert_eq!(&shown, kept, "what is there is what was acknowledged");
            assert!(kept.iter().all(|one| one.root(&log).is_ok()), "{ticket}");
        }
        let mut verify = Command::new(env!("CARGO_BIN_EXE_kaodian-server"));
        let said = verify.args(["log-verify", "--database", &app.config.database]).output().unwrap();
        assert!(said.status.success(), "{said:?}");
        assert_rebuilds(app);
    });
}
