//! The world of an exam day: an exam point large enough, staff enough, accounts for all; written as the files that
//! `kaodian-server seed` reads.

use super::Options;
use super::people;
use super::setting::{Member, Setting};
use crate::fail::{Context, Outcome};
use serde::Serialize;
use std::path::Path;

/// Day of the examinations: the last Monday before the National Day holiday, so that deadlines run across it.
const DAY: &str = "2026-09-28";
/// When everything is prepared.
pub const EVE: &str = "2026-09-24T10:00:00+08:00";
/// Password of every account of this world.
const PASSWORD: &str = "kaodian-exam-day-2026";
/// The exam point.
const POINT: &str = "P01";
/// The training institution that registers the candidates.
const INSTITUTION: &str = "T01";
/// Employers of the candidates.
pub const EMPLOYERS: [&str; 3] = ["C01", "C02", "C03"];

/// Starts of the sessions. Theory and practical of one end before the next begins.
const STARTS: [&str; 3] = ["08:30", "12:30", "16:30"];
/// Candidates of a session, unless that would need more sessions than a day has.
const SESSION_SIZE: usize = 200;
/// Seats of a room: up to so many, two invigilators are enough.
const ROOM_SEATS: usize = 30;
/// Candidates for each practical station.
const PER_STATION: usize = 25;

/// How large everything is.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Trade.
    pub trade: String,
    /// Category of the trade.
    pub category: String,
    /// Candidates of each session.
    pub sessions: Vec<usize>,
    /// Theory rooms.
    pub rooms: usize,
    /// Practical stations.
    pub stations: usize,
    /// Invigilators and examiners in the pool.
    pub staff: (usize, usize),
}

impl Plan {
    /// For so many candidates.
    #[must_use]
    pub fn new(examinees: usize, trade: &str, category: &str) -> Self {
        let count = examinees.div_ceil(SESSION_SIZE).clamp(1, STARTS.len());
        let size = examinees.div_ceil(count);
        let mut left = examinees;
        let sessions = (0..count).map(|_| {
            let here = size.min(left);
            left -= here;
            here
        });
        let sessions: Vec<_> = sessions.collect();
        // Two seats stay free, for whoever has to move.
        let rooms = (size + 2).div_ceil(ROOM_SEATS);
        let stations = size.div_ceil(PER_STATION).max(2);
        // Enough for every session to have people of its own, and some more so that there is something to draw.
        let invigilators = (2 * rooms + 4) * count + 4;
        let examiners = (2 * stations + 5) * count + 4;
        Self {
            trade: trade.to_owned(),
            category: category.to_owned(),
            sessions,
            rooms,
            stations,
            staff: (invigilators, examiners),
        }
    }

    /// The day as it is played with these options.
    #[must_use]
    pub fn setting(&self, options: &Options) -> Setting {
        let staff = self.people().into_iter();
        Setting {
            day: DAY.to_owned(),
            starts: STARTS.iter().take(self.sessions.len()).map(|&start| start.to_owned()).collect(),
            point: POINT.to_owned(),
            trade: self.trade.clone(),
            bank: options.bank.clone(),
            seed: options.seed.clone(),
            password: PASSWORD.to_owned(),
            staff: staff.map(|member| Member { barred: member.is_barred(), code: member.code }).collect(),
            pace: 5,
            refused: 0,
            kills: options.kills > 0,
            login_of: |staff, _| login_of(staff),
        }
    }

    /// Writes the world as `<directory>/world.toml`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, directory: &Path) -> Outcome<()> {
        let world = World {
            rule_set: "national@2026.1",
            exam_day: DAY,
            organisation: organisations(),
            point: vec![self.point()],
            staff: self.people(),
            account: self.accounts(),
            candidate: Vec::new(),
        };
        let text = toml::to_string(&world).or_fail("the world")?;
        std::fs::create_dir_all(directory).or_fail(directory.display())?;
        std::fs::write(directory.join("world.toml"), text).or_fail(directory.display())
    }

    fn point(&self) -> Point {
        let room = |n: usize| Room {
            code: format!("R{n:02}"),
            name_zh: format!("第{n}理论考场"),
            name_en: format!("Theory room {n}"),
            seats: ROOM_SEATS,
        };
        let station = |n: usize| Station {
            code: format!("S{n:02}"),
            name_zh: format!("第{n}实操工位"),
            name_en: format!("Practical station {n}"),
            trades: vec![self.trade.clone()],
        };
        Point {
            code: POINT,
            name_zh: "考试日第一考试点",
            name_en: "First Exam Point",
            district: "411002",
            address_zh: "考点路1号",
            room: (1..=self.rooms).map(room).collect(),
            station: (1..=self.stations).map(station).collect(),
        }
    }

    /// Some may not be drawn: one works for the candidates' employer, one taught at their institution, one card has
    /// expired, one is barred, one has not declared everything.
    fn people(&self) -> Vec<Staff> {
        let total = self.staff.0 + self.staff.1;
        let mut staff: Vec<Staff> = (1..=total).map(|n| self.member(n)).collect();
        let examiner = self.staff.0;
        for (at, bite) in
            [(1, 0), (2, 1), (3, 2), (4, 3), (examiner, 4), (examiner + 1, 0), (examiner + 2, 1)]
        {
            let Some(member) = staff.get_mut(at) else { continue };
            match bite {
                0 => member.employer = "C01",
                1 => member.taught_at = vec![INSTITUTION],
                2 => member.invigilator_until = Some("2026-06-30"),
                3 => member.barred_until = Some("2026-12-31"),
                _ => member.conflicts_complete = false,
            }
        }
        staff
    }

    fn member(&self, number: usize) -> Staff {
        let invigilates = number <= self.staff.0;
        Staff {
            code: staff_code(number),
            name: people::staff_name(number),
            employer: "",
            taught_at: Vec::new(),
            district: if number.is_multiple_of(3) { "411002" } else { "411003" },
            invigilator_until: invigilates.then_some("2028-12-31"),
            examiner_categories: if invigilates { Vec::new() } else { vec![self.category.clone()] },
            examiner_until: (!invigilates).then_some("2028-12-31"),
            barred_until: None,
            conflicts_complete: true,
        }
    }

    fn accounts(&self) -> Vec<Account> {
        let plain = |login: &str, role: &'static str| Account {
            login: login.to_owned(),
            role,
            display_name: format!("考试日 {login}"),
            password: PASSWORD,
            totp: None,
            staff: None,
            organisation: None,
            point: None,
        };
        let mut accounts = vec![
            plain("centre", "centre_staff"),
            plain("centre2", "centre_staff"),
            plain("auditor", "auditor"),
            Account { totp: Some(true), ..plain("sysadmin", "system_administrator") },
            Account { totp: Some(true), ..plain("secadmin", "security_administrator") },
            Account { point: Some(POINT), ..plain("point", "point_staff") },
            Account { organisation: Some(INSTITUTION), ..plain("training", "training_institution") },
        ];
        accounts.extend((1..=self.staff.0 + self.staff.1).map(|number| Account {
            staff: Some(staff_code(number)),
            display_name: people::staff_name(number),
            ..plain(
                &login_of(&staff_code(number)),
                if number <= self.staff.0 { "invigilator" } else { "examiner" },
            )
        }));
        accounts
    }
}

