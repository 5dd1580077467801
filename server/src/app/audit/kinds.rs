//! Every kind of fact, in groups: the choice of a list. A test compares it with the facts that there are.

/// A kind that is none: entries of a kiosk's journal that could not be applied.
pub const DEAD_LETTER: &str = "dead_letter";

/// Groups with their kinds, in the order in which they are offered.
pub const KINDS: &[(&str, &[&str])] = &[
    ("people", &["personal_data_read", "person_registered", "registration_added"]),
    ("sessions", &["session_opened", "candidate_enrolled", "candidate_refused"]),
    (
        "draws",
        &[
            "staff_salted",
            "draw_committed",
            "draw_number_announced",
            "draw_frozen",
            "draw_revealed",
            "draw_number_entered",
            "draw_voided",
            "draw_made",
            "session_browser_set",
            "session_seated",
            "staff_drawn",
        ],
    ),
    (
        "banks",
        &[
            "bank_imported",
            "questions_read",
            "question_written",
            "question_reviewed",
            "sets_assembled",
            "sets_published",
            "set_opened",
            "key_proposed",
            "key_refused",
            "key_corrected",
        ],
    ),
    ("duties", &["duty_answered", "duty_passed", "duties_filled", "swap_proposed", "swap_decided"]),
    (
        "room",
        &[
            "room_released",
            "room_noted",
            "seat_entered",
            "seat_moved",
            "seat_left",
            "question_doubted",
            "theory_halted",
            "theory_resumed",
            "time_given",
            "answers_saved",
            "theory_ended",
            "misconduct_recorded",
            "absence_recorded",
        ],
    ),
    ("practical", &["practical_scored", "practical_settled", "practical_ended"]),
    (
        "results",
        &[
            "results_published",
            "certificate_issued",
            "paper_regraded",
            "regrade_settled",
            "review_asked",
            "review_closed",
        ],
    ),
    (
        "point",
        &[
            "readiness_checked",
            "readiness_signed",
            "blanks_stocked",
            "blanks_allotted",
            "paper_pack_printed",
            "paper_entered",
            "paper_settled",
            "paper_attended",
            "day_closed",
        ],
    ),
    ("kiosk", &["kiosk_entry", DEAD_LETTER, "kiosk_announced", "kiosk_enrolled", "kiosk_revoked"]),
    (
        "accounts",
        &[
            "logged_in",
            "login_refused",
            "account_added",
            "account_edited",
            "account_blocked",
            "account_unblocked",
            "password_set",
            "second_factor_set",
        ],
    ),
    (
        "world",
        &[
            "rule_set_loaded",
            "trade_loaded",
            "calendar_loaded",
            "sheets_loaded",
            "organisation_added",
            "point_added",
            "staff_added",
            "staff_barred",
            "staff_unbarred",
        ],
    ),
];

/// The group of a kind; what is not known yet belongs to the last.
#[must_use]
pub fn group_of(kind: &str) -> &'static str {
    KINDS.iter().find(|(_, kinds)| kinds.contains(&kind)).map_or("world", |(group, _)| group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Lang, text};
    use std::collections::BTreeSet;

    /// Kinds as the facts are named in their source, in the way in which they are stored.
    fn facts() -> BTreeSet<String> {
        let source = include_str!("../../event/mod.rs");
        let body = source.split("pub enum Fact {").nth(1).unwrap().split("\n}").next().unwrap();
        let names = body.lines().map(str::trim).filter(|l| l.ends_with("),") && !l.starts_with("///"));
        names.map(|line| snake(line.split('(').next().unwrap())).collect()
    }

    fn snake(name: &str) -> String {
        let mut text = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && !text.is_empty() {
                text.push('_');
            }
            text.push(c.to_ascii_lowercase());
        }
        text
    }

    #[test]
    fn every_kind_of_fact_is_in_a_group_and_has_words() {
        let mut listed: BTreeSet<String> = BTreeSet::new();
        for (group, kinds) in KINDS {
            let ids = kinds.iter().map(|kind| format!("page-event-{}", kind.replace('_', "-")));
            for id in ids.chain([format!("page-events-{group}")]) {
                for lang in [Lang::Zh, Lang::En] {
                    assert_ne!(text(lang, &id), id, "no words: add them to pages-audit.ftl");
                }
            }
            listed.extend(kinds.iter().map(|k| (*k).to_owned()));
        }
        listed.remove(DEAD_LETTER);
        assert_eq!(
            listed,
            facts(),
            "a new fact belongs into a group of KINDS, with words in pages-audit.ftl"
        );
    }
}
