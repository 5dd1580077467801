//! A list of staff: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["pool.csv", "pool.xlsx"] {
        drop(server::poolfile::read(name, bytes));
    }
});
