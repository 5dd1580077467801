//! Prints of certificates: what is known of their end.

/// Codes of failed prints of which nobody knows whether the sheet came out: staff look in the tray and settle them before
/// another sheet is risked.
pub const END_UNSEEN: [&str; 5] = ["timeout", "unknown_outcome", "aborted", "cancelled", "connection_lost"];

/// Whether somebody must look in the tray before it is known how a print ended that failed with this code.
#[must_use]
pub fn end_is_unseen(code: &str) -> bool {
    END_UNSEEN.contains(&code)
}
