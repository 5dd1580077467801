//! The draw as a ceremony: who may do what when. `docs/draw.md`, section 1, is the same in words.
//!
//! A ceremony is open until its input is frozen. While it is open, parties commit to secrets and a public number may be
//! announced. Once it is frozen, secrets are revealed and the number is entered; when all is there, the draw is run.

use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;

/// A secret must be this long (bytes): a shorter one could be found from its commitment.
pub const SHORTEST_SECRET: usize = 16;

/// The longest secret that is taken (bytes).
pub const LONGEST_SECRET: usize = 256;

/// Parties in a ceremony at most, the centre among them.
pub const MOST_PARTIES: usize = 12;

/// Longest name of a party and longest public number, in characters.
pub const LONGEST_TEXT: usize = 100;

/// How far a ceremony is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Parties may commit.
    Open,
    /// The input is fixed; secrets are revealed.
    Frozen,
    /// The draw was run.
    Drawn,
    /// It was given up, with a reason; a new ceremony follows.
    Void,
}

/// Which draws a ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Seats, question sets and practical sheets of a session.
    Seats,
    /// Invigilators and examiners of one or several sessions of a day.
    Staff,
    /// The question sets of a trade.
    QuestionSets,
}

/// A party as the ceremony knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyState {
    /// Its name.
    pub name: String,
    /// SHA-256 of its secret, hexadecimal.
    pub commitment: String,
    /// Whether the secret is revealed.
    pub revealed: bool,
}

/// A ceremony as far as rules go. The first of the parties is the centre, whose secret is revealed by the draw itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// How far it is.
    pub state: State,
    /// The parties in the order in which they committed.
    pub parties: Vec<PartyState>,
    /// Whether a public number was announced.
    pub announced: bool,
    /// Whether the public number was entered.
    pub numbered: bool,
}

/// Why a step is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The ceremony is not in the state for this step.
    #[error("the ceremony is {0}")]
    State(State),
    /// Empty, too long, or with control characters.
    #[error("a name or a number has 1 to {LONGEST_TEXT} characters, none of them a control character")]
    Text,
    /// Not 64 lower-case hexadecimal digits.
    #[error("a commitment is a SHA-256 in 64 lower-case hexadecimal digits")]
    Commitment,
    /// The name or the commitment is there already.
    #[error("this name or this commitment is there already")]
    Twice,
    /// No more parties.
    #[error("at most {MOST_PARTIES} parties take part")]
    TooMany,
    /// There is no such party, or it is the centre, whose secret the draw itself reveals.
    #[error("no such party has a secret to reveal here")]
    NoParty,
    /// Revealed or entered already.
    #[error("this was done already")]
    Done,
    /// The secret has the wrong length or does not fit the commitment.
    #[error("the secret does not fit the commitment")]
    Secret,
    /// No public number was announced before the input was frozen.
    #[error("no public number was announced")]
    NotAnnounced,
}

/// What a party publishes before the input is frozen: SHA-256 of its secret, 64 lower-case hexadecimal digits.
#[must_use]
pub fn commitment(secret: &[u8]) -> String {
    hex::encode(Sha256::digest(secret))
}

impl Ceremony {
    /// Whether a further party may commit.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn commit(&self, name: &str, commitment: &str) -> Result<(), Refusal> {
        self.is(State::Open)?;
        text(name)?;
        let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if commitment.len() != 64 || !commitment.bytes().all(digit) {
            return Err(Refusal::Commitment);
        }
        if self.parties.iter().any(|p| p.name == name || p.commitment == commitment) {
            return Err(Refusal::Twice);
        }
        if self.parties.len() >= MOST_PARTIES { Err(Refusal::TooMany) } else { Ok(()) }
    }

    /// Whether a public number may be announced: once, before the input is frozen.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn announce(&self, which: &str) -> Result<(), Refusal> {
        self.is(State::Open)?;
        text(which)?;
        if self.announced { Err(Refusal::Done) } else { Ok(()) }
    }

    /// Whether the input may be frozen.
    ///
    /// # Errors
    /// [`Refusal::State`].
    pub fn freeze(&self) -> Result<(), Refusal> {
        self.is(State::Open)
    }

    /// Whether a party may reveal this secret.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn reveal(&self, name: &str, secret: &[u8]) -> Result<(), Refusal> {
        self.is(State::Frozen)?;
        let party = self.parties.iter().skip(1).find(|p| p.name == name).ok_or(Refusal::NoParty)?;
        if party.revealed {
            return Err(Refusal::Done);
        }
        let length = SHORTEST_SECRET..=LONGEST_SECRET;
        let fits = length.contains(&secret.len()) && commitment(secret) == party.commitment;
        if fits { Ok(()) } else { Err(Refusal::Secret) }
    }

    /// Whether the public number may be entered.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn enter_number(&self, number: &str) -> Result<(), Refusal> {
        self.is(State::Frozen)?;
        if !self.announced {
            return Err(Refusal::NotAnnounced);
        }
        if self.numbered {
            return Err(Refusal::Done);
        }
        text(number)
    }

    /// Whether it may be given up.
    ///
    /// # Errors
    /// [`Refusal::State`] once it is over.
    pub const fn give_up(&self) -> Result<(), Refusal> {
        match self.state {
            State::Open | State::Frozen => Ok(()),
            over => Err(Refusal::State(over)),
        }
    }

    /// Whether nobody but the centre takes part, and no number is waited for.
    #[must_use]
    pub const fn is_alone(&self) -> bool {
        self.parties.len() < 2 && !self.announced
    }

    /// Parties whose secrets are still waited for, the centre left out.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.parties.iter().skip(1).filter(|p| !p.revealed).map(|p| p.name.as_str())
    }

    /// Whether all is there and the draw can be run.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state == State::Frozen && self.missing().next().is_none() && self.announced == self.numbered
    }

    fn is(&self, state: State) -> Result<(), Refusal> {
        if self.state == state { Ok(()) } else { Err(Refusal::State(self.state)) }
    }
}

