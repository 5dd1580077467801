//! The file of a world: `fixtures/worlds/<name>/world.toml`.

use super::SeedError;
use crate::app::people::RegistrationOrder;
use crate::event::{Fact, OrganisationAdded, PointAdded, RoomRecord, StaffAdded, StationRecord};
use crate::http::access::Role;
use serde::Deserialize;
use shared::ids::{AccountId, OrganisationId, PointId, RoomId, RuleSetId, StaffCode, StationId};
use shared::time::Date;
use std::collections::HashSet;
use std::fmt::Display;
use std::path::Path;

/// A world as its file has it, with every reference inside the file checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldFile {
    /// Rule set of the exam day.
    pub rule_set: String,
    /// The exam day, `YYYY-MM-DD`.
    pub exam_day: String,
    /// Whether the banks of the fixtures are imported and sets put into force.
    #[serde(default)]
    pub banks: bool,
    #[serde(default)]
    organisation: Vec<Organisation>,
    #[serde(default)]
    point: Vec<Point>,
    #[serde(default)]
    staff: Vec<Staff>,
    /// Password of accounts for everybody in the pool: `<code>-room` for who may invigilate, `<code>-station` for who
    /// may examine. None without it.
    pool_password: Option<String>,
    /// Accounts.
    #[serde(default)]
    pub account: Vec<Account>,
    /// Candidates.
    #[serde(default)]
    pub candidate: Vec<Candidate>,
}

/// An account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Login name; also the account's id.
    pub login: String,
    /// Role.
    pub role: String,
    /// Name shown.
    pub display_name: String,
    /// Password in clear; only a world of invented people has that.
    pub password: String,
    /// Whether it has a second factor.
    #[serde(default)]
    pub totp: bool,
    /// Staff code.
    pub staff: Option<String>,
    /// Organisation.
    pub organisation: Option<String>,
    /// Exam point.
    pub point: Option<String>,
}

/// A candidate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    name: String,
    id_number: String,
    education: String,
    institution: String,
    employer: Option<String>,
    trade: String,
    kind: String,
    theory_hours: u32,
    practical_hours: u32,
    health_promise: bool,
    first_issued_on: Option<String>,
    applied_on: String,
    phone: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Organisation {
    code: String,
    kind: String,
    name_zh: String,
    name_en: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    code: String,
    name_zh: String,
    name_en: String,
    district: String,
    address_zh: String,
    #[serde(default)]
    room: Vec<RoomRecord>,
    #[serde(default)]
    station: Vec<StationRecord>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Staff {
    code: String,
    name: String,
    #[serde(default)]
    employer: String,
    #[serde(default)]
    taught_at: Vec<String>,
    district: String,
    invigilator_until: Option<String>,
    #[serde(default)]
    examiner_categories: Vec<String>,
    examiner_until: Option<String>,
    barred_until: Option<String>,
    /// Days on which the person cannot come.
    #[serde(default)]
    unavailable: Vec<String>,
    conflicts_complete: bool,
}

impl WorldFile {
    /// Reads a world and checks what it says about itself.
    ///
    /// # Errors
    /// [`SeedError`] names the row and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, SeedError> {
        let text = super::read(path)?;
        let mut world: Self = toml::from_str(&text).map_err(|e| SeedError::file(path, e))?;
        let pool = world.pool_password.iter().flat_map(|p| world.staff.iter().flat_map(|s| s.accounts(p)));
        let pool: Vec<Account> = pool.collect();
        world.account.extend(pool);
        world.check().map_err(|why| SeedError::file(path, why))?;
        Ok(world)
    }

    /// Organisations, points and staff as facts, in the order of the file.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let organisations = self.organisation.iter().map(Organisation::fact);
        let points = self.point.iter().map(Point::fact);
        organisations.chain(points).chain(self.staff.iter().map(Staff::fact)).collect()
    }

    fn check(&self) -> Result<(), String> {
        RuleSetId::parse(&self.rule_set).map_err(|e| format!("rule_set: {e}"))?;
        Date::parse(&self.exam_day).map_err(|e| format!("exam_day: {e}"))?;
        let organisations = codes("organisation", self.organisation.iter().map(|o| o.code.as_str()))?;
        let points = codes("point", self.point.iter().map(|p| p.code.as_str()))?;
        let staff = codes("staff", self.staff.iter().map(|s| s.code.as_str()))?;
        codes("account", self.account.iter().map(|a| a.login.as_str()))?;
        self.organisation.iter().try_for_each(Organisation::check)?;
        self.point.iter().try_for_each(Point::check)?;
        self.staff.iter().try_for_each(|s| s.check(&organisations))?;
        self.account.iter().try_for_each(|a| a.check(&staff, &organisations, &points))
    }
}

