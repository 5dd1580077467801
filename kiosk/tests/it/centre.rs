//! The server's side of the contract, as small as it can be: it checks every token and every entry.

use super::world;
use actix_web::http::header::{DATE, HttpDate};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kiosk::clock::Clock;
use kiosk::digest::Digest;
use serde_json::json;
use shared::log::Hash;
use shared::log::checkpoint::Checkpoint;
use shared::log::note::{Kind, Note, Verifier};
use shared::log::proof::consistency;
use shared::log::tree::{Edge, range_hash};
use shared::time::Instant;
use shared::wire::v1::bundle::{DayBundle, SignedBundle};
use shared::wire::v1::journal::{GENESIS, JournalAnswer, JournalEntry, JournalPost, entry_hash};
use shared::wire::v1::kiosk::{AUDIENCE, CallClaims, EnrolAnswer, EnrolRequest, TOKEN_SECONDS};
use shared::wire::v1::log::{Cosigned, LogAnswer, written};
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, UNIX_EPOCH};

pub const CODE: &str = "one-time-code";

/// What the server has, and how it misbehaves.
#[derive(Default)]
pub struct Books {
    pub entries: Vec<JournalEntry>,
    pub blobs: HashMap<String, Vec<u8>>,
    pub bundle: Option<DayBundle>,
    /// Answers every call with this status.
    pub refuse_with: Option<u16>,
    /// Takes the next entries but loses the answer.
    pub lose_next_answer: bool,
    /// Changes one byte of the bundle after it was signed.
    pub forge_bundle: bool,
    /// Leaves of the server's log; none: there is no log.
    pub log: Vec<Hash>,
    /// Notes that the kiosk signed.
    pub cosigned: Vec<Note>,
    pub posts: usize,
    /// Day bundles given out.
    pub bundles: usize,
    /// The server's clock is so far ahead of the system's, in milliseconds.
    pub ahead_ms: i64,
    kiosk_key: Option<String>,
    seen: HashSet<String>,
}

/// A running server.
pub struct Centre {
    pub url: String,
    books: Arc<Mutex<Books>>,
    handle: actix_web::dev::ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Centre {
    pub fn start() -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        books.lock().unwrap().blobs.insert(Digest::of(world::PDF).to_string(), world::PDF.to_vec());
        let (sender, receiver) = channel();
        let shared = Arc::clone(&books);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(Data::new(Arc::clone(&shared)))
                        .app_data(web::PayloadConfig::new(16 << 20))
                        .default_service(web::to(answer))
                        .route("/api/v1/kiosk/blobs/{digest}", web::to(blob))
                })
                .workers(1)
                .disable_signals()
                .bind("127.0.0.1:0")
                .unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                sender.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = receiver.recv().unwrap();
        Self { url: format!("http://{address}"), books, handle, thread: Some(thread) }
    }

    /// A server with this many candidates, whose session starts in an hour.
    pub fn with_day(candidates: u16) -> Self {
        let centre = Self::start();
        centre.publish(candidates, 1);
        centre
    }

    pub fn publish(&self, candidates: u16, revision: i64) {
        let mut books = self.books();
        let starts_at = books.now().plus_minutes(60);
        for candidate in 1..=candidates {
            let portrait = world::portrait_of(candidate);
            books.blobs.insert(Digest::of(&portrait).to_string(), portrait);
        }
        books.bundle = Some(world::day("K1", candidates, starts_at, revision));
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }
}

