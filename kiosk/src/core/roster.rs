//! Who is expected today: the day bundle, read into types that cannot be wrong.

use crate::digest::{Digest, IndexKey, NotADigest};
use shared::blanks::{Range, RangeError};
use shared::ids::{AccountId, CertificateId, IdError, KioskId, PointId, SessionId, TicketNumber};
use shared::queue::{NumberBlock, PlaceCode, PlaceKind};
use shared::rules::RuleSet;
use shared::time::{Date, Instant, TimeError};
use shared::wire::ruleset::{self, RuleSetError};
use shared::wire::v1::bundle::{
    BundleBlanks, BundleCandidate, BundleCertificate, BundleSession, BundleStaff, DayBundle,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use thiserror::Error;

/// Check-in opens so many minutes before the start of the theory examination. The rule sets only say when the room
/// opens; queue, photograph and comparison need their time before that.
pub const CHECK_IN_LEAD_MINUTES: i64 = 120;

/// The only version of a day bundle that is understood.
pub const BUNDLE_VERSION: u32 = 1;

/// One exam point's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// Grows with every change.
    pub revision: i64,
    /// The kiosk for which it was made.
    pub kiosk: KioskId,
    /// Exam point.
    pub point: PointId,
    /// Name of the exam point.
    pub point_name: Bilingual,
    /// The day.
    pub day: Date,
    /// Whether this is a demo world.
    pub controlled_clock: bool,
    sessions: BTreeMap<SessionId, Session>,
    candidates: BTreeMap<TicketNumber, Candidate>,
    by_id: HashMap<Digest, Vec<TicketNumber>>,
    by_secret: HashMap<Digest, TicketNumber>,
    certificates: BTreeMap<CertificateId, ReadyCertificate>,
    staff: Vec<Member>,
    /// The queue numbers that this kiosk gives.
    pub numbers: NumberBlock,
    places: BTreeMap<PlaceCode, Bilingual>,
    kiosks: Vec<KioskId>,
    blanks: Option<Vec<Range>>,
    index_key: IndexKey,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One session.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Session id.
    pub id: SessionId,
    /// The rules it is held under.
    pub rules: Arc<RuleSet>,
    /// Name of the trade.
    pub trade: Bilingual,
    /// Start of the theory examination.
    pub starts_at: Instant,
}

/// One candidate as the kiosk may know him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Ticket number.
    pub ticket: TicketNumber,
    /// Session.
    pub session: SessionId,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_masked: String,
    /// Room.
    pub room: Bilingual,
    /// Where he queues first: at that room.
    pub place: PlaceCode,
    /// Seat, from 1.
    pub seat: u32,
    /// The registered portrait.
    pub portrait: Digest,
}

/// A certificate that may be printed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyCertificate {
    /// Certificate id.
    pub id: CertificateId,
    /// Ticket of the candidate.
    pub ticket: TicketNumber,
    /// Masked name.
    pub name: String,
    /// Last day on which it must be in the person's hands; `None` while the calendar is not published.
    pub due: Option<Date>,
    /// The PDF.
    pub pdf: Digest,
    /// Whether a kiosk has already reported it printed.
    pub printed: bool,
    /// Working days in which it must be issued.
    pub working_days: Option<u32>,
    /// The one kiosk that may print it; `None`: any.
    pub lease: Option<KioskId>,
    /// How often this kiosk had released it when the bundle was made.
    pub releases: u32,
    /// Whether the person had it in hand when the bundle was made.
    pub received: bool,
}

/// A member of the exam point's staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Login.
    pub login: AccountId,
    /// Name shown.
    pub name: String,
}

