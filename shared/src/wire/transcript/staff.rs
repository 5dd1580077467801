//! Staff: what everybody may read of a draw, and the basis from which it follows, which is for those entitled.
//!
//! People are called by a code that is good for one draw. Whoever knows the salt of a person finds the code; without it
//! nobody can try the few staff codes of a pool.

use super::inputs::{Purpose, ids, texts};
use super::{BuildError, InputError, canonical, netstrings};
use crate::assignment::lottery::Trial;
use crate::assignment::{
    Against, Assignment, Board, Filled, HardRule, Limits, Matrix, Place, Post, PostCode, PostKind, Row,
    lottery,
};
use crate::draw::chacha::Seed;
use crate::ids::{RoomId, SessionId, StaffCode, StationId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Digits of a person's code in a draw.
pub const CODE_DIGITS: usize = 16;

/// What everybody may read: posts, codes, and who may take which post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffInput {
    /// The sessions, all on one day.
    pub sessions: Vec<String>,
    /// The posts.
    pub posts: Vec<PostJson>,
    /// The codes of the people in this draw, ascending.
    pub people: Vec<String>,
    /// How many people each rule keeps away from each duty of each session.
    pub rules: Vec<RuleCount>,
    /// Width of the load band.
    pub band_width: u32,
    /// The load band that was needed.
    pub limits: LimitsJson,
    /// SHA-256 of the canonical text of the [`StaffBasis`], hexadecimal.
    pub basis_hash: String,
    /// For each post the codes of those who may take it, in the order of `people`.
    pub eligible: Vec<Vec<String>>,
}

/// From what the table of who may take which post follows; for those entitled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffBasis {
    /// The draw.
    pub draw: String,
    /// The sessions, all on one day.
    pub sessions: Vec<String>,
    /// The posts.
    pub posts: Vec<PostJson>,
    /// The matrix, ordered by staff code.
    pub people: Vec<RowJson>,
    /// Width of the load band.
    pub band_width: u32,
    /// The code of each of the people in this draw, in the same order.
    pub codes: Vec<CodeJson>,
    /// By post, who has another post at its place that is not drawn now: staff codes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beside: BTreeMap<String, Vec<String>>,
}

/// A person's code in a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeJson {
    /// Staff code.
    pub staff: String,
    /// The code in this draw; see [`code_of`].
    pub code: String,
    /// SHA-256 of the person's salt, hexadecimal.
    pub salt_hash: String,
}

/// People whom a rule keeps away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCount {
    /// The session.
    pub session: String,
    /// `invigilating` or `examining`.
    pub duty: String,
    /// Word of the rule.
    pub rule: String,
    /// So many people, whatever else keeps them away.
    pub people: u32,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostJson {
    /// Its code, unique in the draw.
    pub code: String,
    /// The session that needs it.
    pub session: String,
    /// Word of [`PostKind`].
    pub kind: String,
    /// `room/CODE`, `station/CODE` or `point`.
    pub place: String,
}

/// A row of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowJson {
    /// The person.
    pub code: String,
    /// Duties this year.
    pub load: u32,
    /// What stands against each session, in the order of `sessions`.
    pub sessions: Vec<AgainstJson>,
    /// With whom the last duty was done.
    pub last_partners: Vec<String>,
}

/// How a person stands to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainstJson {
    /// From another district.
    pub far: bool,
    /// Words of the [`HardRule`]s against invigilating.
    pub invigilating: Vec<String>,
    /// Words of the [`HardRule`]s against examining.
    pub examining: Vec<String>,
}

/// The heaviest burden let in; null: no post of the duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsJson {
    /// Theory rooms.
    pub invigilating: Option<u32>,
    /// Practical stations.
    pub examining: Option<u32>,
}

/// Who takes which post, in the order drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffResult {
    /// The filled posts.
    pub filled: Vec<FilledJson>,
}

/// A filled post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilledJson {
    /// The post.
    pub post: String,
    /// The person.
    pub person: String,
    /// From how many it was drawn.
    pub among: u32,
}

/// The code of a person in a draw: the first [`CODE_DIGITS`] digits of SHA-256 over draw id, salt and staff code, each as
/// a netstring.
#[must_use]
pub fn code_of(draw: &str, salt: &[u8], staff: &str) -> String {
    let digest = netstrings([draw.as_bytes(), salt, staff.as_bytes()]);
    hex::encode(digest).chars().take(CODE_DIGITS).collect()
}

