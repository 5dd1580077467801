//! Where people of each role go from every page: the one table of the navigation.

use crate::http::access::Role;

/// A page that is on the navigation.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Its address.
    pub address: &'static str,
    /// Id of the word for it.
    pub word: &'static str,
    /// Letter that leads to it after `g`, for whoever has a keyboard.
    pub key: &'static str,
}

const fn to(address: &'static str, word: &'static str, key: &'static str) -> Place {
    Place { address, word, key }
}

const HOME: Place = to("/", "page-home", "h");
const DAY: Place = to("/", "page-nav-day", "d");
const PLAN: Place = to("/plan", "page-plan", "p");
const PEOPLE: Place = to("/people", "page-nav-people", "n");
const POOLS: Place = to("/pools", "page-pools", "o");
const BANKS: Place = to("/banks", "page-nav-banks", "b");
const DRAWS: Place = to("/draws", "page-nav-draws", "r");
const RULES: Place = to("/rules", "page-nav-rules", "u");
const CERTIFICATES: Place = to("/certificates", "page-nav-certificates", "c");
const BLANKS: Place = to("/blanks", "page-blanks", "b");

const EVENTS: Place = to("/events", "page-nav-events", "e");
const ACCOUNTS: Place = to("/accounts", "page-accounts", "a");
const SETTINGS: Place = to("/settings", "page-settings", "s");
const CHECK: Place = to("/check", "page-inspect", "k");

const CENTRE_STAFF: &[Place] = &[DAY, PLAN, PEOPLE, POOLS, CERTIFICATES, BANKS, DRAWS, RULES];
const POINT_STAFF: &[Place] = &[DAY, BLANKS];
const AUDITOR: &[Place] = &[HOME, EVENTS, PEOPLE, POOLS, CERTIFICATES, BANKS, DRAWS, RULES, ACCOUNTS];
const TRAINING_INSTITUTION: &[Place] = &[HOME, PEOPLE, RULES];
const SYSTEM_ADMINISTRATOR: &[Place] = &[SETTINGS];
const SECURITY_ADMINISTRATOR: &[Place] = &[ACCOUNTS];
const INSPECTOR: &[Place] = &[CHECK];
const OTHERS: &[Place] = &[HOME];

/// The places of a role, in the order in which they are shown.
#[must_use]
pub const fn places(role: Role) -> &'static [Place] {
    match role {
        Role::CentreStaff => CENTRE_STAFF,
        Role::PointStaff => POINT_STAFF,
        Role::Auditor => AUDITOR,
        Role::TrainingInstitution => TRAINING_INSTITUTION,
        Role::SystemAdministrator => SYSTEM_ADMINISTRATOR,
        Role::SecurityAdministrator => SECURITY_ADMINISTRATOR,
        Role::Inspector => INSPECTOR,
        Role::Examinee | Role::Kiosk => &[],
        _ => OTHERS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::access::PAGES;
    use crate::text::{Lang, text};

    #[test]
    fn every_place_is_a_page_that_admits_the_role_and_has_a_word_and_a_key_of_its_own() {
        for role in Role::all() {
            let mut keys = Vec::new();
            for Place { address, word, key } in places(role) {
                let page = PAGES.iter().find(|p| p.method == "GET" && p.path == *address);
                assert!(page.is_some_and(|p| p.who.admits(role)), "{address} for {}", role.word());
                for lang in [Lang::Zh, Lang::En] {
                    assert_ne!(text(lang, word), *word, "{address}");
                }
                assert!(!keys.contains(key), "{key} twice for {}", role.word());
                keys.push(*key);
            }
        }
    }
}
