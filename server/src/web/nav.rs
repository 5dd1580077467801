//! Where people of each role go from every page: the one table of the navigation.

use crate::http::access::Role;

/// Address of a page and id of the word for it.
pub type Place = (&'static str, &'static str);

const CENTRE_STAFF: &[Place] = &[
    ("/", "page-nav-day"),
    ("/plan", "page-plan"),
    ("/people", "page-nav-people"),
    ("/certificates", "page-nav-certificates"),
];

const POINT_STAFF: &[Place] = &[("/", "page-nav-day")];

const AUDITOR: &[Place] = &[
    ("/", "page-home"),
    ("/events", "page-nav-events"),
    ("/people", "page-nav-people"),
    ("/certificates", "page-nav-certificates"),
    ("/accounts", "page-accounts"),
];

const SYSTEM_ADMINISTRATOR: &[Place] = &[("/settings", "page-settings")];

const SECURITY_ADMINISTRATOR: &[Place] = &[("/accounts", "page-accounts")];

const INSPECTOR: &[Place] = &[("/check", "page-inspect")];

const OTHERS: &[Place] = &[("/", "page-home")];

/// The places of a role, in the order in which they are shown.
#[must_use]
pub const fn places(role: Role) -> &'static [Place] {
    match role {
        Role::CentreStaff => CENTRE_STAFF,
        Role::PointStaff => POINT_STAFF,
        Role::Auditor => AUDITOR,
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
    fn every_place_is_a_page_that_admits_the_role_and_has_a_word() {
        for role in Role::all() {
            for (address, word) in places(role) {
                let page = PAGES.iter().find(|p| p.method == "GET" && p.path == *address);
                assert!(page.is_some_and(|p| p.who.admits(role)), "{address} for {}", role.word());
                for lang in [Lang::Zh, Lang::En] {
                    assert_ne!(text(lang, word), *word, "{address}");
                }
            }
        }
    }
}
