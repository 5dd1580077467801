//! The text of a certificate's QR code, its outer layers and what is inside: judged, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::certificate::code::{PREFIX, open};
use shared::certificate::container::pack;
use shared::certificate::key::KeySet;
use shared::time::Date;

fuzz_target!(|bytes: &[u8]| {
    let Ok(at) = Date::parse("2026-09-28") else { return };
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(open(text, &KeySet::new(), at));
    }
    if let Some(text) = pack(bytes) {
        drop(open(&format!("{PREFIX}{text}"), &KeySet::new(), at));
    }
});
