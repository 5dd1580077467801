//! `cargo xtask words`: every message in both languages, as a table for those who read the words and not the code.

use crate::fail::{Context, Fail, Outcome};
use crate::tidy;

/// Prints id, Chinese and English of each message as CSV.
///
/// # Errors
/// If a message is missing in one of the languages; the table is printed all the same.
pub fn run() -> Outcome<()> {
    let pairs = tidy::words()?;
    let mut table = csv::Writer::from_writer(std::io::stdout());
    table.write_record(["id", "zh-CN", "en"]).or_fail("the table")?;
    let mut missing = Vec::new();
    for pair in &pairs {
        let (zh, en) = (pair.zh.as_deref().unwrap_or_default(), pair.en.as_deref().unwrap_or_default());
        table.write_record([pair.id.as_str(), zh, en]).or_fail("the table")?;
        if pair.zh.is_none() || pair.en.is_none() {
            missing.push(pair.id.as_str());
        }
    }
    table.flush().or_fail("the table")?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(Fail::new(format!("in one language only: {}", missing.join(", "))))
}
