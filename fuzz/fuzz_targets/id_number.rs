//! An identity number: read or refused, never a panic; what is read is what was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::idnumber::IdNumber;

fuzz_target!(|text: &str| {
    if let Ok(number) = IdNumber::parse(text) {
        assert!(IdNumber::parse(number.as_str()).is_ok());
    }
});
