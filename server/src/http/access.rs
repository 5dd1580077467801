//! Who may call what: every endpoint with its roles, in one table. An endpoint that is not here answers 404, and a
//! test walks every role × endpoint pair.

use actix_web::http::Method;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Roles. The three administrators are three separate people by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 系统管理员: settings, devices.
    SystemAdministrator,
    /// 安全管理员: accounts and roles.
    SecurityAdministrator,
    /// 审计员: reads, changes nothing.
    Auditor,
    /// Staff of the exam centre.
    CentreStaff,
    /// Staff of an exam point.
    PointStaff,
    /// 监考员.
    Invigilator,
    /// 考评员.
    Examiner,
    /// 培训机构.
    TrainingInstitution,
    /// 企业.
    Enterprise,
    /// 执法人员.
    Inspector,
    /// 考生, at a seat.
    Examinee,
    /// A kiosk.
    Kiosk,
}

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// Anybody, without a token.
    Anyone,
    /// Whoever has an account.
    AnyPerson,
    /// People with one of these roles.
    Roles(&'static [Role]),
    /// An enrolled kiosk that signs its call.
    Kiosk,
    /// An examinee: at a seat with its token, or elsewhere with the ticket's.
    Seat,
}

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Access {
    /// HTTP method in capitals.
    pub method: &'static str,
    /// Path as the router has it.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
}

use Role::{
    Auditor, CentreStaff, Enterprise, Examiner, Inspector, Invigilator, PointStaff, SecurityAdministrator,
    SystemAdministrator, TrainingInstitution,
};
use Who::{AnyPerson, Anyone, Roles, Seat};

const CENTRE: Who = Roles(&[CentreStaff]);
const CENTRE_READS: Who = Roles(&[CentreStaff, Auditor]);
const SITE: Who = Roles(&[CentreStaff, PointStaff]);
const SITE_READS: Who = Roles(&[CentreStaff, PointStaff, Auditor]);
const ROOM: Who = Roles(&[Invigilator, CentreStaff]);
const ROSTER: Who = Roles(&[CentreStaff, PointStaff, Invigilator, Auditor]);
const TICKET: Who = Roles(&[CentreStaff, PointStaff, Invigilator, TrainingInstitution, Auditor]);
const PAPERS: Who = Roles(&[CentreStaff, PointStaff, TrainingInstitution]);
const ENROL: Who = Roles(&[CentreStaff, TrainingInstitution]);
const DUTIES: Who = Roles(&[CentreStaff, PointStaff, Auditor, Invigilator, Examiner]);
const STAFF: Who = Roles(&[Invigilator, Examiner]);
const PICTURES: Who = Roles(&[CentreStaff, PointStaff, Auditor, Invigilator, Examiner]);
const OWN: Who = Roles(&[Invigilator, Examiner]);
const PARTIES: Who = Roles(&[CentreStaff, PointStaff, TrainingInstitution, Auditor]);
const EXAMINERS: Who = Roles(&[Examiner]);
const DEVICES: Who = Roles(&[CentreStaff, SystemAdministrator]);
const AUDIT: Who = Roles(&[Auditor]);
const CERTIFICATES: Who = Roles(&[CentreStaff, PointStaff, Auditor, Inspector]);
const PEOPLE: Who = Roles(&[CentreStaff, TrainingInstitution, Enterprise, Auditor]);
const DESK_PEOPLE: Who = Roles(&[CentreStaff, TrainingInstitution, Auditor]);
const ACCOUNTS: Who = Roles(&[SecurityAdministrator, Auditor]);
const SECURITY: Who = Roles(&[SecurityAdministrator]);
const INSPECT: Who = Roles(&[Inspector]);
const SYSTEM: Who = Roles(&[SystemAdministrator]);

const fn row(method: &'static str, path: &'static str, who: Who) -> Access {
    Access { method, path, who }
}

