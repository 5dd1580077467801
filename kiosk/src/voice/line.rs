//! The order in which calls are spoken, and by whom: pure, with the time as an argument.

use super::Announcement;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A board page is open for so long after it last asked.
pub const LEASE: Duration = Duration::from_secs(4);
/// A call waits so long for a board page before the kiosk speaks itself.
pub const GRACE: Duration = Duration::from_secs(3);
/// A board page that does not report the end of a call is not waited for longer than this.
pub const LONGEST: Duration = Duration::from_secs(60);

/// The calls that are to be spoken.
#[derive(Debug, Default)]
pub struct Line {
    last_id: u64,
    calls: VecDeque<Spoken>,
    board: Option<(String, Instant)>,
    /// Whether the kiosk itself speaks at this moment.
    speaking: bool,
    unheard: bool,
}

#[derive(Debug)]
struct Spoken {
    id: u64,
    call: Announcement,
    sound: Sound,
    /// Since when it is the first of the line.
    first_since: Option<Instant>,
    began: Option<Instant>,
}

#[derive(Debug)]
enum Sound {
    ToMake,
    Made(Arc<Vec<u8>>),
    Impossible,
}

/// What a board page is given to play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Given {
    /// Its number among all calls since the program started.
    pub id: u64,
    /// Where the sound is.
    pub sound: String,
    /// Queue number.
    pub number: u32,
    /// Where to.
    pub window: String,
}

impl Line {
    /// Puts a call at the end.
    pub fn push(&mut self, call: Announcement, now: Instant) {
        self.last_id += 1;
        let id = self.last_id;
        self.calls.push_back(Spoken { id, call, sound: Sound::ToMake, first_since: None, began: None });
        self.mark_first(now);
    }

    /// The first call of which nobody has tried to make the sound.
    #[must_use]
    pub fn unmade(&self) -> Option<(u64, Announcement)> {
        let call = self.calls.iter().find(|call| matches!(call.sound, Sound::ToMake));
        call.map(|call| (call.id, call.call.clone()))
    }

    /// Takes the sound of a call, or that there is none.
    pub fn made(&mut self, id: u64, sound: Option<Arc<Vec<u8>>>) {
        if let Some(call) = self.calls.iter_mut().find(|call| call.id == id) {
            call.sound = sound.map_or(Sound::Impossible, Sound::Made);
        }
    }

    /// A board page asks what it plays now. One page plays at a time: another one is given nothing until the first has
    /// not asked for [`LEASE`].
    pub fn ask(&mut self, board: &str, now: Instant) -> Option<Given> {
        if self.board.as_ref().is_some_and(|(holder, until)| holder != board && now < *until) {
            return None;
        }
        self.board = Some((board.to_owned(), now + LEASE));
        self.drop_what_hangs(now);
        let first = self.calls.front().filter(|_| !self.speaking)?;
        matches!(first.sound, Sound::Made(_)).then(|| Given {
            id: first.id,
            sound: format!("/voice/{}.wav", first.id),
            number: first.call.number,
            window: first.call.window.clone(),
        })
    }

    /// A board page has begun to play.
    pub fn playing(&mut self, board: &str, id: u64, now: Instant) {
        if self.is_turn_of(board, id)
            && let Some(first) = self.calls.front_mut()
        {
            first.began = Some(now);
            self.unheard = false;
        }
    }

    /// A board page has played to the end, or could not play.
    pub fn ended(&mut self, board: &str, id: u64, heard: bool, now: Instant) {
        if self.is_turn_of(board, id) {
            self.unheard = !heard;
            self.calls.pop_front();
            self.mark_first(now);
        }
    }

    /// The call that the kiosk speaks itself, because no board page has asked for it in time, or because there is no
    /// sound that a page could play. It is taken out of the line; [`Line::spoken`] says how it went.
    pub fn take_over(&mut self, now: Instant) -> Option<Announcement> {
        let first = self.calls.front()?;
        let waited = first.first_since.is_some_and(|since| now >= since + GRACE);
        let impossible = matches!(first.sound, Sound::Impossible);
        if self.speaking || !(impossible || (waited && !self.has_board(now))) {
            return None;
        }
        self.speaking = true;
        let taken = self.calls.pop_front().map(|call| call.call);
        self.mark_first(now);
        taken
    }

    /// The kiosk has spoken, or could not.
    pub fn spoken(&mut self, heard: bool, now: Instant) {
        self.speaking = false;
        self.unheard = !heard;
        if let Some(first) = self.calls.front_mut() {
            first.first_since = Some(now);
        }
    }

    /// The sound of a call in the line.
    #[must_use]
    pub fn sound(&self, id: u64) -> Option<Arc<Vec<u8>>> {
        match &self.calls.iter().find(|call| call.id == id)?.sound {
            Sound::Made(sound) => Some(Arc::clone(sound)),
            Sound::ToMake | Sound::Impossible => None,
        }
    }