impl Books {
    /// The server's time.
    fn now(&self) -> Instant {
        Instant::from_millis(Clock::System.now().unwrap().millis() + self.ahead_ms)
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        let stop = self.handle.stop(false);
        std::thread::spawn(move || actix_web::rt::System::new().block_on(stop)).join().unwrap();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn refusal(status: u16, code: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    HttpResponse::build(status).json(json!({"code": code}))
}

/// Checks the token as the contract says; what is wrong is the answer.
fn check(books: &mut Books, request: &HttpRequest, body: &[u8]) -> Result<(), HttpResponse> {
    if let Some(status) = books.refuse_with {
        return Err(refusal(status, "test"));
    }
    let wrong = |what: &str| refusal(401, what);
    let header = request.headers().get("authorization").and_then(|h| h.to_str().ok()).unwrap_or_default();
    let token = header.strip_prefix("Kiosk ").ok_or_else(|| wrong("scheme"))?;
    let key = books.kiosk_key.clone().ok_or_else(|| wrong("not enrolled"))?;
    let key = DecodingKey::from_ed_components(&key).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&["K1"]);
    // Looked at below, by the server's own clock.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    let claims = jsonwebtoken::decode::<CallClaims>(token, &key, &validation)
        .map_err(|e| wrong(&e.to_string()))?
        .claims;
    let now = books.now().millis() / 1000;
    if claims.exp - claims.iat > TOKEN_SECONDS || claims.exp + 5 < now || now + 5 < claims.nbf {
        return Err(wrong("life"));
    }
    if claims.htm != request.method().as_str() || claims.htu != request.uri().to_string() {
        return Err(wrong("another call"));
    }
    if claims.bsh != Digest::of(body).to_string() {
        return Err(wrong("another body"));
    }
    if !books.seen.insert(claims.jti) {
        return Err(wrong("replay"));
    }
    Ok(())
}

async fn answer(books: Data<Arc<Mutex<Books>>>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut books = books.lock().unwrap();
    let mut response = route(&mut books, &request, &body);
    let date = HttpDate::from(UNIX_EPOCH + Duration::from_millis(books.now().millis() as u64));
    response.headers_mut().insert(DATE, date.to_string().parse().unwrap());
    response
}

fn route(books: &mut Books, request: &HttpRequest, body: &[u8]) -> HttpResponse {
    if request.path() == "/api/v1/kiosk/enrol" {
        return enrol(books, body);
    }
    if let Err(response) = check(books, request, body) {
        return response;
    }
    match (request.method().as_str(), request.path()) {
        ("GET", "/api/v1/kiosk/log") => HttpResponse::Ok().json(log(books, request.query_string())),
        ("POST", "/api/v1/kiosk/log") => {
            let cosigned: Cosigned = serde_json::from_slice(body).unwrap();
            books.cosigned.push(Note::parse(&cosigned.note).unwrap());
            HttpResponse::NoContent().finish()
        }
        ("GET", "/api/v1/kiosk/journal") => HttpResponse::Ok().json(status(books)),
        ("POST", "/api/v1/kiosk/journal") => post(books, body),
        ("GET", "/api/v1/kiosk/bundle") => {
            books.bundles += 1;
            match &books.bundle {
                Some(day) => bundle(day, books.forge_bundle),
                None => refusal(404, "no_bundle"),
            }
        }
        _ => refusal(404, "not_found"),
    }
}

async fn blob(
    books: Data<Arc<Mutex<Books>>>,
    request: HttpRequest,
    digest: Path<String>,
    body: Bytes,
) -> HttpResponse {
    let mut books = books.lock().unwrap();
    if let Err(response) = check(&mut books, &request, &body) {
        return response;
    }
    if request.method() == "PUT" {
        assert_eq!(Digest::of(&body).to_string(), *digest);
        books.blobs.insert(digest.into_inner(), body.to_vec());
        return HttpResponse::NoContent().finish();
    }
    match books.blobs.get(digest.as_str()) {
        Some(bytes) => HttpResponse::Ok().body(bytes.clone()),
        None => refusal(404, "not_found"),
    }
}

fn enrol(books: &mut Books, body: &[u8]) -> HttpResponse {
    let request: EnrolRequest = serde_json::from_slice(body).unwrap();
    if request.code != CODE || books.kiosk_key.is_some() {
        return refusal(403, "code_invalid");
    }
    books.kiosk_key = Some(request.public_key);
    let x = URL_SAFE_NO_PAD.encode(server_key().verifying_key().as_bytes());
    let key = |kid: &str| json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": x});
    let keys = json!({"keys": [key("bundle-1"), key("log-1")]});
    let server_time = books.now().millis();
    HttpResponse::Ok().json(EnrolAnswer { kiosk: "K1".into(), point: "P1".into(), server_time, keys })
}

/// The signed head of the log, and that it continues the one that was seen.
fn log(books: &Books, query: &str) -> LogAnswer {
    let seen: u64 = query.strip_prefix("seen=").unwrap().parse().unwrap();
    let size = books.log.len() as u64;
    if size == 0 {
        return LogAnswer { checkpoint: None, proof: Vec::new() };
    }
    let (mut edge, mut nodes) = (Edge::default(), HashMap::new());
    for leaf in &books.log {
        edge.append(*leaf, |node, hash| {
            nodes.insert(node, hash);
        });
    }
    let key = Verifier::new("test/log", Kind::Log, server_key().verifying_key()).unwrap();
    let checkpoint = Checkpoint { origin: "test/log".to_owned(), size, root: edge.root() };
    let mut note = Note::new(checkpoint.text()).unwrap();
    note.sign(&key, &server_key());
    let ranges = consistency(seen, size).unwrap_or_default();
    let proof: Result<Vec<Hash>, Infallible> =
        ranges.iter().map(|range| range_hash(range, |node| Ok(nodes[&node]))).collect();
    LogAnswer { checkpoint: Some(note.to_string()), proof: written(&proof.unwrap()) }
}

fn bundle(day: &DayBundle, forged: bool) -> HttpResponse {
    let bundle = serde_json::to_string(day).unwrap();
    let signature = URL_SAFE_NO_PAD.encode(server_key().sign(bundle.as_bytes()).to_bytes());
    let bundle = if forged { bundle.replace("T0001", "T9001") } else { bundle };
    HttpResponse::Ok().json(SignedBundle { bundle, kid: "bundle-1".into(), signature })
}

fn status(books: &Books) -> JournalAnswer {
    JournalAnswer {
        highest: books.entries.len() as u64,
        hash: books.entries.last().map_or(GENESIS.to_owned(), |entry| entry.hash.clone()),
        dead_letters: Vec::new(),
        revision: books.bundle.as_ref().map_or(0, |day| day.revision),
        server_time: books.now().millis(),
    }
}

fn post(books: &mut Books, body: &[u8]) -> HttpResponse {
    let post: JournalPost = serde_json::from_slice(body).unwrap();
    books.posts += 1;
    for entry in post.entries {
        let last = books.entries.len() as u64;
        if entry.seq <= last {
            // A repetition is fine, another entry at the same position isn't.
            assert_eq!(books.entries[usize::try_from(entry.seq).unwrap() - 1], entry);
            continue;
        }
        let prev = books.entries.last().map_or(GENESIS, |e| e.hash.as_str());
        let hash = entry_hash(prev, entry.seq, entry.at, entry.offset_ms, &entry.fact).unwrap();
        if entry.seq != last + 1 || entry.prev != prev || entry.hash != hash {
            return refusal(409, "journal_gap");
        }
        books.entries.push(entry);
    }
    if std::mem::take(&mut books.lose_next_answer) {
        return refusal(502, "lost");
    }
    HttpResponse::Ok().json(status(books))
}
