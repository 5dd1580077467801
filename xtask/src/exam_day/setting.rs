//! What differs between the days that are played: when and where, in which trade, and who has which login.

use std::path::PathBuf;

/// A day that is played.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Exam day, `YYYY-MM-DD`.
    pub day: String,
    /// Times at which the sessions begin, `HH:MM`.
    pub starts: Vec<String>,
    /// Exam point.
    pub point: String,
    /// Trade.
    pub trade: String,
    /// Question bank of the trade (JSON).
    pub bank: PathBuf,
    /// Text from which the choices are drawn.
    pub seed: String,
    /// Password of every account.
    pub password: String,
    /// Codes of the staff; those who may not be drawn are marked.
    pub staff: Vec<Member>,
    /// Seconds from one who arrives, or one certificate that is printed, to the next.
    pub pace: i64,
    /// How many candidates the rules refuse.
    pub refused: usize,
    /// Whether programs are killed while the day is played: then some things may take a second attempt.
    pub kills: bool,
    /// The login with which somebody of the staff does a duty of some kind.
    pub login_of: fn(&str, &str) -> String,
}

/// One of the staff.
#[derive(Debug, Clone)]
pub struct Member {
    /// Code.
    pub code: String,
    /// Whether a rule keeps him from every duty of this day.
    pub barred: bool,
}

/// The kinds of duties that have logins.
pub const DUTIES: [&str; 3] = ["invigilator", "examiner", "lead_examiner"];

impl Setting {
    /// Start of a session, RFC 3339; of the first one, if there is none with this number.
    #[must_use]
    pub fn start(&self, session: usize) -> String {
        let time = self.starts.get(session).or(self.starts.first()).map_or("08:30", String::as_str);
        format!("{}T{time}:00+08:00", self.day)
    }

    /// Path of the day at the exam point in the API.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/api/v1/days/{}/points/{}", self.day, self.point)
    }

    /// Every login that the staff may need.
    pub fn logins(&self) -> impl Iterator<Item = String> + '_ {
        self.staff.iter().flat_map(|m| DUTIES.iter().map(|kind| (self.login_of)(&m.code, kind)))
    }

    /// The logins of those who may not be drawn.
    pub fn barred(&self) -> impl Iterator<Item = String> + '_ {
        let barred = self.staff.iter().filter(|m| m.barred);
        barred.flat_map(|m| DUTIES.iter().map(|kind| (self.login_of)(&m.code, kind)))
    }
}
