//! What the check-in screen says aloud: to whoever does not read easily, and to whoever looks at the card instead.
//!
//! It says what to do and never why: nobody else in the hall hears that a card has expired or that somebody is barred.

use crate::text::Lang;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Words a minute: slower than a call.
const SPEED: &str = "150";

/// Speaks sentences, each at once: the next one ends the one before, as the next screen does.
#[derive(Debug, Clone)]
pub struct Prompt(Option<Sender<(Lang, String)>>);

impl Prompt {
    /// A voice that says nothing.
    #[must_use]
    pub const fn silent() -> Self {
        Self(None)
    }

    /// A voice by `espeak-ng`.
    #[must_use]
    pub fn espeak() -> Self {
        let (wanted, sentences) = channel();
        std::thread::spawn(move || speak(&sentences));
        Self(Some(wanted))
    }

    /// Says a sentence; returns at once.
    pub fn say(&self, lang: Lang, text: String) {
        if let Some(wanted) = &self.0 {
            // Without the thread nothing is said; it is on the screen.
            let _ = wanted.send((lang, text));
        }
    }
}

fn speak(sentences: &Receiver<(Lang, String)>) {
    let mut speaking: Option<Child> = None;
    while let Ok((lang, text)) = sentences.recv() {
        if let Some(mut before) = speaking.take() {
            // It may have ended by itself.
            let _ = before.kill();
            let _ = before.wait();
        }
        // As the calls are spoken: the voice `cmn` reads many syllables with the English voice.
        let voice = if lang == Lang::En { "en" } else { "cmn-latn-pinyin" };
        let started = Command::new("espeak-ng")
            .args(["-v", voice, "-s", SPEED, "--", &text])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        speaking = started.inspect_err(|error| tracing::warn!(%error, "a sentence cannot be spoken")).ok();
    }
}