/// Every endpoint of the API.
pub const TABLE: &[Access] = &[
    row("POST", "/api/v1/auth/login", Anyone),
    row("POST", "/api/v1/auth/renew", AnyPerson),
    row("POST", "/api/v1/auth/logout", AnyPerson),
    row("GET", "/api/v1/me", AnyPerson),
    row("GET", "/api/v1/accounts", ACCOUNTS),
    row("POST", "/api/v1/accounts", SECURITY),
    row("GET", "/api/v1/accounts/{account}", ACCOUNTS),
    row("PATCH", "/api/v1/accounts/{account}", SECURITY),
    row("POST", "/api/v1/accounts/{account}/password", SECURITY),
    row("POST", "/api/v1/accounts/{account}/second-factor", SECURITY),
    row("POST", "/api/v1/me/password", AnyPerson),
    row("GET", "/api/v1/health", Anyone),
    row("GET", "/api/v1/openapi.json", Anyone),
    row("GET", "/api/v1/keys.json", Anyone),
    row("GET", "/api/v1/log", Anyone),
    row("GET", "/api/v1/log/proof", Anyone),
    row("GET", "/api/v1/log/consistency", Anyone),
    row("GET", "/api/v1/trades", AnyPerson),
    row("GET", "/api/v1/rule-sets", AnyPerson),
    row("GET", "/api/v1/rule-sets/{id}", AnyPerson),
    row("GET", "/api/v1/workday", AnyPerson),
    row("GET", "/api/v1/points", AnyPerson),
    row("GET", "/api/v1/staff", CENTRE_READS),
    row("POST", "/api/v1/staff/{member}/ties", CENTRE),
    row("POST", "/api/v1/staff/{member}/bar", CENTRE),
    row("POST", "/api/v1/staff/{member}/lift", CENTRE),
    row("POST", "/api/v1/registrations", ENROL),
    row("GET", "/api/v1/registrations", PEOPLE),
    row("POST", "/api/v1/trades/{trade}/banks", CENTRE),
    row("GET", "/api/v1/trades/{trade}/banks", CENTRE_READS),
    row("GET", "/api/v1/banks/{bank}/export", CENTRE),
    row("POST", "/api/v1/trades/{trade}/sets", CENTRE),
    row("GET", "/api/v1/trades/{trade}/sets", CENTRE_READS),
    row("POST", "/api/v1/trades/{trade}/sets/{draw}/publish", CENTRE),
    row("POST", "/api/v1/banks/{bank}/questions/{question}/corrections", CENTRE),
    row("GET", "/api/v1/corrections", CENTRE_READS),
    row("GET", "/api/v1/corrections/{correction}", CENTRE),
    row("POST", "/api/v1/corrections/{correction}", CENTRE),
    row("POST", "/api/v1/corrections/{correction}/tickets/{ticket}", CENTRE),
    row("POST", "/api/v1/tickets/{ticket}/reviews", SITE),
    row("GET", "/api/v1/reviews", CENTRE_READS),
    row("GET", "/api/v1/reviews/{review}", CENTRE),
    row("POST", "/api/v1/reviews/{review}", CENTRE),
    row("POST", "/api/v1/sessions", CENTRE),
    row("GET", "/api/v1/sessions", AnyPerson),
    row("GET", "/api/v1/sessions/{session}", AnyPerson),
    row("POST", "/api/v1/sessions/{session}/candidates", CENTRE),
    row("GET", "/api/v1/sessions/{session}/candidates", ROSTER),
    row("POST", "/api/v1/sessions/{session}/seating", CENTRE),
    row("POST", "/api/v1/sessions/{session}/staff", CENTRE),
    row("GET", "/api/v1/me/duties", STAFF),
    row("POST", "/api/v1/me/duties", STAFF),
    row("GET", "/api/v1/duties", CENTRE_READS),
    row("GET", "/api/v1/sessions/{session}/posts", DUTIES),
    row("POST", "/api/v1/sessions/{session}/posts/{post}/absent", SITE),
    row("GET", "/api/v1/sessions/{session}/browser", CENTRE),
    row("POST", "/api/v1/sessions/{session}/browser", CENTRE),
    row("POST", "/api/v1/sessions/{session}/supplement", CENTRE),
    row("POST", "/api/v1/sessions/{session}/swaps", SITE),
    row("POST", "/api/v1/swaps/{swap}", SITE),
    row("GET", "/api/v1/tickets/{ticket}", TICKET),
    row("GET", "/api/v1/tickets/{ticket}/pdf", PAPERS),
    row("GET", "/api/v1/tickets/{ticket}/secret", CENTRE),
    row("GET", "/api/v1/draws", AnyPerson),
    row("POST", "/api/v1/draws/staff", CENTRE),
    row("GET", "/api/v1/draws/{draw}", AnyPerson),
    row("GET", "/api/v1/draws/{draw}/basis", CENTRE_READS),
    row("GET", "/api/v1/draws/{draw}/own", OWN),
    row("GET", "/api/v1/ceremonies", Anyone),
    row("GET", "/api/v1/ceremonies/{ceremony}", Anyone),
    row("POST", "/api/v1/ceremonies/{ceremony}/commitments", PARTIES),
    row("POST", "/api/v1/ceremonies/{ceremony}/announcement", CENTRE),
    row("POST", "/api/v1/ceremonies/{ceremony}/freeze", CENTRE),
    row("POST", "/api/v1/ceremonies/{ceremony}/secrets", PARTIES),
    row("POST", "/api/v1/ceremonies/{ceremony}/number", CENTRE),
    row("POST", "/api/v1/ceremonies/{ceremony}/void", CENTRE),
    row("POST", "/api/v1/points/{point}/kiosks", DEVICES),
    row("POST", "/api/v1/kiosk/enrol", Anyone),
    row("GET", "/api/v1/kiosk/bundle", Who::Kiosk),
    row("GET", "/api/v1/kiosk/journal", Who::Kiosk),
    row("POST", "/api/v1/kiosk/journal", Who::Kiosk),
    row("GET", "/api/v1/kiosk/log", Who::Kiosk),
    row("POST", "/api/v1/kiosk/log", Who::Kiosk),
    row("GET", "/api/v1/kiosk/blobs/{sha256}", Who::Kiosk),
    row("PUT", "/api/v1/kiosk/blobs/{sha256}", Who::Kiosk),
    row("POST", "/api/v1/sessions/{session}/rooms/{room}/release", ROOM),
    row("POST", "/api/v1/sessions/{session}/rooms/{room}/halt", ROOM),
    row("POST", "/api/v1/sessions/{session}/rooms/{room}/resume", ROOM),
    row("POST", "/api/v1/sessions/{session}/rooms/{room}/time", ROOM),
    row("POST", "/api/v1/sessions/{session}/theory/finish", ROOM),
    row("POST", "/api/v1/seat/enter", Anyone),
    row("POST", "/api/v1/seat/open", Seat),
    row("GET", "/api/v1/seat/photo", Seat),
    row("GET", "/api/v1/seat/pictures/{position}", Seat),
    row("GET", "/api/v1/practice", Anyone),
    row("GET", "/api/v1/practice/{trade}", Anyone),
    row("GET", "/api/v1/practice/{trade}/pictures/{picture}", Anyone),
    row("GET", "/api/v1/practice/{trade}/voice/{text}", Anyone),
    row("POST", "/api/v1/practice/{trade}/mock", Anyone),
    row("POST", "/api/v1/practice/{trade}/mock/hand-in", Anyone),
    row("GET", "/api/v1/seat/voice/{text}", Seat),
    row("GET", "/api/v1/seat/state", Seat),
    row("PUT", "/api/v1/seat/answers/{position}", Seat),
    row("PUT", "/api/v1/seat/line/{position}", Seat),
    row("POST", "/api/v1/seat/doubts/{position}", Seat),
    row("POST", "/api/v1/seat/left", Seat),
    row("POST", "/api/v1/seat/hand-in", Seat),
    row("POST", "/api/v1/tickets/{ticket}/move", ROOM),
    row("POST", "/api/v1/tickets/{ticket}/misconduct", ROOM),
    row("GET", "/api/v1/sessions/{session}/practical", EXAMINERS),
    row("GET", "/api/v1/tickets/{ticket}/sheets", EXAMINERS),
    row("POST", "/api/v1/tickets/{ticket}/scores", EXAMINERS),
    row("POST", "/api/v1/tickets/{ticket}/settlements", EXAMINERS),
    row("POST", "/api/v1/sessions/{session}/results", CENTRE),
    row("POST", "/api/v1/sessions/{session}/certificates", CENTRE),
    row("GET", "/api/v1/certificates", CERTIFICATES),
    row("GET", "/api/v1/certificates/{certificate}", CERTIFICATES),
    row("GET", "/api/v1/certificates/{certificate}/pdf", SITE),
    row("POST", "/api/v1/verify", Anyone),
    row("GET", "/api/v1/days/{day}/points/{point}", SITE_READS),
    row("POST", "/api/v1/days/{day}/points/{point}/close", SITE),
    row("GET", "/api/v1/days/{day}/points/{point}/page", SITE_READS),
    row("GET", "/api/v1/days/{day}/points/{point}/readiness", SITE_READS),
    row("POST", "/api/v1/days/{day}/points/{point}/readiness", SITE),
    row("POST", "/api/v1/days/{day}/points/{point}/readiness/sign", SITE),
    row("GET", "/api/v1/days/{day}/points/{point}/paper", SITE_READS),
    row("POST", "/api/v1/days/{day}/points/{point}/paper", SITE),
    row("POST", "/api/v1/days/{day}/points/{point}/paper/decisions", SITE),
    row("GET", "/api/v1/days/{day}/points/{point}/paper/pack", SITE),
    row("GET", "/api/v1/events", AUDIT),
    row("POST", "/api/v1/evidence", CENTRE_READS),
];

