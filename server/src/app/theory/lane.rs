//! Answers on their way to the disk: what comes in while the writer commits waits here, and goes in one statement, under
//! one event and one signature.

use super::TheoryError;
use super::answer::Saved;
use super::paper::{self, Keys, Sheet};
use super::seat::elsewhere;
use crate::app::App;
use crate::app::log;
use crate::db::answers::{self, AnswerRow};
use crate::db::sessions::SittingRow;
use crate::db::theory as rows;
use crate::db::{Conn, DbError, events};
use crate::event::{Actor, AnswersSaved, Event, Fact};
use crate::keys::Purpose;
use crate::seal::Sealer;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use shared::log::Hash;
use shared::log::batch::Batch;
use shared::log::note::{Note, Verifier};
use shared::time::Instant;
use shared::wire::v1::log::written;
use shared::wire::v1::receipt::{Receipt, Receipted, Salt, checkpoint};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot::Sender;

/// Answers committed together at most; the rest follow in the next turn.
const MOST: usize = 512;

/// Milliseconds that an answer may have been on its way when the examination was halted.
const ON_ITS_WAY: i64 = 10_000;

/// Papers that are known at most; all are forgotten when there are more, and learnt again.
const MOST_SHEETS: usize = 50_000;

/// The lane; cheap to clone.
#[derive(Clone, Default)]
pub struct Lane(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<Vec<Waiting>>,
    sheets: Mutex<HashMap<String, Arc<Sheet>>>,
    keys: Keys,
}

/// An answer that waits, made ready for its row: the thread of the writer is the one that everybody waits for.
pub(super) struct Waiting {
    pub token: String,
    /// As it will be stored; its place is given by the batch.
    pub row: AnswerRow,
    /// Hash of its leaf, as long as it is not a late one.
    pub leaf: Hash,
    pub letters: String,
    pub salt: Salt,
    /// When it was given by what the seat says, epoch milliseconds.
    pub given_at: Option<i64>,
    /// How many milliseconds late it may come in if it was given in time.
    pub late: i64,
    pub tell: Sender<Result<Told, TheoryError>>,
}

/// What an answer's receipt says besides its batch.
pub(super) struct Own {
    pub seq: i64,
    pub position: u32,
    pub at: i64,
    /// Hexadecimal, as the next.
    pub salt: String,
    pub sealed: String,
}

impl Own {
    fn of(row: &AnswerRow, salt: String) -> Self {
        let position = u32::try_from(row.position).unwrap_or(0);
        let sealed = hex::encode(Sha256::digest(&row.choice));
        Self { seq: row.seq, position, at: row.at, salt, sealed }
    }
}

/// What a seat is told once the commit stands.
pub(super) enum Told {
    /// Saved now, at this place of a batch.
    New { signed: Arc<Signed>, place: usize, given_at: Option<i64> },
    /// Was saved before.
    Again(Box<Saved>),
}

impl Told {
    /// The answer as it was saved, with its receipt: written where the seat waits, not where all do.
    pub fn saved(self, own: Own) -> Saved {
        match self {
            Self::New { signed, place, given_at } => signed.receipt(own, given_at, place),
            Self::Again(saved) => *saved,
        }
    }
}

/// What is told to whom once the commit stands.
type Outcomes = Vec<(Sender<Result<Told, TheoryError>>, Result<Told, TheoryError>)>;

impl Lane {
    /// What can be answered on the paper that a token opened.
    pub(super) fn sheet(&self, token: &str) -> Option<Arc<Sheet>> {
        held(&self.0.sheets).get(token).cloned()
    }

    pub(super) fn keep(&self, token: &str, sheet: Sheet) -> Arc<Sheet> {
        let sheet = Arc::new(sheet);
        let mut known = held(&self.0.sheets);
        if known.len() >= MOST_SHEETS {
            known.clear();
        }
        known.insert(token.to_owned(), sheet.clone());
        sheet
    }