impl Candidate {
    /// What the institution sends in, but for the portrait.
    #[must_use]
    pub fn order(&self) -> RegistrationOrder {
        RegistrationOrder {
            name: self.name.clone(),
            id_number: self.id_number.clone(),
            phone: self.phone.clone(),
            trade: self.trade.clone(),
            kind: self.kind.clone(),
            employer: self.employer.clone(),
            institution: None,
            education: self.education.clone(),
            theory_hours: self.theory_hours,
            practical_hours: self.practical_hours,
            health_promise: self.health_promise,
            applied_on: self.applied_on.clone(),
            first_issued_on: self.first_issued_on.clone(),
            portrait: String::new(),
        }
    }

    /// Training institution.
    #[must_use]
    pub fn institution(&self) -> &str {
        &self.institution
    }

    /// What the drawn portrait follows from.
    #[must_use]
    pub fn face(&self) -> &str {
        &self.id_number
    }
}

impl Organisation {
    fn check(&self) -> Result<(), String> {
        OrganisationId::parse(&self.code).map_err(|e| row("organisation", &self.code, e))?;
        if !matches!(self.kind.as_str(), "training" | "employer" | "authority") {
            return Err(row("organisation", &self.code, "kind is training, employer or authority"));
        }
        Ok(())
    }

    fn fact(&self) -> Fact {
        Fact::OrganisationAdded(OrganisationAdded {
            id: self.code.clone(),
            organisation_kind: self.kind.clone(),
            name_zh: self.name_zh.clone(),
            name_en: self.name_en.clone(),
        })
    }
}

impl Point {
    fn check(&self) -> Result<(), String> {
        let wrong = |e: &dyn Display| row("point", &self.code, e);
        PointId::parse(&self.code).map_err(|e| wrong(&e))?;
        check_district(&self.district).map_err(|e| wrong(&e))?;
        codes("room", self.room.iter().map(|r| r.code.as_str())).map_err(|e| wrong(&e))?;
        codes("station", self.station.iter().map(|s| s.code.as_str())).map_err(|e| wrong(&e))?;
        for room in &self.room {
            RoomId::parse(&room.code).map_err(|e| wrong(&e))?;
            if !(1..=1000).contains(&room.seats) {
                return Err(wrong(&format!(
                    "room {} has {} seats; 1 to 1000 are possible",
                    room.code, room.seats
                )));
            }
        }
        for station in &self.station {
            StationId::parse(&station.code).map_err(|e| wrong(&e))?;
        }
        Ok(())
    }

    fn fact(&self) -> Fact {
        Fact::PointAdded(PointAdded {
            id: self.code.clone(),
            name_zh: self.name_zh.clone(),
            name_en: self.name_en.clone(),
            district: self.district.clone(),
            address_zh: self.address_zh.clone(),
            rooms: self.room.clone(),
            stations: self.station.clone(),
        })
    }
}