    /// Whether a board page is open that plays.
    #[must_use]
    pub fn has_board(&self, now: Instant) -> bool {
        self.board.as_ref().is_some_and(|(_, until)| now < *until)
    }

    /// Whether the last call was heard by nobody.
    #[must_use]
    pub const fn unheard(&self) -> bool {
        self.unheard
    }

    /// Whether nothing is to be spoken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Numbers still to be spoken, in order.
    #[must_use]
    pub fn numbers(&self) -> Vec<u32> {
        self.calls.iter().map(|call| call.call.number).collect()
    }

    fn is_turn_of(&self, board: &str, id: u64) -> bool {
        self.board.as_ref().is_some_and(|(holder, _)| holder == board)
            && self.calls.front().is_some_and(|first| first.id == id)
    }

    fn drop_what_hangs(&mut self, now: Instant) {
        let hangs = |call: &Spoken| call.began.is_some_and(|began| now >= began + LONGEST);
        if self.calls.front().is_some_and(hangs) {
            self.calls.pop_front();
            self.mark_first(now);
        }
    }

    fn mark_first(&mut self, now: Instant) {
        if let Some(first) = self.calls.front_mut() {
            first.first_since.get_or_insert(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: u32) -> Announcement {
        Announcement { number, window: "1".to_owned(), times: 1 }
    }

    /// A line with these calls, all of them made.
    fn line(numbers: &[u32], now: Instant) -> Line {
        let mut line = Line::default();
        for number in numbers {
            line.push(call(*number), now);
            let (id, _) = line.unmade().unwrap();
            line.made(id, Some(Arc::new(vec![1])));
        }
        line
    }

    fn number(given: Option<Given>) -> Option<u32> {
        given.map(|given| given.number)
    }

    #[test]
    fn calls_are_given_out_in_their_order_and_the_next_only_when_one_has_ended() {
        let now = Instant::now();
        let mut line = line(&[7, 8, 9], now);
        let mut heard = Vec::new();
        while let Some(given) = line.ask("a", now) {
            line.playing("a", given.id, now);
            assert_eq!(line.ask("a", now).as_ref(), Some(&given), "asking again gives the same");
            line.ended("a", given.id + 1, true, now);
            assert_eq!(line.ask("a", now).as_ref(), Some(&given), "the end of another is not its end");
            line.ended("a", given.id, true, now);
            heard.push(given.number);
        }
        assert_eq!(heard, [7, 8, 9]);
    }

    #[test]
    fn of_two_board_pages_one_plays_and_the_other_takes_over_when_it_is_gone() {
        let now = Instant::now();
        let mut line = line(&[7], now);
        assert_eq!(number(line.ask("a", now)), Some(7));
        assert_eq!(line.ask("b", now + LEASE / 2), None);
        line.ended("b", 1, true, now);
        assert_eq!(line.numbers(), [7], "who does not play cannot end it");
        assert_eq!(number(line.ask("b", now + LEASE)), Some(7));
        assert_eq!(line.ask("a", now + LEASE), None);
    }

    #[test]
    fn without_a_board_page_the_kiosk_speaks_itself_and_says_when_nobody_heard_it() {
        let now = Instant::now();
        let mut line = line(&[7, 8], now);
        assert_eq!(line.take_over(now), None, "a board page may be opening");
        let late = now + GRACE;
        assert_eq!(line.take_over(late), Some(call(7)));
        assert_eq!(line.take_over(late), None, "never two at once");
        assert_eq!(line.ask("a", late), None, "not by a page either");
        line.spoken(false, late);
        assert!(line.unheard());
        let given = line.ask("a", late).unwrap();
        line.playing("a", given.id, late);
        assert!(!line.unheard());
        assert_eq!(line.take_over(late + GRACE), None, "a page is open");
    }

    #[test]
    fn a_call_whose_sound_cannot_be_made_is_spoken_at_its_turn_and_holds_up_nobody() {
        let now = Instant::now();
        let mut line = Line::default();
        line.push(call(7), now);
        assert_eq!(line.ask("a", now), None, "not made yet");
        line.made(1, None);
        assert_eq!(line.take_over(now), Some(call(7)));
        line.spoken(true, now);
        assert_eq!(line.numbers(), Vec::<u32>::new());
    }

    #[test]
    fn a_page_that_never_reports_the_end_does_not_stop_the_others() {
        let now = Instant::now();
        let mut line = line(&[7, 8], now);
        let given = line.ask("a", now).unwrap();
        line.playing("a", given.id, now);
        assert_eq!(number(line.ask("a", now + LONGEST)), Some(8));
    }

    #[test]
    fn a_page_that_could_not_play_says_so_and_the_next_call_goes_on() {
        let now = Instant::now();
        let mut line = line(&[7, 8], now);
        let given = line.ask("a", now).unwrap();
        line.ended("a", given.id, false, now);
        assert!(line.unheard());
        assert_eq!(number(line.ask("a", now)), Some(8));
    }
}