    /// The right answers of the sets that are graded.
    pub(super) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Puts an answer behind those that wait; the first of them calls the writer.
    pub(super) fn put(&self, app: &App, answer: Waiting) -> Result<(), TheoryError> {
        let first = {
            let mut waiting = held(&self.0.waiting);
            waiting.push(answer);
            waiting.len() == 1
        };
        if first { self.call(app) } else { Ok(()) }
    }

    fn call(&self, app: &App) -> Result<(), TheoryError> {
        let (lane, waiting, app) = (self.clone(), self.clone(), app.clone());
        let called = app.db.clone().write_then(
            move |conn| {
                let batch = lane.take(&app)?;
                commit(conn, &app, batch)
            },
            move |told: Result<Outcomes, TheoryError>| match told {
                // Who has gone away in between comes back with the same number and is told the same.
                Ok(told) => told.into_iter().for_each(|(tell, outcome)| drop(tell.send(outcome))),
                Err(error) => {
                    tracing::error!(%error, "answers could not be saved; their seats send them again");
                    // Where there was no transaction nobody took what waits, and nobody else would call for it.
                    held(&waiting.0.waiting).clear();
                }
            },
        );
        Ok(called?)
    }

    /// Those whose turn it is; more that wait are called for anew.
    fn take(&self, app: &App) -> Result<Vec<Waiting>, TheoryError> {
        let (batch, more) = {
            let mut waiting = held(&self.0.waiting);
            let count = waiting.len().min(MOST);
            let rest = waiting.split_off(count);
            let more = !rest.is_empty();
            (std::mem::replace(&mut *waiting, rest), more)
        };
        if more {
            self.call(app)?;
        }
        Ok(batch)
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What becomes of one answer.
enum Fate {
    /// Saved: its place in the batch.
    New(usize),
    /// Was saved before.
    Known(AnswerRow),
    /// As one of this batch: its place.
    Twice(usize),
}

/// Saves a batch in the writer's transaction and says what to tell.
fn commit(conn: &mut Conn, app: &App, mut batch: Vec<Waiting>) -> Result<Outcomes, TheoryError> {
    let mut open = Open::load(conn, &batch)?;
    let fates: Vec<Result<Fate, TheoryError>> =
        batch.iter_mut().map(|answer| open.decide(conn, &app.sealer, answer)).collect();
    let signer = Signer::of(app)?;
    let Open { new, leaves, salts, .. } = open;
    let saved = append(conn, &new, leaves)?;
    let saved = saved.map(|(event, tree)| signer.sign(event, new.len(), tree)).transpose()?.map(Arc::new);
    let mut told = Vec::with_capacity(batch.len());
    for (answer, fate) in batch.into_iter().zip(fates) {
        let outcome = match (fate, &saved) {
            (Err(refused), _) => Err(refused),
            (Ok(Fate::New(place)), Some(saved)) => {
                let given_at = new.get(place).and_then(|row| row.given_at);
                Ok(Told::New { signed: saved.clone(), place, given_at })
            }
            (Ok(Fate::Twice(place)), Some(saved)) => {
                let first = new.get(place).zip(salts.get(place)).ok_or(DbError::WriterGone);
                let told = |(row, salt): (&AnswerRow, &Salt)| {
                    let own = Own::of(row, hex::encode(salt));
                    Told::Again(Box::new(saved.receipt(own, row.given_at, place)))
                };
                first.map(told).map_err(Into::into)
            }
            (Ok(Fate::Known(row)), _) => {
                again(conn, &app.sealer, &signer, &row).map(|saved| Told::Again(Box::new(saved)))
            }
            (Ok(_), None) => Err(DbError::WriterGone.into()),
        };
        told.push((answer.tell, outcome));
    }
    Ok(told)
}

/// Appends the event of some answers with them as its content, and the hashes of their leaves; nothing without any.
pub(super) fn append(
    conn: &mut Conn,
    new: &[AnswerRow],
    leaves: Vec<Hash>,
) -> Result<Option<(i64, Batch)>, TheoryError> {
    let Some(last) = new.last() else { return Ok(None) };
    let tree = Batch::new(leaves);
    let fact = Fact::AnswersSaved(AnswersSaved {
        count: u32::try_from(new.len()).unwrap_or(u32::MAX),
        root: hex::encode(tree.root()),
    });
    let event = Event::new(Instant::from_millis(last.at), Actor::System("seats"), fact);
    let seq = events::append_with(conn, &event, |conn, seq| answers::insert(conn, seq, new))?;
    Ok(Some((seq, tree)))
}

/// The sittings of a batch while it is decided answer by answer.
struct Open {
    /// With since when it is halted.
    sittings: HashMap<String, (SittingRow, Option<i64>)>,
    new: Vec<AnswerRow>,
    /// Of each of the new, as the next.
    leaves: Vec<Hash>,
    salts: Vec<Salt>,
}

impl Open {
    fn load(conn: &mut Conn, batch: &[Waiting]) -> Result<Self, TheoryError> {
        let mut tickets: Vec<&str> = batch.iter().map(|answer| answer.row.ticket.as_str()).collect();
        tickets.sort_unstable();
        tickets.dedup();
        let sittings = rows::sittings_of(conn, &tickets)?;
        let sittings = sittings.into_iter().map(|one| (one.0.ticket.clone(), one)).collect();
        Ok(Self { sittings, new: Vec::new(), leaves: Vec::new(), salts: Vec::new() })
    }

    /// Decides, and takes the row of an answer that is saved.
    fn decide(
        &mut self,
        conn: &mut Conn,
        sealer: &Sealer,
        answer: &mut Waiting,
    ) -> Result<Fate, TheoryError> {
        let (ticket, seq) = (&answer.row.ticket, answer.row.seq);
        let found = self.sittings.get_mut(ticket);
        let Some((sitting, halted)) = found else { return Err(TheoryError::SeatTakenOver) };
        if sitting.token != answer.token {
            return Err(elsewhere(conn, ticket, Some(sitting))?);
        }
        if seq >= 1 && seq <= sitting.last_seq {
            return known(conn, sealer, &self.new, answer, sitting.last_seq);
        }
        let given_at = in_time(sitting, *halted, answer)?;
        if seq != sitting.last_seq + 1 {
            return Err(TheoryError::Sequence(sitting.last_seq + 1));
        }
        sitting.last_seq = seq;
        let place = self.new.len();
        let mut row = std::mem::take(&mut answer.row);
        row.place = i32::try_from(place).unwrap_or(i32::MAX);
        row.given_at = given_at;
        self.leaves.push(if given_at.is_some() { row.leaf_hash() } else { answer.leaf });
        self.new.push(row);
        self.salts.push(answer.salt);
        Ok(Fate::New(place))
    }
}

/// An answer whose number is used: the same again, or a conflict.
fn known(
    conn: &mut Conn,
    sealer: &Sealer,
    new: &[AnswerRow],
    answer: &Waiting,
    last: i64,
) -> Result<Fate, TheoryError> {
    let asked = &answer.row;
    let of_batch = |row: &&AnswerRow| row.ticket == asked.ticket && row.seq == asked.seq;
    let (row, place) = match new.iter().find(of_batch) {
        Some(row) => (row.clone(), usize::try_from(row.place).ok()),
        None => {
            let row = answers::one(conn, &asked.ticket, asked.seq)?;
            (row.ok_or(TheoryError::Sequence(last + 1))?, None)
        }
    };
    let (letters, _) = paper::opened(sealer, &row)?;
    if row.position != asked.position || letters != answer.letters {
        return Err(TheoryError::Conflict(asked.seq));
    }
    Ok(place.map_or(Fate::Known(row), Fate::Twice))
}

/// Whether an answer counts; for one that came late, when it was given.
fn in_time(sitting: &SittingRow, halted: Option<i64>, answer: &Waiting) -> Result<Option<i64>, TheoryError> {
    arrived(sitting, halted, answer.row.at, (answer.given_at, answer.late))
}

/// As [`in_time`], for an answer that came at a time, with when it was given by what the seat says and how many
/// milliseconds late it may come.
pub(super) fn arrived(
    sitting: &SittingRow,
    halted: Option<i64>,
    at: i64,
    (given_at, late): (Option<i64>, i64),
) -> Result<Option<i64>, TheoryError> {
    if sitting.ended_at.is_some() {
        return Err(TheoryError::AlreadyEnded);
    }
    if let Some(since) = halted {
        // What was on its way when the examination was halted is saved still.
        let on_its_way = at <= since.saturating_add(ON_ITS_WAY);
        return if on_its_way { Ok(None) } else { Err(TheoryError::Halted) };
    }
    if at < sitting.deadline {
        return Ok(None);
    }
    let given = given_at.filter(|given| *given < sitting.deadline);
    if given.is_some() && at < sitting.deadline.saturating_add(late) {
        return Ok(given);
    }
    Err(TheoryError::TimeIsUp(Instant::from_millis(sitting.deadline).minute_in_china()))
}

/// What was told when the answer was saved, told once more.
fn again(conn: &mut Conn, sealer: &Sealer, signer: &Signer, row: &AnswerRow) -> Result<Saved, TheoryError> {
    let (_, salt) = paper::opened(sealer, row)?;
    let batch = answers::of_batch(conn, row.batch)?;
    let signed = signer.sign(row.batch, batch.len(), answers::tree(&batch))?;
    Ok(signed.receipt(Own::of(row, salt), row.given_at, usize::try_from(row.place).unwrap_or(usize::MAX)))
}

/// Tells receipts once more; a batch that was looked at is kept, since its answers are of many.
pub struct Receipts {
    signer: Signer,
    batches: HashMap<i64, Signed>,
}

impl Receipts {
    /// Nothing is read yet.
    ///
    /// # Errors
    /// [`TheoryError`] if there is no key.
    pub fn new(app: &App) -> Result<Self, TheoryError> {
        Ok(Self { signer: Signer::of(app)?, batches: HashMap::new() })
    }

    /// The receipts of every answer of a ticket, in the order saved.
    ///
    /// # Errors
    /// [`TheoryError`] if they cannot be read.
    pub fn of_ticket(
        &mut self,
        conn: &mut Conn,
        app: &App,
        ticket: &str,
    ) -> Result<Vec<Receipted>, TheoryError> {
        let mut all = Vec::new();
        for row in answers::of_ticket(conn, ticket)? {
            let signed = match self.batches.entry(row.batch) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let batch = answers::of_batch(conn, row.batch)?;
                    new.insert(self.signer.sign(row.batch, batch.len(), answers::tree(&batch))?)
                }
            };
            let (letters, salt) = paper::opened(&app.sealer, &row)?;
            let place = usize::try_from(row.place).unwrap_or(usize::MAX);
            let Saved { seq, position, server_time: at, given_at, receipt } =
                signed.receipt(Own::of(&row, salt), row.given_at, place);
            let ticket = row.ticket;
            all.push(Receipted { ticket, seq, position, letters, at, given_at, receipt });
        }
        Ok(all)
    }
}

