//! The day bundle: everything a kiosk needs to go on alone for a day.

use super::prints::Leases;
use super::{KioskError, known};
use crate::app::certificates::working_days;
use crate::app::{App, masks};
use crate::db::certificates::{self as issued, Issued};
use crate::db::kiosks::KioskRow;
use crate::db::sessions::{self as sessions, Candidate, SessionRow};
use crate::db::{Conn, DbError, accounts, blanks, kiosks as rows, world as tables};
use crate::event::PointAdded;
use crate::keys::Purpose;
use crate::seal::keyed_hash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer;
use shared::blanks::Range;
use shared::queue::{NumberBlock, PlaceCode, PlaceKind};
use shared::time::Date;
use shared::wire::v1::bundle::{
    BundleBlanks, BundleCandidate, BundleCertificate, BundleNumbers, BundlePlace, BundleSession, BundleStaff,
    DayBundle, SignedBundle,
};
use std::collections::BTreeSet;

/// A bundle of a day so many days past can still be fetched.
pub const DAYS_BACK: u32 = 1;

/// A bundle can be fetched so many days ahead, so that a kiosk is set up before the day.
pub const DAYS_AHEAD: u32 = 7;

/// A certificate that was printed waits at the desk for its person for so many days after the examination.
const FETCHED: u32 = 30;

/// Events that change what a bundle holds; prints, moves between kiosks and receipts are counted beside them.
const KINDS: [&str; 14] = [
    "account_added",
    "rule_set_loaded",
    "trade_loaded",
    "calendar_loaded",
    "point_added",
    "session_opened",
    "candidate_enrolled",
    "session_seated",
    "seat_moved",
    "certificate_issued",
    "kiosk_enrolled",
    "kiosk_revoked",
    "blanks_stocked",
    "blanks_allotted",
];

/// The signed bundle of a kiosk for a day, today if none is named.
///
/// # Errors
/// [`KioskError::Day`] for a day that is no day or too far away.
pub fn bundle(app: &App, kiosk: &str, day: Option<&str>) -> Result<SignedBundle, KioskError> {
    let today = app.clock.now().date_in_china();
    let day = match day {
        None => today,
        Some(text) => near(text, today).ok_or_else(|| KioskError::Day(text.to_owned()))?,
    };
    let bundle = app.db.read(|conn| collect(app, conn, kiosk, &day.to_string()))?;
    let text = serde_json::to_string(&bundle).map_err(|e| DbError::corrupt("bundle", e))?;
    let signature = app.keys.signing(Purpose::Bundle).sign(text.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
    Ok(SignedBundle { bundle: text, kid: app.keys.kid(Purpose::Bundle), signature })
}

/// A number that grows with every change of what bundles hold.
///
/// # Errors
/// [`DbError`].
pub fn revision(conn: &mut Conn) -> Result<i64, DbError> {
    let mut last = 0;
    for kind in KINDS {
        last = last.max(rows::last_of_kind(conn, kind)?.unwrap_or(0));
    }
    Ok(last + issued::printed_count(conn)? + blanks::changes(conn)?)
}

fn near(text: &str, today: Date) -> Option<Date> {
    let day = Date::parse(text).ok()?;
    (today.minus_days(DAYS_BACK) <= day && day <= today.plus_days(DAYS_AHEAD)).then_some(day)
}

fn collect(app: &App, conn: &mut Conn, kiosk: &str, day: &str) -> Result<DayBundle, KioskError> {
    let kiosk = known(conn, kiosk)?;
    let point = tables::point(conn, &kiosk.point)?.ok_or(KioskError::Unknown)?;
    // Read before the rest: a change in between makes the kiosk fetch once more, never once too little.
    let revision = revision(conn)?;
    let index_key = app.sealer.index("bundle", &format!("{}\n{day}", kiosk.point));
    let of_day = sessions::sessions(conn, Some(day), Some(&kiosk.point))?;
    let mut rule_sets = Vec::new();
    for id in of_day.iter().map(|s| s.rule_set.as_str()).collect::<BTreeSet<_>>() {
        rule_sets.extend(tables::rule_set_row(conn, id)?.map(|row| row.toml));
    }
    let hash = Hash { app, key: hex::decode(&index_key).unwrap_or_default() };
    let mut all = Vec::new();
    for session in of_day {
        all.push(one_session(&hash, conn, &point, session)?);
    }
    let numbers = numbers(&kiosk.id);
    Ok(DayBundle {
        version: 1,
        revision,
        certificates: certificates(app, conn, &kiosk, day)?,
        kiosks: blanks::kiosks_in_use(conn, &kiosk.point)?,
        blanks: shares(conn, &kiosk)?,
        kiosk: kiosk.id,
        staff: staff(conn, &kiosk.point)?,
        places: places(&point),
        numbers,
        point: kiosk.point,
        point_zh: point.name_zh.clone(),
        point_en: point.name_en.clone(),
        day: day.to_owned(),
        issued_at: app.clock.now().millis(),
        controlled_clock: app.clock.is_controlled(),
        index_key,
        rule_sets,
        sessions: all,
    })
}

/// Blanks that a kiosk may print on.
fn shares(conn: &mut Conn, kiosk: &KioskRow) -> Result<Option<Vec<BundleBlanks>>, DbError> {
    let own = blanks::of_kiosk(conn, &kiosk.point, &kiosk.id)?;
    let written = |share: Range| BundleBlanks { from: share.from(), to: share.to() };
    Ok(own.map(|own| own.into_iter().map(written).collect()))
}

/// Who works at an exam point and may sign in at its kiosks' desk.
fn staff(conn: &mut Conn, point: &str) -> Result<Vec<BundleStaff>, KioskError> {
    let ours = accounts::all(conn)?.into_iter().filter(|account| account.point.as_deref() == Some(point));
    let mut staff: Vec<_> =
        ours.map(|account| BundleStaff { login: account.login, name: account.display_name }).collect();
    staff.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(staff)
}

/// Rooms and stations of an exam point, as places at which people queue.
fn places(point: &PointAdded) -> Vec<BundlePlace> {
    let place = |kind, code: &str, zh: &str, en: &str| {
        let place = PlaceCode::new(kind, code).ok()?.to_string();
        Some(BundlePlace { place, name_zh: zh.to_owned(), name_en: en.to_owned() })
    };
    let rooms = point.rooms.iter().filter_map(|r| place(PlaceKind::Room, &r.code, &r.name_zh, &r.name_en));
    let stations =
        point.stations.iter().filter_map(|s| place(PlaceKind::Station, &s.code, &s.name_zh, &s.name_en));
    rooms.chain(stations).collect()
}

/// The queue numbers of a kiosk: the block of its own number at the exam point, which stands at the end of its id.
fn numbers(kiosk: &str) -> Option<BundleNumbers> {
    let (_, number) = kiosk.rsplit_once("-K")?;
    let block = NumberBlock::of_kiosk(number.parse().ok()?)?;
    Some(BundleNumbers { first: block.first(), last: block.last() })
}

struct Hash<'a> {
    app: &'a App,
    key: Vec<u8>,
}