/// Every page.
pub const PAGES: &[Access] = &[
    row("GET", "/assets/{file}", Anyone),
    row("GET", "/lang/{lang}", Anyone),
    row("GET", "/theme/{theme}", Anyone),
    row("GET", "/login", Anyone),
    row("POST", "/login", Anyone),
    row("POST", "/logout", Anyone),
    row("POST", "/stay", AnyPerson),
    row("GET", "/live", AnyPerson),
    row("GET", "/styleguide", Anyone),
    row("GET", "/about", Anyone),
    row("GET", "/verify", Anyone),
    row("POST", "/verify", Anyone),
    row("GET", "/slip", Anyone),
    row("GET", "/slip.pdf", Anyone),
    row("GET", "/slip.svg", Anyone),
    row("GET", "/public/draws", Anyone),
    row("GET", "/public/draws/{ceremony}", Anyone),
    row("GET", "/public/draws/{ceremony}/{draw}.json", Anyone),
    row("GET", "/verify-draw", Anyone),
    row("GET", "/draw-verify.js", Anyone),
    row("GET", "/draw-verify.css", Anyone),
    row("GET", "/ceremonies/{ceremony}", PARTIES),
    row("POST", "/ceremonies/{ceremony}/party/{step}", PARTIES),
    row("POST", "/ceremonies/{ceremony}/centre/{step}", CENTRE),
    row("GET", "/my", Anyone),
    row("POST", "/my/enter", Anyone),
    row("POST", "/my/leave", Anyone),
    row("POST", "/my/review", Seat),
    row("GET", "/my/ticket.pdf", Seat),
    row("GET", "/my/certificate.pdf", Seat),
    row("GET", "/seat", Anyone),
    row("GET", "/practice", Anyone),
    row("GET", "/practice/{trade}", Anyone),
    row("GET", "/", AnyPerson),
    row("GET", "/sessions/{session}", SITE_READS),
    row("GET", "/duties", CENTRE_READS),
    row("POST", "/duties/answer", STAFF),
    row("GET", "/sessions/{session}/posts", SITE_READS),
    row("POST", "/sessions/{session}/posts/{post}/absent", SITE),
    row("GET", "/sessions/{session}/browser", CENTRE),
    row("POST", "/sessions/{session}/browser", CENTRE),
    row("GET", "/sessions/{session}/exam.seb", Anyone),
    row("POST", "/sessions/{session}/supplement", CENTRE),
    row("POST", "/sessions/{session}/swaps", SITE),
    row("POST", "/sessions/{session}/swaps/{swap}", SITE),
    row("GET", "/readiness/{day}/{point}", SITE_READS),
    row("POST", "/readiness/{day}/{point}", SITE),
    row("POST", "/readiness/{day}/{point}/sign", SITE),
    row("GET", "/blanks", SITE_READS),
    row("GET", "/blanks/{point}", SITE_READS),
    row("POST", "/blanks/{point}", SITE),
    row("POST", "/blanks/{point}/shares", SITE),
    row("GET", "/close/{day}/{point}", SITE_READS),
    row("POST", "/close/{day}/{point}", SITE),
    row("GET", "/close/{day}/{point}/page.pdf", SITE_READS),
    row("GET", "/paper/{day}/{point}", SITE_READS),
    row("POST", "/paper/{day}/{point}", SITE),
    row("GET", "/paper/{day}/{point}/pack.pdf", SITE),
    row("GET", "/paper/{day}/{point}/slip", SITE),
    row("POST", "/paper/{day}/{point}/slip", SITE),
    row("GET", "/sessions/{session}/tickets", SITE),
    row("GET", "/sessions/{session}/tickets.pdf", SITE),
    row("GET", "/sessions/{session}/enrol", CENTRE),
    row("POST", "/sessions/{session}/enrol", CENTRE),
    row("POST", "/sessions/{session}/steps/{step}", CENTRE),
    row("GET", "/plan", CENTRE),
    row("POST", "/plan", CENTRE),
    row("GET", "/plan/staff", CENTRE),
    row("POST", "/plan/staff", CENTRE),
    row("GET", "/pools", CENTRE_READS),
    row("POST", "/pools", CENTRE),
    row("GET", "/pools/template.csv", CENTRE),
    row("GET", "/pools/template.xlsx", CENTRE),
    row("GET", "/pools/{member}", CENTRE_READS),
    row("POST", "/pools/{member}", CENTRE),
    row("POST", "/pools/{member}/bar", CENTRE),
    row("POST", "/pools/{member}/lift", CENTRE),
    row("POST", "/pools/{member}/ties", CENTRE),
    row("GET", "/accounts", ACCOUNTS),
    row("POST", "/accounts", SECURITY),
    row("GET", "/accounts/new", SECURITY),
    row("GET", "/accounts/{account}", ACCOUNTS),
    row("POST", "/accounts/{account}", SECURITY),
    row("POST", "/accounts/{account}/password", SECURITY),
    row("POST", "/accounts/{account}/second-factor", SECURITY),
    row("GET", "/password", AnyPerson),
    row("POST", "/password", AnyPerson),
    row("GET", "/check", INSPECT),
    row("POST", "/check", INSPECT),
    row("GET", "/settings", SYSTEM),
    row("POST", "/settings/voices", SYSTEM),
    row("POST", "/settings/kiosks", SYSTEM),
    row("POST", "/settings/kiosks/{kiosk}/revoke", SYSTEM),
    row("GET", "/events", AUDIT),
    row("GET", "/events/{event}", AUDIT),
    row("GET", "/log", Anyone),
    row("POST", "/log", Anyone),
    row("GET", "/log/explorer", CENTRE_READS),
    row("GET", "/evidence", CENTRE_READS),
    row("POST", "/evidence", CENTRE_READS),
    row("GET", "/search", CENTRE_READS),
    row("GET", "/people", DESK_PEOPLE),
    row("GET", "/people/new", ENROL),
    row("POST", "/people/new", ENROL),
    row("GET", "/people/{person}", CENTRE_READS),
    row("GET", "/certificates", CENTRE_READS),
    row("GET", "/doubts", CENTRE),
    row("GET", "/banks", CENTRE_READS),
    row("GET", "/banks/{trade}", CENTRE_READS),
    row("POST", "/banks/{trade}/check", CENTRE),
    row("POST", "/banks/{trade}/import", CENTRE),
    row("POST", "/banks/{trade}/sets", CENTRE),
    row("POST", "/banks/{trade}/publish/{draw}", CENTRE),
    row("POST", "/banks/{trade}/export/{bank}", CENTRE),
    row("GET", "/banks/{trade}/statistics", CENTRE),
    row("GET", "/banks/{bank}/questions", CENTRE),
    row("POST", "/banks/{bank}/questions", CENTRE),
    row("GET", "/banks/{bank}/questions/new", CENTRE),
    row("GET", "/banks/{bank}/questions/{question}", CENTRE),
    row("GET", "/banks/{bank}/questions/{question}/change", CENTRE),
    row("POST", "/banks/{bank}/questions/{question}/review", CENTRE),
    row("GET", "/banks/{bank}/questions/{question}/picture", CENTRE),
    row("POST", "/banks/{bank}/questions/{question}/correct", CENTRE),
    row("GET", "/corrections", CENTRE_READS),
    row("GET", "/corrections/{correction}", CENTRE),
    row("POST", "/corrections/{correction}", CENTRE),
    row("POST", "/corrections/{correction}/{ticket}", CENTRE),
    row("GET", "/reviews", CENTRE_READS),
    row("GET", "/reviews/{review}", CENTRE),
    row("POST", "/reviews/{review}", CENTRE),
    row("POST", "/candidates/{ticket}/review", SITE),
    row("GET", "/draws", CENTRE_READS),
    row("GET", "/draws/{draw}", CENTRE_READS),
    row("GET", "/rules", AnyPerson),
    row("GET", "/candidates/{ticket}", SITE_READS),
    row("GET", "/candidates/{ticket}/photo", PICTURES),
    row("GET", "/sessions/{session}/station", EXAMINERS),
    row("GET", "/practical/{ticket}", EXAMINERS),
    row("POST", "/practical/{ticket}", EXAMINERS),
    row("GET", "/sessions/{session}/rooms", ROOM),
    row("POST", "/sessions/{session}/rooms", ROOM),
    row("GET", "/sessions/{session}/room/{room}", ROOM),
    row("POST", "/sessions/{session}/room/{room}", ROOM),
    row("GET", "/sessions/{session}/room/{room}/record.pdf", ROOM),
];