/// Why a day bundle is not understood.
#[derive(Debug, Error)]
pub enum RosterError {
    /// Another version.
    #[error("the day bundle has version {0}, this kiosk understands {BUNDLE_VERSION}: update the kiosk")]
    Version(u32),
    /// A text is no identifier.
    #[error("an identifier of the day bundle is wrong: {0}")]
    Id(#[from] IdError),
    /// A text is no day.
    #[error("a day of the day bundle is wrong: {0}")]
    Day(#[from] TimeError),
    /// A text is no digest.
    #[error("a digest of the day bundle is wrong: {0}")]
    Digest(#[from] NotADigest),
    /// A rule set cannot be read.
    #[error("a rule set of the day bundle is wrong: {0}")]
    Rules(#[from] RuleSetError),
    /// A session names a rule set that is not there.
    #[error("session {0} asks for rule set {1}, which is not in the day bundle")]
    NoRules(String, String),
    /// Two numbers are no range of blanks.
    #[error("a range of blanks of the day bundle is wrong: {0}")]
    Blanks(#[from] RangeError),
    /// A ticket is there twice.
    #[error("ticket {0} is twice in the day bundle")]
    Twice(String),
}

impl Roster {
    /// Reads a day bundle whose signature has been verified.
    ///
    /// # Errors
    /// [`RosterError`] names what is wrong; nothing of such a bundle is used.
    pub fn parse(bundle: &DayBundle) -> Result<Self, RosterError> {
        if bundle.version != BUNDLE_VERSION {
            return Err(RosterError::Version(bundle.version));
        }
        let mut rules = HashMap::new();
        for text in &bundle.rule_sets {
            let set = Arc::new(ruleset::parse(text)?);
            rules.insert(set.id.as_str().to_owned(), set);
        }
        let mut roster = Self {
            revision: bundle.revision,
            kiosk: KioskId::parse(&bundle.kiosk)?,
            point: PointId::parse(&bundle.point)?,
            point_name: Bilingual::new(&bundle.point_zh, &bundle.point_en),
            day: Date::parse(&bundle.day)?,
            controlled_clock: bundle.controlled_clock,
            sessions: BTreeMap::new(),
            candidates: BTreeMap::new(),
            by_id: HashMap::new(),
            by_secret: HashMap::new(),
            certificates: BTreeMap::new(),
            staff: bundle.staff.iter().map(Member::parse).collect::<Result<_, _>>()?,
            numbers: bundle
                .numbers
                .and_then(|numbers| NumberBlock::new(numbers.first, numbers.last))
                .unwrap_or(NumberBlock::ALL),
            places: named_places(bundle),
            kiosks: bundle.kiosks.iter().map(|id| KioskId::parse(id)).collect::<Result<_, _>>()?,
            blanks: bundle.blanks.as_deref().map(ranges).transpose()?,
            index_key: IndexKey::parse(&bundle.index_key)?,
        };
        for session in &bundle.sessions {
            roster.add_session(session, &rules)?;
        }
        for certificate in &bundle.certificates {
            let ready = ReadyCertificate::parse(certificate)?;
            roster.certificates.insert(ready.id.clone(), ready);
        }
        Ok(roster)
    }

    /// Tickets of the person with this identity number (in its normal form): one for each session of the day.
    #[must_use]
    pub fn tickets_of(&self, id_number: &str) -> &[TicketNumber] {
        self.by_id.get(&self.index_key.index(id_number)).map_or(&[], Vec::as_slice)
    }

    /// The ticket whose QR code holds this text.
    #[must_use]
    pub fn ticket_with_secret(&self, text: &str) -> Option<&TicketNumber> {
        self.by_secret.get(&self.index_key.index(text))
    }

    /// A candidate.
    #[must_use]
    pub fn candidate(&self, ticket: &TicketNumber) -> Option<&Candidate> {
        self.candidates.get(ticket)
    }

    /// A candidate with his session.
    #[must_use]
    pub fn expected(&self, ticket: &TicketNumber) -> Option<(&Candidate, &Session)> {
        let candidate = self.candidates.get(ticket)?;
        self.sessions.get(&candidate.session).map(|session| (candidate, session))
    }

    /// All candidates by ticket.
    pub fn candidates(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.values()
    }

    /// All sessions.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// A certificate.
    #[must_use]
    pub fn certificate(&self, id: &CertificateId) -> Option<&ReadyCertificate> {
        self.certificates.get(id)
    }

    /// All certificates, by the day on which they are due; those whose day is not known yet come last.
    #[must_use]
    pub fn certificates_by_due_day(&self) -> Vec<&ReadyCertificate> {
        let mut all: Vec<_> = self.certificates.values().collect();
        all.sort_by_key(|c| (c.due.is_none(), c.due));
        all
    }

    /// The exam point's staff.
    #[must_use]
    pub fn staff(&self) -> &[Member] {
        &self.staff
    }

    /// Places at which people queue, by code: those of the bundle, and the rooms of all candidates.
    #[must_use]
    pub const fn places(&self) -> &BTreeMap<PlaceCode, Bilingual> {
        &self.places
    }

    /// The exam point's other kiosks.
    pub fn other_kiosks(&self) -> impl Iterator<Item = &KioskId> {
        self.kiosks.iter().filter(|id| **id != self.kiosk)
    }

    /// Blanks that this kiosk may print on; `None`: any that was not used.
    #[must_use]
    pub fn blanks(&self) -> Option<&[Range]> {
        self.blanks.as_deref()
    }

    /// Every file that the kiosk must have at hand to go on alone: portraits, then PDFs.
    #[must_use]
    pub fn needed_files(&self) -> Vec<Digest> {
        let portraits = self.candidates.values().map(|c| c.portrait);
        let pdfs = self.certificates.values().filter(|c| !c.printed).map(|c| c.pdf);
        let mut files: Vec<_> = pdfs.chain(portraits).collect();
        let mut seen = std::collections::HashSet::new();
        files.retain(|file| seen.insert(*file));
        files
    }

    fn add_session(
        &mut self,
        wire: &BundleSession,
        rules: &HashMap<String, Arc<RuleSet>>,
    ) -> Result<(), RosterError> {
        let no_rules = || RosterError::NoRules(wire.session.clone(), wire.rule_set.clone());
        let id = SessionId::parse(&wire.session)?;
        for candidate in &wire.candidates {
            let by_id = Digest::parse(&candidate.id_index)?;
            let by_secret = Digest::parse(&candidate.secret_index)?;
            let candidate = Candidate::parse(candidate, &id)?;
            let ticket = candidate.ticket.clone();
            self.places.entry(candidate.place.clone()).or_insert_with(|| candidate.room.clone());
            if self.candidates.insert(ticket.clone(), candidate).is_some() {
                return Err(RosterError::Twice(ticket.to_string()));
            }
            self.by_id.entry(by_id).or_default().push(ticket.clone());
            self.by_secret.insert(by_secret, ticket);
        }
        let session = Session {
            id: id.clone(),
            rules: Arc::clone(rules.get(&wire.rule_set).ok_or_else(no_rules)?),
            trade: Bilingual::new(&wire.trade_zh, &wire.trade_en),
            starts_at: Instant::from_millis(wire.starts_at),
        };
        self.sessions.insert(id, session);
        Ok(())
    }
}

/// Places of a kind that a newer server knows and this kiosk does not are left out.
fn named_places(bundle: &DayBundle) -> BTreeMap<PlaceCode, Bilingual> {
    let named = bundle.places.iter().filter_map(|place| {
        let code = PlaceCode::parse(&place.place).ok()?;
        Some((code, Bilingual::new(&place.name_zh, &place.name_en)))
    });
    named.collect()
}

impl Session {
    /// Check-in is open from this instant …
    #[must_use]
    pub const fn opens_at(&self) -> Instant {
        self.starts_at.plus_minutes(-CHECK_IN_LEAD_MINUTES)
    }

    /// … to this one, both included.
    #[must_use]
    pub fn closes_at(&self) -> Instant {
        self.starts_at.plus_minutes(i64::from(self.rules.theory.late_minutes))
    }
}

impl Bilingual {
    /// From both texts.
    #[must_use]
    pub fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

impl Candidate {
    fn parse(wire: &BundleCandidate, session: &SessionId) -> Result<Self, RosterError> {
        Ok(Self {
            ticket: TicketNumber::parse(&wire.ticket)?,
            session: session.clone(),
            name: wire.name_masked.clone(),
            id_masked: wire.id_masked.clone(),
            room: Bilingual::new(&wire.room_zh, &wire.room_en),
            place: PlaceCode::new(PlaceKind::Room, &wire.room).unwrap_or_else(|_| PlaceCode::entrance()),
            seat: wire.seat,
            portrait: Digest::parse(&wire.portrait)?,
        })
    }
}

impl Member {
    fn parse(wire: &BundleStaff) -> Result<Self, RosterError> {
        Ok(Self { login: AccountId::parse(&wire.login)?, name: wire.name.clone() })
    }
}

impl ReadyCertificate {
    fn parse(wire: &BundleCertificate) -> Result<Self, RosterError> {
        Ok(Self {
            id: CertificateId::parse(&wire.certificate)?,
            ticket: TicketNumber::parse(&wire.ticket)?,
            name: wire.name_masked.clone(),
            due: wire.due.as_deref().map(Date::parse).transpose()?,
            pdf: Digest::parse(&wire.pdf)?,
            printed: wire.printed,
            working_days: wire.working_days,
            lease: wire.lease.as_deref().map(KioskId::parse).transpose()?,
            releases: wire.releases,
            received: wire.received,
        })
    }
}

fn ranges(wire: &[BundleBlanks]) -> Result<Vec<Range>, RangeError> {
    wire.iter().map(|blanks| Range::parse(&blanks.from, &blanks.to)).collect()
}
