//! Banks as QTI of 1EdTech: items and packages of versions 2.2 and 3.0 are read, packages of 3.0 are written.
//!
//! Only what can be asked here is taken: one choice among options, single or multiple, all or nothing. Every other item
//! is refused by itself with its reason. What a package says of itself is not believed: sizes are counted while it is
//! unpacked, and nothing of it touches the disk.

mod item;
mod package;
mod scoring;
mod write;
mod xml;

pub(super) use package::{is_package, read};
pub use write::package as write_package;

use super::BankFile;
use shared::bank::RefusalReason;

/// Whether a text is an item, by its first element.
pub(super) fn is_item(text: &str) -> bool {
    let mut rest = text.trim_start();
    while rest.starts_with("<?") || rest.starts_with("<!--") {
        let end = if rest.starts_with("<?") { "?>" } else { "-->" };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    rest.starts_with('<')
}

/// Reads a single item; a picture of it has no file to come from.
pub(super) fn read_item(text: &str) -> BankFile {
    struct None;
    impl item::Pictures for None {
        fn take(&mut self, _: &str) -> Result<String, RefusalReason> {
            Err(RefusalReason::PictureMissing)
        }
    }
    BankFile { rows: vec![item::row(text, 1, &mut None)], ..BankFile::default() }
}

#[cfg(test)]
mod tests;
