//! The camera as the kiosk uses it: pictures within a deadline, and a live view, whatever the driver does.
//!
//! The camera lives in a thread that takes pictures for as long as somebody wants them. A driver may hang for ever when a
//! camera freezes or is pulled out; such a thread is left behind, and the next wish is served by another camera in
//! another thread. A thread that comes back late finds that it is not wanted any more, and ends.

use super::{DeviceError, MakeCamera};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A live view is wanted for so long after it was last asked for.
const VIEW_WANTED: Duration = Duration::from_secs(3);
/// A live picture older than this is not shown: it would look like a mirror and be none.
const VIEW_FRESH: Duration = Duration::from_secs(2);
/// Pause between two live pictures. A picture that somebody waits for is taken without it.
const PAUSE: Duration = Duration::from_millis(150);
/// Pause after a failure, before the camera is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// Threads that may hang in a driver at the same time; more would eat up the machine for nothing.
const MOST_HANGING: usize = 8;

/// A camera for everybody who wants pictures.
#[derive(Clone)]
pub struct Eye(Arc<Owner>);

/// Ends the camera's thread when the last user is gone.
struct Owner {
    shared: Arc<Shared>,
}

struct Shared {
    make: MakeCamera,
    /// A single picture that takes longer means that the driver hangs.
    patience: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Counts the threads that were started; the last one alone is listened to.
    generation: u64,
    /// Threads that have not ended.
    alive: usize,
    /// When the present picture was begun.
    busy_since: Option<Instant>,
    /// People who wait for a picture.
    waiting: usize,
    /// When one was last asked for; it must be begun after that.
    asked: Option<Instant>,
    view_until: Option<Instant>,
    last: Option<Taken>,
}

/// The last attempt.
struct Taken {
    begun: Instant,
    picture: Result<Arc<Vec<u8>>, DeviceError>,
}

impl Eye {
    /// An eye for this camera. Nothing is opened until a picture is wanted. A picture that takes longer than `patience`
    /// means that the camera hangs.
    #[must_use]
    pub fn new(make: MakeCamera, patience: Duration) -> Self {
        let shared = Shared { make, patience, state: Mutex::default(), changed: Condvar::new() };
        Self(Arc::new(Owner { shared: Arc::new(shared) }))
    }

    /// A picture as JPEG, begun after this was called.
    ///
    /// # Errors
    /// What the camera says, or [`DeviceError::Timeout`] after `patience`.
    pub fn picture(&self) -> Result<Arc<Vec<u8>>, DeviceError> {
        let shared = &self.0.shared;
        let asked = Instant::now();
        let until = asked + shared.patience;
        let mut state = shared.state();
        state.waiting += 1;
        state.asked = Some(asked);
        shared.see_to_it(&mut state, asked);
        let fresh = |state: &State| {
            state.last.as_ref().filter(|taken| taken.begun >= asked).map(|taken| taken.picture.clone())
        };
        let picture = loop {
            if let Some(picture) = fresh(&state) {
                break picture;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break Err(DeviceError::Timeout);
            }
            state = shared.wait(state, left);
        };
        state.waiting -= 1;
        shared.changed.notify_all();
        picture
    }

    /// The latest picture for a live view, if there is a fresh one. Keeps the camera at work for a few seconds.
    #[must_use]
    pub fn view(&self) -> Option<Arc<Vec<u8>>> {
        let shared = &self.0.shared;
        let now = Instant::now();
        let mut state = shared.state();
        state.view_until = Some(now + VIEW_WANTED);
        shared.see_to_it(&mut state, now);
        let fresh =
            state.last.as_ref().filter(|taken| now.saturating_duration_since(taken.begun) < VIEW_FRESH);
        fresh.and_then(|taken| taken.picture.clone().ok())
    }
}

impl State {
    /// Whether somebody asked for a picture and none has been begun since.
    fn is_asked_for(&self) -> bool {
        let begun = |taken: &Taken| taken.begun;
        self.asked.is_some_and(|asked| self.last.as_ref().map(begun).is_none_or(|begun| begun < asked))
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.state().generation += 1;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A camera that panicked left a state that is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, at_most: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, at_most).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Wakes the thread, or starts another one if there is none or it hangs.
    fn see_to_it(self: &Arc<Self>, state: &mut State, now: Instant) {
        let hangs =
            state.busy_since.is_some_and(|since| now.saturating_duration_since(since) > self.patience);
        if (state.alive == 0 || hangs) && state.alive < MOST_HANGING {
            if hangs {
                tracing::warn!("the camera hangs; it is opened anew");
            }
            state.generation += 1;
            state.alive += 1;
            state.busy_since = None;
            let (shared, generation) = (Arc::clone(self), state.generation);
            std::thread::spawn(move || shared.live(generation));
        }
        self.changed.notify_all();
    }