/// The login name of a member of staff.
fn login_of(staff: &str) -> String {
    staff.to_lowercase()
}

fn staff_code(number: usize) -> String {
    format!("E{number:03}")
}

fn organisations() -> Vec<Organisation> {
    let row = |code, kind, name_zh, name_en| Organisation { code, kind, name_zh, name_en };
    vec![
        row("A01", "authority", "考试日应急管理局", "Exam Day Emergency Management Bureau"),
        row(INSTITUTION, "training", "考试日职业培训学校", "Exam Day Training School"),
        row("T02", "training", "考试日安全培训中心", "Exam Day Safety Training Centre"),
        row("C01", "employer", "考试日电力工程公司", "Exam Day Power Engineering"),
        row("C02", "employer", "考试日机械公司", "Exam Day Machinery"),
        row("C03", "employer", "考试日物业公司", "Exam Day Property Services"),
    ]
}

#[derive(Serialize)]
struct World {
    rule_set: &'static str,
    exam_day: &'static str,
    organisation: Vec<Organisation>,
    point: Vec<Point>,
    staff: Vec<Staff>,
    account: Vec<Account>,
    candidate: Vec<u8>,
}

#[derive(Serialize)]
struct Organisation {
    code: &'static str,
    kind: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
}

#[derive(Serialize)]
struct Point {
    code: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    district: &'static str,
    address_zh: &'static str,
    room: Vec<Room>,
    station: Vec<Station>,
}

#[derive(Serialize)]
struct Room {
    code: String,
    name_zh: String,
    name_en: String,
    seats: usize,
}

#[derive(Serialize)]
struct Station {
    code: String,
    name_zh: String,
    name_en: String,
    trades: Vec<String>,
}

#[derive(Serialize)]
struct Staff {
    code: String,
    name: String,
    employer: &'static str,
    taught_at: Vec<&'static str>,
    district: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invigilator_until: Option<&'static str>,
    examiner_categories: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    examiner_until: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    barred_until: Option<&'static str>,
    conflicts_complete: bool,
}

impl Staff {
    /// Whether one of the things that [`Plan::people`] gives to some keeps him from every duty.
    fn is_barred(&self) -> bool {
        !self.employer.is_empty()
            || !self.taught_at.is_empty()
            || self.barred_until.is_some()
            || !self.conflicts_complete
            || self.invigilator_until.is_some_and(|until| until < DAY)
    }
}

#[derive(Serialize)]
struct Account {
    login: String,
    role: &'static str,
    display_name: String,
    password: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    totp: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_seat_and_two_are_free() {
        for (examinees, sessions) in [(12, 1), (60, 1), (200, 1), (201, 2), (600, 3), (1000, 3)] {
            let plan = Plan::new(examinees, "t", "c");
            assert_eq!(plan.sessions.len(), sessions, "{examinees}");
            assert_eq!(plan.sessions.iter().sum::<usize>(), examinees);
            let largest = plan.sessions.iter().max().unwrap();
            assert!(plan.rooms * ROOM_SEATS >= largest + 2);
        }
    }

    #[test]
    fn the_world_is_written_as_toml() {
        let directory = tempfile::tempdir().unwrap();
        Plan::new(60, "electrician-low-voltage", "electrician").write(directory.path()).unwrap();
        let text = std::fs::read_to_string(directory.path().join("world.toml")).unwrap();
        let world: toml::Table = text.parse().unwrap();
        assert_eq!(world["point"].as_array().unwrap()[0]["room"].as_array().unwrap().len(), 3);
    }
}
