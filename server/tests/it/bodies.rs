//! Whatever is sent to an endpoint, by whoever may send there: never an answer of the 500s, a problem document for what
//! is refused, and a refusal changes nothing. A few requests an endpoint; ten thousand with `KAODIAN_SOAK`.

use crate::exam;
use crate::harness::{Client, Kiosk, TestApp, on_both};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Map, Value, json};
use server::db::events;
use server::http::access::{Access, Role, TABLE, Who};
use server::http::api::openapi;

/// Requests for each endpoint.
fn count() -> usize {
    if std::env::var_os("KAODIAN_SOAK").is_some() { 10_000 } else { 24 }
}

/// Seconds after which whoever tried too often may try again: more than five minutes.
const WAIT: i64 = 5 * 60 + 1;

/// Texts that a parser, a database or a path may stumble over.
const TEXTS: [&str; 14] = [
    "",
    "x",
    "P01",
    "electrician-low-voltage",
    "2026-02-30",
    "2026-09-28",
    "\u{0}",
    "\u{202e}\u{feff}",
    "' OR 1=1 --",
    "../../etc/passwd",
    "11010519491231002X",
    "𠮷·野",
    "null",
    "-1",
];

/// Values in the place of a part of a path, percent-encoded.
const PARTS: [&str; 12] = [
    "x",
    "P01",
    "S20260928-P01-01",
    "20260928-P01-01-0001",
    "electrician-low-voltage",
    "2026-09-28",
    "%00",
    "..%2F..%2Fetc",
    "%F0%A0%AE%B7",
    "-1",
    "99999999999999999999",
    "%25%32%46",
];

/// Names of the fields that an endpoint's body has, by the description of the API.
fn fields(document: &Value, row: &Access) -> Vec<String> {
    let operation = &document["paths"][row.path][row.method.to_lowercase()];
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let named = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/"));
    let schema = named.map_or(schema, |name| &document["components"]["schemas"][name]);
    schema["properties"].as_object().map(|p| p.keys().cloned().collect()).unwrap_or_default()
}

fn pick<'a>(rng: &mut ChaCha20Rng, from: &[&'a str]) -> &'a str {
    from[rng.random_range(0..from.len())]
}

/// Any JSON value, not too deep.
fn value(rng: &mut ChaCha20Rng, depth: u32) -> Value {
    match rng.random_range(0..if depth == 0 { 8 } else { 10 }) {
        0 => Value::Null,
        1 => json!(rng.random::<bool>()),
        2 => json!(rng.random::<i64>()),
        3 => json!(u64::MAX),
        4 => json!(rng.random_range(-3..200)),
        5 => json!(rng.random::<f64>() * 1e300),
        6 => json!("长".repeat(rng.random_range(0..3000))),
        7 => json!(pick(rng, &TEXTS)),
        8 => (0..rng.random_range(0..4)).map(|_| value(rng, depth - 1)).collect(),
        _ => {
            let entries =
                (0..rng.random_range(0..4)).map(|_| (pick(rng, &TEXTS).to_owned(), value(rng, depth - 1)));
            Value::Object(entries.collect::<Vec<_>>().into_iter().collect())
        }
    }
}

/// A body: bytes, half a document, any document, or one with the fields that the endpoint knows.
fn body(rng: &mut ChaCha20Rng, fields: &[String]) -> Vec<u8> {
    match rng.random_range(0..6) {
        0 => (0..rng.random_range(0..300)).map(|_| rng.random::<u8>()).collect(),
        1 => value(rng, 3).to_string().into_bytes(),
        2 => b"{\"a\":\"\\ud800\"}".to_vec(),
        3 => {
            let mut whole = document(rng, fields).to_string().into_bytes();
            whole.truncate(rng.random_range(0..whole.len().max(1)));
            whole
        }
        _ => document(rng, fields).to_string().into_bytes(),
    }
}

fn document(rng: &mut ChaCha20Rng, fields: &[String]) -> Value {
    let mut map = Map::new();
    for field in fields {
        if rng.random_range(0..8) > 0 {
            map.insert(field.clone(), value(rng, 2));
        }
    }
    Value::Object(map)
}

fn address(rng: &mut ChaCha20Rng, row: &Access) -> String {
    let parts: Vec<&str> = row
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { pick(rng, &PARTS) } else { part })
        .collect();
    let query = match rng.random_range(0..4) {
        0 => format!("?page={}&size={}", pick(rng, &PARTS), pick(rng, &PARTS)),
        1 => format!("?day={}&name={}&from={}", pick(rng, &PARTS), pick(rng, &PARTS), pick(rng, &PARTS)),
        _ => String::new(),
    };
    parts.join("/") + &query
}

const TYPES: [&str; 4] =
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary="];

/// Who calls an endpoint.
trait Callers {
    /// The client of one request; the same person for every so-many-th.
    fn client(&self, number: usize, row: &Access, path: &str, body: &[u8]) -> Client;
}