/// Files at addresses that others have laid down (C2SP tlog-tiles).
pub const FILES: &[Access] =
    &[row("GET", "/log/checkpoint", Anyone), row("GET", "/log/tile/{file:.*}", Anyone)];

/// The row of an endpoint, a page or a file.
#[must_use]
pub fn find(method: &Method, path: &str) -> Option<&'static Access> {
    ROWS.get(&(method.as_str(), path)).copied()
}

/// The rows by method and path: every request asks.
static ROWS: LazyLock<HashMap<(&str, &str), &Access>> = LazyLock::new(|| {
    let all = TABLE.iter().chain(PAGES).chain(FILES);
    all.map(|row| ((row.method, row.path), row)).collect()
});

/// What somebody may call whose password is known to somebody else: nothing but what changes it, and the way out.
const OPEN_TO_TEMPORARY: [&str; 5] =
    ["/password", "/logout", "/api/v1/me", "/api/v1/me/password", "/api/v1/auth/logout"];

/// Whether a path is open to whoever still has a one-time password.
#[must_use]
pub fn is_open_to_temporary(path: &str) -> bool {
    OPEN_TO_TEMPORARY.contains(&path)
}

const WORDS: [(Role, &str); 12] = [
    (SystemAdministrator, "system_administrator"),
    (SecurityAdministrator, "security_administrator"),
    (Auditor, "auditor"),
    (CentreStaff, "centre_staff"),
    (PointStaff, "point_staff"),
    (Invigilator, "invigilator"),
    (Examiner, "examiner"),
    (TrainingInstitution, "training_institution"),
    (Enterprise, "enterprise"),
    (Inspector, "inspector"),
    (Role::Examinee, "examinee"),
    (Role::Kiosk, "kiosk"),
];

impl Role {
    /// Every role.
    pub fn all() -> impl Iterator<Item = Self> {
        WORDS.iter().map(|(role, _)| *role)
    }

    /// Word used in files and tokens.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(role, _)| *role == self).map_or("", |(_, word)| word)
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, w)| *w == word).map(|(role, _)| *role)
    }

    /// Whether the role changes settings or rights and so needs a second factor.
    #[must_use]
    pub const fn administers(self) -> bool {
        matches!(self, SystemAdministrator | SecurityAdministrator | Auditor)
    }
}

impl Who {
    /// Whether a person of this role may call.
    #[must_use]
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Anyone => true,
            Self::AnyPerson => !matches!(role, Role::Examinee | Role::Kiosk),
            Self::Roles(roles) => roles.contains(&role),
            Self::Kiosk => role == Role::Kiosk,
            Self::Seat => role == Role::Examinee,
        }
    }
}
