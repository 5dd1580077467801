//! Prints of certificates: what is known of their end.

/// Codes of failed prints of which nobody knows whether the sheet came out: staff look in the tray and settle them before
/// another sheet is risked.
pub const END_UNSEEN: [&str; 5] = ["timeout", "unknown_outcome", "aborted", "cancelled", "connection_lost"];

/// Whether somebody must look in the tray before it is known how a print ended that failed with this code.
#[must_use]
pub fn end_is_unseen(code: &str) -> bool {
    END_UNSEEN.contains(&code)
}

/// Which kiosk of an exam point may print a certificate: the one to which it was moved last, else the one that enrolled
/// first. A kiosk that was shut out has lost what it had. `kiosks` are those in use, in the order of their enrolment; `None`
/// without any.
#[must_use]
pub fn holder<'a>(moved_to: Option<&str>, kiosks: &[&'a str]) -> Option<&'a str> {
    let moved = kiosks.iter().find(|kiosk| Some(**kiosk) == moved_to);
    moved.or(kiosks.first()).copied()
}

/// Whether a receipt says who got the certificate: the person's own signature, or two members of staff who saw it.
#[must_use]
pub fn receipt_is_whole(staff: &str, signature: Option<&str>, witness: Option<&str>) -> bool {
    match (signature, witness) {
        (Some(_), None) => true,
        (None, Some(witness)) => witness != staff,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_held_by_one_kiosk_that_is_in_use() {
        for (moved_to, kiosks, expected) in [
            (None, &["K1", "K2"][..], Some("K1")),
            (Some("K2"), &["K1", "K2"], Some("K2")),
            (Some("K1"), &["K2", "K3"], Some("K2")),
            (None, &[], None),
            (Some("K1"), &[], None),
        ] {
            assert_eq!(holder(moved_to, kiosks), expected, "{moved_to:?} {kiosks:?}");
        }
    }

    #[test]
    fn a_receipt_is_signed_by_the_person_or_seen_by_two() {
        for (signature, witness, expected) in [
            (Some("digest"), None, true),
            (None, Some("b"), true),
            (None, Some("a"), false),
            (Some("digest"), Some("b"), false),
            (None, None, false),
        ] {
            assert_eq!(receipt_is_whole("a", signature, witness), expected, "{signature:?} {witness:?}");
        }
    }
}