fn text(text: &str) -> Result<(), Refusal> {
    let plain = text.trim() == text && !text.chars().any(char::is_control);
    let length = (1..=LONGEST_TEXT).contains(&text.chars().count());
    if plain && length { Ok(()) } else { Err(Refusal::Text) }
}

macro_rules! words {
    ($type:ident { $($variant:ident => $word:literal),+ }) => {
        impl $type {
            /// Word used in files and tables.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// From its word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words!(State { Open => "open", Frozen => "frozen", Drawn => "drawn", Void => "void" });
words!(Stage { Seats => "seats", Staff => "staff", QuestionSets => "question_sets" });

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"sixteen bytes or";

    /// The centre and one more party, in a state; whether a number is announced, and entered.
    fn ceremony(state: State, announced: bool, numbered: bool) -> Ceremony {
        let party = |name: &str, secret: &[u8]| PartyState {
            name: name.to_owned(),
            commitment: commitment(secret),
            revealed: false,
        };
        let parties = vec![party("centre", b"the centre's own"), party("inspection", SECRET)];
        Ceremony { state, parties, announced, numbered }
    }

    #[test]
    fn each_step_is_taken_in_its_state_only() {
        type Step = fn(&Ceremony) -> Result<(), Refusal>;
        let steps: [(&str, Step, &[State]); 6] = [
            ("commit", |c| c.commit("school", &commitment(b"another secret..")), &[State::Open]),
            ("announce", |c| c.announce("lottery of 28 September"), &[State::Open]),
            ("freeze", Ceremony::freeze, &[State::Open]),
            ("reveal", |c| c.reveal("inspection", SECRET), &[State::Frozen]),
            ("number", |c| Ceremony { announced: true, ..c.clone() }.enter_number("03 09"), &[State::Frozen]),
            ("give up", |c| c.give_up(), &[State::Open, State::Frozen]),
        ];
        for (name, step, allowed) in steps {
            for state in [State::Open, State::Frozen, State::Drawn, State::Void] {
                let outcome = step(&ceremony(state, false, false));
                let expected = if allowed.contains(&state) { Ok(()) } else { Err(Refusal::State(state)) };
                assert_eq!(outcome, expected, "{name} while {state}");
            }
        }
    }

    #[test]
    fn a_commitment_has_a_new_name_and_a_new_hash() {
        let hash = commitment(b"another secret..");
        let table = [
            ("school", hash.as_str(), Ok(())),
            ("", &hash, Err(Refusal::Text)),
            (" school", &hash, Err(Refusal::Text)),
            ("a\nb", &hash, Err(Refusal::Text)),
            ("inspection", &hash, Err(Refusal::Twice)),
            ("school", &commitment(SECRET), Err(Refusal::Twice)),
            ("school", &hash[1..], Err(Refusal::Commitment)),
            ("school", &hash.to_uppercase(), Err(Refusal::Commitment)),
        ];
        for (name, hash, expected) in table {
            assert_eq!(ceremony(State::Open, false, false).commit(name, hash), expected, "{name:?} {hash}");
        }
        let mut full = ceremony(State::Open, false, false);
        while full.parties.len() < MOST_PARTIES {
            let name = format!("party {}", full.parties.len());
            full.parties.push(PartyState { commitment: commitment(name.as_bytes()), name, revealed: false });
        }
        assert_eq!(full.commit("school", &hash), Err(Refusal::TooMany));
    }

    #[test]
    fn only_the_secret_that_was_committed_to_is_revealed_and_only_once() {
        let table: [(&str, &[u8], Refusal); 3] = [
            ("school", SECRET, Refusal::NoParty),
            ("centre", b"the centre's own", Refusal::NoParty),
            ("inspection", b"sixteen bytes o2", Refusal::Secret),
        ];
        let mut frozen = ceremony(State::Frozen, false, false);
        for (name, secret, expected) in table {
            assert_eq!(frozen.reveal(name, secret), Err(expected), "{name}");
        }
        frozen.parties[1].commitment = commitment(b"short");
        assert_eq!(frozen.reveal("inspection", b"short"), Err(Refusal::Secret));
        frozen.parties[1].revealed = true;
        assert_eq!(frozen.reveal("inspection", SECRET), Err(Refusal::Done));
    }

    #[test]
    fn the_draw_is_run_when_every_secret_and_the_announced_number_are_there() {
        for (revealed, announced, numbered, expected) in [
            (true, false, false, true),
            (false, false, false, false),
            (true, true, false, false),
            (true, true, true, true),
            (false, true, true, false),
        ] {
            let mut ceremony = ceremony(State::Frozen, announced, numbered);
            ceremony.parties[1].revealed = revealed;
            assert_eq!(ceremony.is_complete(), expected, "{revealed} {announced} {numbered}");
            assert!(!ceremony.is_alone());
        }
        assert_eq!(ceremony(State::Frozen, false, false).enter_number("1"), Err(Refusal::NotAnnounced));
        assert_eq!(ceremony(State::Frozen, true, true).enter_number("1"), Err(Refusal::Done));
        assert_eq!(ceremony(State::Open, true, false).announce("another"), Err(Refusal::Done));
    }
}
