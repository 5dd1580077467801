//! Who comes to a kiosk otherwise than expected: from another day or point, refused, or without a valid identity card.

use crate::harness::{Kiosk, assert_rebuilds, on_both, person};
use crate::held::{POINT, held};
use server::app::overview::file;
use server::app::sessions::{self, EnrolOrder, OpenOrder};
use server::event::{CandidateRefused, Fact, RuleSetLoaded};
use server::seal::keyed_hash;
use shared::time::Instant;
use shared::wire::v1::bundle::{BundleRefusal, DayBundle};
use shared::wire::v1::journal::{CheckInBy, KioskFact};

const START: &str = "2026-09-28T09:00:00+08:00";
const MORNING: &str = "2026-09-28T08:30:00+08:00";

#[test]
fn people_of_another_day_or_point_and_those_who_were_refused_are_known_by_keyed_hash_alone() {
    on_both(|app| {
        let centre = person(app, "centre");
        let today = held(app, START, &[1, 2]);
        let later = held(app, "2026-10-01T09:00:00+08:00", &[3]);
        held(app, "2026-10-02T09:00:00+08:00", &[4]);
        let kiosk = Kiosk::new(app, POINT, 1);
        app.at(MORNING);
        let before = kiosk.bundle(app).revision;
        for (registration, code) in [("R-0006", "fraud_block"), ("R-0007", "theory_hours")] {
            app.tell(vec![Fact::CandidateRefused(CandidateRefused {
                session: today.session.clone(),
                registration: registration.to_owned(),
                refusals: vec![code.to_owned()],
            })]);
        }
        let bundle = kiosk.bundle(app);
        assert!(bundle.revision > before);
        let secret = |ticket: &str| sessions::secret(app, &centre, ticket).unwrap();
        let (expected, later) = (secret(&today.tickets[0]), secret(&later.tickets[0]));
        let found = |secret: &str| of_secret(&bundle, secret).map(|refusal| refusal.code.as_str());
        assert_eq!(found(&expected), None, "who is expected is not among them");
        assert_eq!(found(&later), Some("another_day"));
        assert_eq!(codes(&bundle), ["another_day", "barred", "not_eligible"], "three days, not four");

        let other = Kiosk::new(app, "P02", 2).bundle(app);
        assert_eq!(codes(&other), ["another_point"; 3]);
        let refusal = of_secret(&other, &expected).unwrap();
        assert_eq!(refusal.starts_at, Some(Instant::parse(START).unwrap().millis()));
        assert_eq!(refusal.point_zh, bundle.point_zh);
    });
}

fn codes(bundle: &DayBundle) -> Vec<&str> {
    let mut codes: Vec<_> = bundle.refusals.iter().map(|refusal| refusal.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

fn of_secret<'a>(bundle: &'a DayBundle, secret: &str) -> Option<&'a BundleRefusal> {
    let index = keyed_hash(&hex::decode(&bundle.index_key).unwrap(), secret);
    bundle.refusals.iter().find(|refusal| refusal.secret_index.as_ref() == Some(&index))
}

/// The national rules in a version that accepts a temporary card.
fn accepting() -> RuleSetLoaded {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/rules/national-2026.1.toml");
    let toml =
        std::fs::read_to_string(path).unwrap().replacen("version = \"2026.1\"", "version = \"2026.9\"", 1);
    let toml = format!("{toml}\n[identity]\nsubstitutes = [\"temporary_card\"]\n");
    let in_force_from = "2026-01-01".to_owned();
    RuleSetLoaded { id: "national@2026.9".to_owned(), in_force_from, hash: "0".repeat(64), toml }
}

#[test]
fn another_document_counts_where_the_sessions_rules_name_it_and_two_signed() {
    on_both(|app| {
        let centre = person(app, "centre");
        app.tell(vec![Fact::RuleSetLoaded(accepting())]);
        let mut tickets = Vec::new();
        for (rule_set, registration) in [("national@2026.9", "R-0001"), ("national@2026.1", "R-0002")] {
            let order = OpenOrder {
                point: POINT.into(),
                trade: "electrician-low-voltage".into(),
                kind: "first".into(),
                starts_at: Instant::parse(START).unwrap().millis(),
                rule_set: Some(rule_set.to_owned()),
                language: None,
            };
            let session = sessions::open(app, &centre, order, None).unwrap().session;
            let order = EnrolOrder { registrations: vec![registration.to_owned()] };
            let enrolled = sessions::enrol(app, &centre, &session, order, None).unwrap().enrolled;
            tickets.push((session, enrolled[0].ticket.clone()));
        }
        let shown = |at: usize, document: &str, second: &str| KioskFact::SubstituteShown {
            ticket: tickets[at].1.clone(),
            document: document.to_owned(),
            staff: "point".to_owned(),
            second: second.to_owned(),
        };
        let mut kiosk = Kiosk::new(app, POINT, 1);
        app.at(MORNING);
        let (session, ticket) = tickets[0].clone();
        let facts = vec![
            shown(0, "temporary_card", "point"),
            shown(0, "passport", "invigilator"),
            shown(0, "library_card", "invigilator"),
            shown(1, "temporary_card", "invigilator"),
            shown(0, "temporary_card", "invigilator"),
            KioskFact::CheckedIn { session, ticket: ticket.clone(), by: CheckInBy::Substitute },
        ];
        let refused = "document-not-accepted";
        assert_eq!(kiosk.tell(app, facts), ["one-signature", refused, refused, refused, "ok", "ok"]);
        let file = file::file(app, &centre, &ticket).unwrap();
        let steps: Vec<_> = file.steps.iter().map(|step| step.what).collect();
        assert!(steps.contains(&"substitute-shown") && steps.contains(&"checked-in"), "{steps:?}");
        assert_rebuilds(app);
    });
}
