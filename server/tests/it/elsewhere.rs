//! What a day bundle says of people who may come and are not expected.

use crate::harness::{Kiosk, on_both, person};
use crate::held::{POINT, held};
use server::app::sessions::{self, EnrolOrder, OpenOrder};
use server::event::{CandidateRefused, Fact};
use server::seal::keyed_hash;
use shared::time::Instant;
use shared::wire::v1::bundle::{BundleRefusal, DayBundle};

const START: &str = "2026-09-28T09:00:00+08:00";
const MORNING: &str = "2026-09-28T08:30:00+08:00";

#[test]
fn people_of_another_day_or_point_and_those_who_were_refused_are_known_by_keyed_hash_alone() {
    on_both(|app| {
        let centre = person(app, "centre");
        let today = held(app, START, &[1, 2]);
        let later = held(app, "2026-10-01T09:00:00+08:00", &[3]);
        held(app, "2026-10-02T09:00:00+08:00", &[4]);
        let order = OpenOrder {
            point: "P02".into(),
            trade: "electrician-low-voltage".into(),
            kind: "first".into(),
            starts_at: Instant::parse(START).unwrap().millis(),
            rule_set: None,
            language: None,
        };
        let other = sessions::open(app, &centre, order, None).unwrap().session;
        let order = EnrolOrder { registrations: vec!["R-0005".to_owned()] };
        let elsewhere = sessions::enrol(app, &centre, &other, order, None).unwrap();
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
        let found = |secret: &str| of_secret(&bundle, secret).map(|refusal| refusal.code.as_str());
        assert_eq!(found(&secret(&today.tickets[0])), None, "who is expected is not among them");
        assert_eq!(found(&secret(&later.tickets[0])), Some("another_day"));
        assert_eq!(found(&secret(&elsewhere.enrolled[0].ticket)), Some("another_point"));
        let mut codes: Vec<_> = bundle.refusals.iter().map(|refusal| refusal.code.as_str()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["another_day", "another_point", "barred", "not_eligible"], "three days, not four");
        let there = of_secret(&bundle, &secret(&elsewhere.enrolled[0].ticket)).unwrap();
        assert_eq!(there.starts_at, Some(Instant::parse(START).unwrap().millis()));
        assert!(!there.point_zh.is_empty() && there.point_zh != bundle.point_zh, "{there:?}");
    });
}

fn of_secret<'a>(bundle: &'a DayBundle, secret: &str) -> Option<&'a BundleRefusal> {
    let index = keyed_hash(&hex::decode(&bundle.index_key).unwrap(), secret);
    bundle.refusals.iter().find(|refusal| refusal.secret_index.as_ref() == Some(&index))
}