fn one_session(
    hash: &Hash<'_>,
    conn: &mut Conn,
    point: &PointAdded,
    session: SessionRow,
) -> Result<BundleSession, KioskError> {
    let trade = tables::trade_record(conn, &session.trade)?;
    let trade = trade.ok_or_else(|| DbError::corrupt("session", "unknown trade"))?;
    let mut candidates = Vec::new();
    for candidate in sessions::candidates(conn, &session.id)? {
        candidates.extend(one_candidate(hash, point, &candidate)?);
    }
    Ok(BundleSession {
        session: session.id,
        rule_set: session.rule_set,
        trade: session.trade,
        trade_zh: trade.name_zh,
        trade_en: trade.name_en,
        starts_at: session.starts_at,
        candidates,
    })
}

/// A candidate, once there is a seat to send him to.
fn one_candidate(
    hash: &Hash<'_>,
    point: &PointAdded,
    candidate: &Candidate,
) -> Result<Option<BundleCandidate>, KioskError> {
    let (Some(room), Some(seat)) = (&candidate.row.room, candidate.row.seat) else { return Ok(None) };
    let secret =
        hash.app.sealer.open("ticket.secret", &crate::event::Sealed(candidate.row.secret.clone()))?;
    let id_number = hash.app.sealer.open("person.id_number", &candidate.id_number)?;
    let names = point.rooms.iter().find(|r| r.code == *room);
    Ok(Some(BundleCandidate {
        ticket: candidate.row.ticket.clone(),
        id_index: keyed_hash(&hash.key, &id_number),
        secret_index: keyed_hash(&hash.key, &secret),
        name_masked: masks::name(hash.app, &candidate.name)?,
        id_masked: masks::id_number(hash.app, &candidate.id_number)?,
        room: room.clone(),
        room_zh: names.map_or_else(|| room.clone(), |r| r.name_zh.clone()),
        room_en: names.map_or_else(|| room.clone(), |r| r.name_en.clone()),
        seat: u32::try_from(seat).unwrap_or(0),
        portrait: candidate.portrait.clone(),
    }))
}

/// Certificates of the day's sessions, and those of days before that nobody has printed or fetched yet.
fn certificates(
    app: &App,
    conn: &mut Conn,
    kiosk: &KioskRow,
    day: &str,
) -> Result<Vec<BundleCertificate>, KioskError> {
    let all = issued::all(conn, Some(&kiosk.point), Some(day))?;
    let ids: Vec<String> = all.iter().map(|c| c.row.id.clone()).collect();
    let printed = issued::printed_at(conn, &ids)?;
    let deadlines = crate::app::certificates::Deadlines::load(conn)?;
    let (leases, received) = (Leases::load(conn, &kiosk.point)?, blanks::received_at(conn)?);
    let still_fetched =
        Date::parse(day).map_or_else(|_| day.to_owned(), |d| d.minus_days(FETCHED).to_string());
    let mut ready = Vec::new();
    for Issued { row, session, name } in all {
        let printed = printed.contains_key(&row.id);
        let received = received.contains_key(&row.id);
        if session.day == day || !printed || !received && session.day >= still_fetched {
            ready.push(BundleCertificate {
                lease: leases.holder(&row.id).map(str::to_owned),
                releases: leases.releases(&row.id, &kiosk.id),
                received,
                working_days: Some(working_days(conn, &row, &session)?),
                due: deadlines.due(conn, &row, &session)?,
                name_masked: masks::name(app, &name)?,
                certificate: row.id,
                ticket: row.ticket,
                pdf: row.pdf,
                printed,
            });
        }
    }
    Ok(ready)
}