/// People, or nobody, one after the other.
struct InTurn(Vec<Client>);

/// A kiosk that signs whatever it sends.
struct Signing<'a>(&'a TestApp, Kiosk);

impl Callers for InTurn {
    fn client(&self, number: usize, _: &Access, _: &str, _: &[u8]) -> Client {
        self.0[number % self.0.len()].clone()
    }
}

impl Callers for Signing<'_> {
    fn client(&self, number: usize, row: &Access, path: &str, body: &[u8]) -> Client {
        let client = self.0.http();
        if number.is_multiple_of(8) {
            return client.with_scheme("Kiosk", "x.y.z");
        }
        // The clock goes on, so that the tokens of a long run are forgotten as they end.
        self.0.clock.advance(1);
        client.with_scheme("Kiosk", &self.1.token(self.0, row.method, path, body))
    }
}

/// Sends its share to one endpoint and looks at every answer.
fn bombard(app: &TestApp, callers: &impl Callers, row: &Access, fields: &[String]) {
    let mut seed = [0; 32];
    for (to, from) in seed.iter_mut().zip(format!("{}{}", row.method, row.path).bytes().rev()) {
        *to = from;
    }
    let mut rng = ChaCha20Rng::from_seed(seed);
    println!("{} {}: {} requests", row.method, row.path, count());
    for number in 0..count() {
        let (path, body) = (address(&mut rng, row), body(&mut rng, fields));
        let content_type = if rng.random_range(0..5) == 0 { pick(&mut rng, &TYPES) } else { TYPES[0] };
        let before = app.db.read(events::count).unwrap();
        let answer = callers.client(number, row, &path, &body).raw(row.method, &path, content_type, &body);
        let what = || format!("{} {path} number {number}: {}", row.method, String::from_utf8_lossy(&body));
        assert!((200..500).contains(&answer.status), "{} to {}", answer.status, what());
        if answer.status >= 400 {
            let (status, code) = answer.problem();
            assert!(!code.is_empty() && status == answer.status, "{}", what());
            assert_eq!(app.db.read(events::count).unwrap(), before, "{code} changed something: {}", what());
        }
        if answer.status == 429 && matches!(row.who, Who::Anyone) {
            // Nobody's login ends meanwhile.
            app.clock.advance(WAIT);
        }
    }
}

/// Everybody who is let in to an endpoint: each role of people, or nobody.
fn someone(app: &TestApp, row: &Access) -> InTurn {
    let people = |roles: &[Role]| InTurn(roles.iter().map(|role| app.as_role(*role)).collect());
    match row.who {
        Who::AnyPerson => people(&[Role::CentreStaff, Role::PointStaff, Role::Inspector]),
        Who::Roles(roles) => people(roles),
        Who::Anyone | Who::Kiosk | Who::Seat => InTurn(vec![app.http()]),
    }
}

/// Every second endpoint, from the first or from the second on: the long run takes half as long in two tests.
fn people(first: usize) {
    on_both(|app| {
        let document = serde_json::to_value(openapi::description()).unwrap();
        // Logging out would end the walk.
        let rows = TABLE.iter().filter(|row| !row.path.ends_with("/logout"));
        for row in rows.skip(first).step_by(2) {
            // The endpoint before may have been tried too often for anybody to log in now.
            app.clock.advance(WAIT);
            bombard(app, &someone(app, row), row, &fields(&document, row));
        }
    });
}

#[test]
fn whatever_a_person_sends_is_answered_and_what_is_refused_changes_nothing() {
    people(0);
}

#[test]
fn whatever_a_person_sends_to_the_other_endpoints_is_answered_and_what_is_refused_changes_nothing() {
    people(1);
}

#[test]
fn whatever_a_kiosk_signs_is_answered_and_what_is_refused_changes_nothing() {
    on_both(|app| {
        let document = serde_json::to_value(openapi::description()).unwrap();
        for (seed, row) in (1..).zip(TABLE.iter().filter(|row| matches!(row.who, Who::Kiosk))) {
            let kiosk = Signing(app, Kiosk::new(app, "P01", seed));
            bombard(app, &kiosk, row, &fields(&document, row));
        }
    });
}

#[test]
fn whatever_a_seat_sends_is_answered_and_what_is_refused_changes_nothing() {
    exam::on_both(1, true, |exam| {
        exam.at(-10 * 60);
        exam.admit(1);
        exam.release("R01");
        exam.at(0);
        let order = json!({"secret": exam::secret(1), "room": "R01", "seat": 1});
        let entered = exam.test.http().post("/api/v1/seat/enter", &order).ok();
        let client = exam.test.http().with_token(entered["token"].as_str().unwrap());
        let document = serde_json::to_value(openapi::description()).unwrap();
        for row in TABLE.iter().filter(|row| matches!(row.who, Who::Seat) && !row.path.ends_with("/hand-in"))
        {
            bombard(exam.test, &InTurn(vec![client.clone()]), row, &fields(&document, row));
        }
    });
}