/// Signs roots with the key of the log.
struct Signer {
    log: Verifier,
    key: SigningKey,
}

/// A batch with its signed root.
pub(super) struct Signed {
    event: i64,
    tree: Batch,
    note: String,
}

impl Signer {
    fn of(app: &App) -> Result<Self, TheoryError> {
        Ok(Self { log: log::key(app)?, key: app.keys.signing(Purpose::Log) })
    }

    fn sign(&self, event: i64, count: usize, tree: Batch) -> Result<Signed, TheoryError> {
        let size = u64::try_from(count).unwrap_or(u64::MAX);
        let text = checkpoint(self.log.name(), event, size, tree.root()).text();
        let mut note = Note::new(text).map_err(log::LogError::from)?;
        note.sign(&self.log, &self.key);
        Ok(Signed { event, tree, note: note.to_string() })
    }
}

impl Signed {
    fn receipt(&self, own: Own, given_at: Option<i64>, place: usize) -> Saved {
        let receipt = Receipt {
            event: self.event,
            index: u64::try_from(place).unwrap_or(u64::MAX),
            salt: own.salt,
            sealed: own.sealed,
            path: written(&self.tree.path(place)),
            note: self.note.clone(),
        };
        Saved { seq: own.seq, position: own.position, server_time: own.at, given_at, receipt }
    }
}
