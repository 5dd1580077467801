//! Questions read aloud: every text is spoken ahead of time, once, and kept under a keyed hash of it, so that neither the
//! store nor the name tells what is asked. A job makes what is missing; nobody waits for it.

use super::App;
use super::practice::apart::{ApartError, questions_of};
use super::practice::{self, PracticeError};
use super::theory::{self, Seat, TheoryError};
use crate::blobs::BlobError;
use crate::db::{Conn, DbError, banks as tables};
use crate::seal::Sealer;
use crate::text::{Lang, text_with};
use crate::voice::{Found, Voice};
use sha2::{Digest, Sha256};
use shared::bank::Question;
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Letters of options that are read.
const LETTERS: &str = "ABCDEFGH";

/// Who speaks, and what is known to be spoken already; cheap to clone.
#[derive(Clone)]
pub struct Voices {
    /// The program.
    pub voice: Voice,
    made: Arc<Mutex<HashSet<String>>>,
    anew: Arc<AtomicBool>,
}

/// How far the job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Whether texts can be spoken.
    pub found: Found,
    /// Texts that are spoken.
    pub made: usize,
    /// Texts that are wanted.
    pub wanted: usize,
}

/// Why nothing was spoken.
#[derive(Debug, Error)]
pub enum VoicesError {
    /// Questions.
    #[error(transparent)]
    Apart(#[from] ApartError),
    /// Practice questions.
    #[error(transparent)]
    Practice(#[from] PracticeError),
    /// The store.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(VoicesError {
    Self::Apart(_) | Self::Practice(_) | Self::Blob(_) | Self::Db(_) => "unavailable",
});

impl Voices {
    /// Speech by a program.
    #[must_use]
    pub fn of(program: &str) -> Self {
        Self { voice: Voice::of(program), made: Arc::default(), anew: Arc::default() }
    }

    /// Has everything spoken again; what is there is used until it is replaced.
    pub fn again(&self) {
        self.anew.store(true, Ordering::Relaxed);
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn knows(&self, name: &str) -> bool {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    fn note(&self, name: String) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    }

    /// Whether a text need not be spoken.
    fn has(&self, app: &App, name: &str) -> Result<bool, BlobError> {
        if self.knows(name) {
            return Ok(true);
        }
        let there = !self.anew.load(Ordering::Relaxed) && app.blobs.has(name)?;
        if there {
            self.note(name.to_owned());
        }
        Ok(there)
    }
}

/// Speaks texts that are missing, at most so many, and says how far it is. Those for practising come first.
///
/// # Errors
/// [`VoicesError`]; a text that cannot be spoken is logged and left out.
pub fn step(app: &App, most: usize) -> Result<Progress, VoicesError> {
    let wanted = wanted(app)?;
    let mut missing = Vec::new();
    for text in &wanted {
        let name = name(&app.sealer, text);
        if !app.voices.has(app, &name)? {
            missing.push((text, name));
        }
    }
    let mut made = wanted.len().saturating_sub(missing.len());
    let most = if app.voices.voice.usable() { most } else { 0 };
    for (text, name) in missing.into_iter().take(most) {
        match app.voices.voice.speak(text) {
            Ok(sound) => {
                app.blobs.put_as(&name, &sound)?;
                app.voices.note(name);
                made += 1;
            }
            Err(error) => tracing::warn!(%error, "a text could not be spoken"),
        }
    }
    if made >= wanted.len() {
        app.voices.anew.store(false, Ordering::Relaxed);
    }
    Ok(Progress { found: app.voices.voice.found().clone(), made, wanted: wanted.len() })
}

/// How far the job is.
///
/// # Errors
/// [`VoicesError`].
pub fn progress(app: &App) -> Result<Progress, VoicesError> {
    step(app, 0)
}

/// A text of the caller's own paper, by its SHA-256 in hexadecimal; from the start of the examination on.
///
/// # Errors
/// [`TheoryError::NoVoice`] if the paper has no such text, it is not spoken yet or the rules do not allow it.
pub fn of_seat(app: &App, seat: &Seat, text: &str) -> Result<Vec<u8>, TheoryError> {
    let texts = theory::texts_to_read(app, seat)?;
    sound(app, texts.chain(labels()), text).ok_or(TheoryError::NoVoice)
}

/// A text of a question with which a trade is practised, by its SHA-256 in hexadecimal.
///
/// # Errors
/// [`PracticeError::NoVoice`] if there is none, or it is not spoken yet.
pub fn of_practice(app: &App, trade: &str, text: &str) -> Result<Vec<u8>, PracticeError> {
    let questions = practice::questions(app, trade)?.items.into_iter();
    let texts = questions.flat_map(|item| std::iter::once(item.title).chain(item.choices));
    sound(app, texts.chain(labels()), text).ok_or(PracticeError::NoVoice)
}

/// The text among some that has this digest, spoken.
fn sound(app: &App, mut texts: impl Iterator<Item = String>, digest: &str) -> Option<Vec<u8>> {
    let text = texts.find(|text| hex::encode(Sha256::digest(text)) == digest)?;
    app.blobs.load(&name(&app.sealer, &text)).ok()
}

/// Under which name a spoken text is kept.
fn name(sealer: &Sealer, text: &str) -> String {
    sealer.index("voice", text)
}

/// Every text that may be read: of the questions for practising, then of those of the sets in force.
fn wanted(app: &App) -> Result<Vec<String>, VoicesError> {
    let mut texts: Vec<String> = labels().collect();
    for trade in practice::trades(app)? {
        for item in practice::questions(app, &trade.trade)?.items {
            texts.push(item.title);
            texts.extend(item.choices);
        }
    }
    let asked = app.db.read(|conn| in_force(conn, &app.sealer))?;
    for question in asked {
        texts.push(question.title().to_owned());
        texts.extend(question.choices().iter().cloned());
    }
    let mut seen = BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    Ok(texts)
}

fn in_force(conn: &mut Conn, sealer: &Sealer) -> Result<Vec<Question>, ApartError> {
    let mut sets = tables::standing_sets(conn)?;
    sets.retain(|set| set.state == "in_force");
    questions_of(conn, sealer, &sets)
}

/// What is said before an option, in both languages.
fn labels() -> impl Iterator<Item = String> {
    [Lang::Zh, Lang::En].into_iter().flat_map(|lang| {
        LETTERS.chars().map(move |letter| text_with(lang, "page-seat-option", &[("n", &letter.to_string())]))
    })
}
