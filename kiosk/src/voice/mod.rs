//! What is said on the loudspeaker: calls in their order, one at a time. The sound is made here and played by the board
//! page, which asks for it; while no board page is open, the kiosk's own machine speaks, if it can.

pub mod line;
pub mod snippets;
pub mod wav;

use crate::device::Voice;
use line::{Given, Line};
use serde::Serialize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the thread looks whether a call has been waiting for a board page in vain.
const LOOK: Duration = Duration::from_millis(250);
/// Sounds that are kept for calls that are made again.
const KEPT: usize = 32;
/// Silence between two times of the same call, milliseconds.
pub const PAUSE_MS: u32 = 700;

/// A call as it is spoken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Announcement {
    /// Queue number.
    pub number: u32,
    /// Where to.
    pub window: String,
    /// How often it is said.
    pub times: u32,
}

/// What pages are told of the voice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VoiceView {
    /// Whether calls are spoken at all.
    pub on: bool,
    /// Whether a board page is open that plays them.
    pub board: bool,
    /// Whether the last call was heard by nobody.
    pub unheard: bool,
    /// Numbers that are still to be spoken, the one that is spoken now first.
    pub to_speak: Vec<u32>,
}

/// The calls that are to be spoken, shared by whoever calls, makes the sound, and plays it.
#[derive(Debug, Default)]
pub struct Announcer {
    line: Mutex<Line>,
    changed: Condvar,
    on: bool,
}

impl Announcement {
    /// The digits of the number as they are read one by one: three at least.
    pub fn digits(&self) -> impl Iterator<Item = u32> {
        let text = format!("{:03}", self.number);
        text.chars().filter_map(|digit| digit.to_digit(10)).collect::<Vec<_>>().into_iter()
    }

    /// The number as it is read aloud, digit by digit: `零零三`.
    #[must_use]
    pub fn spoken_number(&self) -> String {
        const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
        self.digits().filter_map(|digit| DIGITS.get(usize::try_from(digit).ok()?)).collect()
    }
}

impl Announcer {
    /// With a voice, or silent.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Self { on, ..Self::default() }
    }

    /// Puts a call behind those that are still to be spoken.
    pub fn say(&self, call: Announcement) {
        if self.on {
            self.line().push(call, Instant::now());
            self.changed.notify_all();
        }
    }

    /// What a board page plays now, if it is its turn and the sound is made. The page is thereby known to be open.
    #[must_use]
    pub fn next(&self, board: &str) -> Option<Given> {
        self.line().ask(board, Instant::now())
    }

    /// A board page has begun to play.
    pub fn playing(&self, board: &str, id: u64) {
        self.line().playing(board, id, Instant::now());
    }

    /// A board page has played to the end, or could not play.
    pub fn ended(&self, board: &str, id: u64, heard: bool) {
        self.line().ended(board, id, heard, Instant::now());
        self.changed.notify_all();
    }

    /// The sound of a call that is still to be spoken.
    #[must_use]
    pub fn sound(&self, id: u64) -> Option<Arc<Vec<u8>>> {
        self.line().sound(id)
    }

    /// How things stand.
    #[must_use]
    pub fn view(&self) -> VoiceView {
        let line = self.line();
        VoiceView {
            on: self.on,
            board: line.has_board(Instant::now()),
            unheard: line.unheard(),
            to_speak: line.numbers(),
        }
    }

    /// Makes the sound of each call and speaks it where no board page does, for as long as the program runs.
    pub fn serve(&self, voice: &mut dyn Voice) {
        let mut kept: Vec<(Announcement, Arc<Vec<u8>>)> = Vec::new();
        loop {
            let mut line = self.line();
            if let Some((id, call)) = line.unmade() {
                drop(line);
                let made = sound_of(voice, &mut kept, &call);
                self.line().made(id, made);
                continue;
            }
            if let Some(call) = line.take_over(Instant::now()) {
                drop(line);
                let heard = voice.speak(&call);
                self.line().spoken(heard, Instant::now());
                continue;
            }
            // Somebody who panicked left a line that is still whole.
            if line.is_empty() {
                drop(self.changed.wait(line).unwrap_or_else(PoisonError::into_inner));
            } else {
                drop(self.changed.wait_timeout(line, LOOK).unwrap_or_else(PoisonError::into_inner));
            }
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        // A thread that panicked while it held the lock left a line that is still whole.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sound_of(
    voice: &mut dyn Voice,
    kept: &mut Vec<(Announcement, Arc<Vec<u8>>)>,
    call: &Announcement,
) -> Option<Arc<Vec<u8>>> {
    if let Some((_, sound)) = kept.iter().find(|(known, _)| known == call) {
        return Some(Arc::clone(sound));
    }
    match voice.wav(call) {
        Ok(sound) => {
            let sound = Arc::new(sound);
            if kept.len() >= KEPT {
                kept.remove(0);
            }
            kept.push((call.clone(), Arc::clone(&sound)));
            Some(sound)
        }
        Err(error) => {
            tracing::warn!(%error, number = call.number, "the sound of a call cannot be made; it is on the board");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_digit_by_digit() {
        for (number, spoken) in [(3, "零零三"), (20, "零二零"), (915, "九一五"), (1001, "一零零一")]
        {
            let call = Announcement { number, window: "一号窗口".to_owned(), times: 1 };
            assert_eq!(call.spoken_number(), spoken);
        }
    }
}