impl StaffBasis {
    /// Writes matrix and posts down. Who has no salt gets none, and so a code that anybody can find.
    #[must_use]
    pub fn new(draw: &str, matrix: &Matrix, posts: &[Post], salts: &BTreeMap<String, Vec<u8>>) -> Self {
        let code = |row: &Row| {
            let staff = row.code.to_string();
            let salt = salts.get(&staff).map_or(&[][..], Vec::as_slice);
            CodeJson {
                code: code_of(draw, salt, &staff),
                salt_hash: hex::encode(Sha256::digest(salt)),
                staff,
            }
        };
        Self {
            draw: draw.to_owned(),
            sessions: texts(&matrix.sessions),
            posts: posts.iter().map(PostJson::of).collect(),
            people: matrix.people.iter().map(RowJson::of).collect(),
            band_width: matrix.band_width,
            codes: matrix.people.iter().map(code).collect(),
            beside: posts
                .iter()
                .filter(|post| !post.beside.is_empty())
                .map(|post| (post.code.to_string(), texts(&post.beside)))
                .collect(),
        }
    }

    /// What follows from it for everybody to read.
    ///
    /// # Errors
    /// [`InputError`] if the posts cannot be filled or something is not well-formed.
    pub fn publish(&self) -> Result<StaffInput, BuildError> {
        let board = self.board()?;
        let named =
            self.people.iter().map(|row| row.code.as_str()).eq(self.codes.iter().map(|c| c.staff.as_str()));
        if !named {
            return Err(InputError::Table.into());
        }
        let mut people: Vec<String> = self.codes.iter().map(|code| code.code.clone()).collect();
        people.sort_unstable();
        let code = |place: usize| self.codes.get(place).map(|code| code.code.clone());
        let eligible = board.eligible().into_iter().map(|places| {
            let mut codes: Vec<String> = places.into_iter().filter_map(code).collect();
            codes.sort_unstable();
            codes
        });
        let value = serde_json::to_value(self).map_err(|e| BuildError::Json(e.to_string()))?;
        Ok(StaffInput {
            sessions: self.sessions.clone(),
            posts: self.posts.clone(),
            people,
            rules: self.counts(),
            band_width: self.band_width,
            limits: LimitsJson::of(board.limits()),
            basis_hash: canonical::hash(&value)?,
            eligible: eligible.collect(),
        })
    }

    /// The posts as they were laid down.
    ///
    /// # Errors
    /// [`InputError`] if one is not well-formed.
    pub fn read_posts(&self) -> Result<Vec<Post>, InputError> {
        let read = |json: &PostJson| {
            let beside = self.beside.get(&json.code).map_or(&[][..], Vec::as_slice);
            Ok(Post { beside: ids(beside, StaffCode::parse)?, ..json.read()? })
        };
        self.posts.iter().map(read).collect()
    }

    /// The staff code behind a code of this draw.
    #[must_use]
    pub fn staff_of(&self, code: &str) -> Option<&str> {
        self.codes.iter().find(|c| c.code == code).map(|c| c.staff.as_str())
    }

    fn board(&self) -> Result<Board, InputError> {
        let posts = self.read_posts()?;
        let people = self.people.iter().map(RowJson::read).collect::<Result<Vec<_>, _>>()?;
        let sessions = ids(&self.sessions, SessionId::parse)?;
        Ok(Board::new(&Matrix { sessions, people, band_width: self.band_width }, &posts)?)
    }