    /// Takes pictures for as long as they are wanted and no other thread has taken over.
    fn live(self: Arc<Self>, generation: u64) {
        let _counted = Alive(&self);
        let mut camera = (self.make)();
        while self.is_wanted(generation) {
            let begun = Instant::now();
            let picture = camera.picture().map(Arc::new);
            let pause = if picture.is_ok() { PAUSE } else { RETRY };
            let mut state = self.state();
            if state.generation != generation {
                return;
            }
            state.busy_since = None;
            state.last = Some(Taken { begun, picture });
            self.changed.notify_all();
            self.rest(state, generation, pause);
        }
    }

    /// Waits until a picture is wanted and takes down that one is begun; `false` if this thread is not wanted any more.
    fn is_wanted(&self, generation: u64) -> bool {
        let mut state = self.state();
        loop {
            let now = Instant::now();
            if state.generation != generation {
                return false;
            }
            if state.is_asked_for() || state.view_until.is_some_and(|until| now < until) {
                state.busy_since = Some(now);
                return true;
            }
            if state.waiting == 0 {
                // An old picture is nobody's any more.
                (state.last, state.asked) = (None, None);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn rest(&self, mut state: MutexGuard<'_, State>, generation: u64, pause: Duration) {
        let until = Instant::now() + pause;
        while state.generation == generation && !state.is_asked_for() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.wait(state, left);
        }
    }
}

/// A thread that has not ended, also when it ends by a panic of a driver.
struct Alive<'a>(&'a Shared);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.alive = state.alive.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Camera, Finding};
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// A camera that gives what it is told, one picture for each word; without a word it hangs.
    struct Told(Receiver<Result<Vec<u8>, DeviceError>>);

    impl Camera for Told {
        fn picture(&mut self) -> Result<Vec<u8>, DeviceError> {
            self.0.recv().unwrap_or(Err(DeviceError::Broken))
        }

        fn probe(&mut self) -> Finding {
            Finding::usable("told")
        }
    }

    type Word = Sender<Result<Vec<u8>, DeviceError>>;

    /// An eye and what each camera that it opens is told by.
    fn eye(patience: Duration) -> (Eye, Receiver<Word>) {
        let (opened, cameras) = channel();
        let opened = Mutex::new(opened);
        let make: MakeCamera = Arc::new(move || {
            let (word, words) = channel();
            let _ = opened.lock().unwrap().send(word);
            Box::new(Told(words))
        });
        (Eye::new(make, patience), cameras)
    }

    #[test]
    fn a_picture_that_is_asked_for_was_begun_after_the_question() {
        let (eye, cameras) = eye(Duration::from_secs(60));
        let camera = std::thread::scope(|scope| {
            let picture = scope.spawn(|| eye.picture());
            let camera = cameras.recv().unwrap();
            camera.send(Ok(vec![1])).unwrap();
            assert_eq!(*picture.join().unwrap().unwrap(), vec![1]);
            camera
        });
        for (said, expected) in
            [(Err(DeviceError::Broken), Err(DeviceError::Broken)), (Ok(vec![2]), Ok(Arc::new(vec![2])))]
        {
            camera.send(said).unwrap();
            assert_eq!(eye.picture(), expected);
        }
        assert!(cameras.try_recv().is_err(), "no second camera is opened for a failure that was told");
    }

    #[test]
    fn a_camera_that_hangs_blocks_nothing_and_the_next_picture_comes_from_another() {
        let (eye, cameras) = eye(Duration::from_millis(30));
        assert_eq!(eye.picture().unwrap_err(), DeviceError::Timeout);
        let frozen = cameras.recv().unwrap();
        assert!(eye.view().is_none());
        // Until the first one counts as hanging, and its successor gives a picture.
        let mut others = Vec::new();
        let picture = loop {
            for camera in cameras.try_iter() {
                (0..1000).for_each(|_| camera.send(Ok(vec![2])).unwrap());
                others.push(camera);
            }
            if let Ok(picture) = eye.picture() {
                break picture;
            }
        };
        assert_eq!(*picture, vec![2]);
        // What the first one gives at last is not listened to.
        frozen.send(Ok(vec![1])).unwrap();
        assert!(eye.picture().map_or(true, |late| *late != vec![1]));
    }

    #[test]
    fn threads_that_hang_are_not_without_number() {
        let (eye, cameras) = eye(Duration::from_millis(2));
        let mut opened = Vec::new();
        for _ in 0..50 {
            assert_eq!(eye.picture().unwrap_err(), DeviceError::Timeout);
            opened.extend(cameras.try_iter());
        }
        assert!(opened.len() <= MOST_HANGING, "{}", opened.len());
    }
}
