//! A bank as JSON: read or refused, never a panic, and every row accounted for.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = server::bankfile::read("bank.json", bytes) {
        let report = shared::bank::check(&file.rows);
        assert_eq!(report.read, report.accepted.len() + report.refused.len());
    }
});