    fn counts(&self) -> Vec<RuleCount> {
        let mut counts: BTreeMap<(usize, &str, &str), u32> = BTreeMap::new();
        for (session, against) in self.people.iter().flat_map(|row| row.sessions.iter().enumerate()) {
            for (duty, rules) in [("invigilating", &against.invigilating), ("examining", &against.examining)]
            {
                for rule in rules {
                    let count = counts.entry((session, duty, rule)).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        let line = |((session, duty, rule), people): ((usize, &str, &str), u32)| RuleCount {
            session: self.sessions.get(session).cloned().unwrap_or_default(),
            duty: duty.to_owned(),
            rule: rule.to_owned(),
            people,
        };
        counts.into_iter().map(line).collect()
    }
}

impl StaffInput {
    /// Trial draws of this input, with seeds that follow from its hash: whoever has the transcript can do them again.
    ///
    /// # Errors
    /// [`InputError`] if something is not well-formed.
    pub fn trial(&self, draws: u32) -> Result<Trial, BuildError> {
        let value = serde_json::to_value(self).map_err(|e| BuildError::Json(e.to_string()))?;
        let seeds = lottery::trial_seeds(&canonical::hash(&value)?, draws);
        Ok(lottery::trial(&self.board()?, seeds))
    }

    fn board(&self) -> Result<Board, InputError> {
        let posts = self.posts.iter().map(PostJson::read).collect::<Result<Vec<_>, _>>()?;
        let people = ids(&self.people, StaffCode::parse)?;
        let limits = Limits { invigilating: self.limits.invigilating, examining: self.limits.examining };
        Board::of_table(posts, people, &self.table()?, limits).ok_or(InputError::Table)
    }

    /// For each post the places of those who may take it.
    fn table(&self) -> Result<Vec<Vec<usize>>, InputError> {
        let ascending = |codes: &[String]| codes.iter().zip(codes.iter().skip(1)).all(|(a, b)| a < b);
        if !ascending(&self.people) || self.eligible.len() != self.posts.len() {
            return Err(InputError::Table);
        }
        let place = |code: &String| self.people.binary_search(code).map_err(|_| InputError::Table);
        let row = |codes: &Vec<String>| {
            if ascending(codes) { codes.iter().map(place).collect() } else { Err(InputError::Table) }
        };
        self.eligible.iter().map(row).collect()
    }
}

impl Purpose for StaffInput {
    const WORD: &'static str = "staff";
    type Result = StaffResult;
    type Drawn = Assignment;

    fn run(&self, seed: Seed) -> Result<Assignment, InputError> {
        Ok(lottery::draw(&self.board()?, seed))
    }

    fn result(drawn: &Assignment) -> StaffResult {
        let json = |filled: &Filled| FilledJson {
            post: filled.post.to_string(),
            person: filled.person.to_string(),
            among: u32::try_from(filled.among).unwrap_or(u32::MAX),
        };
        StaffResult { filled: drawn.filled.iter().map(json).collect() }
    }
}

impl PostJson {
    fn of(post: &Post) -> Self {
        let place = match &post.place {
            Place::Room(room) => format!("room/{room}"),
            Place::Station(station) => format!("station/{station}"),
            Place::Point => "point".to_owned(),
        };
        let (code, session) = (post.code.to_string(), post.session.to_string());
        Self { code, session, kind: post.kind.word().to_owned(), place }
    }

    fn read(&self) -> Result<Post, InputError> {
        let unknown = |word: &str| InputError::Word(word.to_owned());
        let place = match self.place.split_once('/') {
            Some(("room", code)) => Place::Room(RoomId::parse(code)?),
            Some(("station", code)) => Place::Station(StationId::parse(code)?),
            None if self.place == "point" => Place::Point,
            _ => return Err(unknown(&self.place)),
        };
        let kind = PostKind::from_word(&self.kind).ok_or_else(|| unknown(&self.kind))?;
        let session = SessionId::parse(&self.session)?;
        Ok(Post { code: PostCode::parse(&self.code)?, session, kind, place, beside: Vec::new() })
    }
}

impl RowJson {
    fn of(row: &Row) -> Self {
        Self {
            code: row.code.to_string(),
            load: row.load,
            sessions: row.sessions.iter().map(AgainstJson::of).collect(),
            last_partners: texts(&row.last_partners),
        }
    }

    fn read(&self) -> Result<Row, InputError> {
        Ok(Row {
            code: StaffCode::parse(&self.code)?,
            load: self.load,
            sessions: self.sessions.iter().map(AgainstJson::read).collect::<Result<_, _>>()?,
            last_partners: ids(&self.last_partners, StaffCode::parse)?,
        })
    }
}

impl AgainstJson {
    fn of(against: &Against) -> Self {
        let words = |rules: &[HardRule]| rules.iter().map(|rule| rule.word().to_owned()).collect();
        let (invigilating, examining) = (words(&against.invigilating), words(&against.examining));
        Self { far: against.far, invigilating, examining }
    }

    fn read(&self) -> Result<Against, InputError> {
        let rule = |word: &String| HardRule::from_word(word).ok_or_else(|| InputError::Word(word.clone()));
        let rules = |words: &[String]| words.iter().map(rule).collect::<Result<Vec<_>, _>>();
        let (invigilating, examining) = (rules(&self.invigilating)?, rules(&self.examining)?);
        Ok(Against { far: self.far, invigilating, examining })
    }
}

impl LimitsJson {
    const fn of(limits: Limits) -> Self {
        Self { invigilating: limits.invigilating, examining: limits.examining }
    }
}