impl Staff {
    /// Accounts for what this member of the pool may be drawn for.
    fn accounts(&self, password: &str) -> Vec<Account> {
        let code = self.code.to_lowercase();
        let account = |place: &str, role: Role| Account {
            login: format!("{code}-{place}"),
            role: role.word().to_owned(),
            display_name: self.name.clone(),
            password: password.to_owned(),
            totp: false,
            staff: Some(self.code.clone()),
            organisation: None,
            point: None,
        };
        let room = self.invigilator_until.as_ref().map(|_| account("room", Role::Invigilator));
        let station = self.examiner_until.as_ref().map(|_| account("station", Role::Examiner));
        room.into_iter().chain(station).collect()
    }

    fn check(&self, organisations: &HashSet<&str>) -> Result<(), String> {
        let wrong = |e: &dyn Display| row("staff", &self.code, e);
        StaffCode::parse(&self.code).map_err(|e| wrong(&e))?;
        check_district(&self.district).map_err(|e| wrong(&e))?;
        for day in [&self.invigilator_until, &self.examiner_until, &self.barred_until]
            .into_iter()
            .flatten()
            .chain(&self.unavailable)
        {
            Date::parse(day).map_err(|e| wrong(&e))?;
        }
        let employer = Some(&self.employer).filter(|e| !e.is_empty());
        let strange =
            employer.into_iter().chain(&self.taught_at).find(|o| !organisations.contains(o.as_str()));
        strange.map_or(Ok(()), |o| Err(wrong(&format!("there is no organisation '{o}' in this file"))))
    }

    fn fact(&self) -> Fact {
        Fact::StaffAdded(StaffAdded {
            code: self.code.clone(),
            name: self.name.clone(),
            employer: Some(self.employer.clone()).filter(|e| !e.is_empty()),
            taught_at: self.taught_at.clone(),
            trained: Vec::new(),
            family: Vec::new(),
            unavailable: self.unavailable.clone(),
            district: self.district.clone(),
            pool: None,
            languages: vec![],
            invigilator_until: self.invigilator_until.clone(),
            examiner_categories: self.examiner_categories.clone(),
            examiner_until: self.examiner_until.clone(),
            barred_until: self.barred_until.clone(),
            family_index: Vec::new(),
            trained_index: Vec::new(),
            conflicts_complete: self.conflicts_complete,
        })
    }
}

impl Account {
    fn check(
        &self,
        staff: &HashSet<&str>,
        organisations: &HashSet<&str>,
        points: &HashSet<&str>,
    ) -> Result<(), String> {
        let wrong = |e: &dyn Display| row("account", &self.login, e);
        AccountId::parse(&self.login).map_err(|e| wrong(&e))?;
        let role = Role::from_word(&self.role).filter(|r| !matches!(r, Role::Examinee | Role::Kiosk));
        let role = role.ok_or_else(|| wrong(&format!("'{}' is no role of a person", self.role)))?;
        let (needs, given, known) = match role {
            Role::Invigilator | Role::Examiner => ("staff", &self.staff, staff),
            Role::TrainingInstitution | Role::Enterprise => {
                ("organisation", &self.organisation, organisations)
            }
            Role::PointStaff => ("point", &self.point, points),
            _ => return Ok(()),
        };
        match given {
            Some(code) if known.contains(code.as_str()) => Ok(()),
            Some(code) => Err(wrong(&format!("there is no {needs} '{code}' in this file"))),
            None => Err(wrong(&format!("this role needs {needs}"))),
        }
    }
}

fn codes<'a>(what: &str, codes: impl Iterator<Item = &'a str>) -> Result<HashSet<&'a str>, String> {
    let mut seen = HashSet::new();
    for code in codes {
        if !seen.insert(code) {
            return Err(row(what, code, "stands twice"));
        }
    }
    Ok(seen)
}

fn check_district(text: &str) -> Result<(), String> {
    let right = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    if right { Ok(()) } else { Err(format!("district '{text}' is not six digits")) }
}

fn row(what: &str, code: &str, why: impl Display) -> String {
    format!("{what} {code}: {why}")
}
