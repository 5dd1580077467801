//! A package: a ZIP with a manifest that names its items and their files.

use super::super::{BankFile, BankFileError, MAX_ROWS, picture};
use super::item::{self, Pictures};
use super::xml::Node;
use sha2::{Digest, Sha256};
use shared::bank::{RawRow, RefusalReason};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What makes a ZIP a package.
const MANIFEST: &str = "imsmanifest.xml";

/// Largest item or manifest in bytes when unpacked.
const MAX_XML: u64 = 8 * 1024 * 1024;

/// Most bytes of a package when unpacked: a small ZIP can unfold to fill any memory.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Whether a ZIP is a package and not a workbook.
pub(in super::super) fn is_package(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.index_for_name(MANIFEST).is_some())
}

/// Reads the items that the manifest names, in its order.
///
/// # Errors
/// [`BankFileError`] if it has no manifest that can be read, or is larger than allowed.
pub(in super::super) fn read(bytes: &[u8]) -> Result<BankFile, BankFileError> {
    let archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|_| BankFileError::Package("the ZIP is damaged"))?;
    let mut files = Files { archive, left: MAX_UNPACKED, pictures: BTreeMap::new() };
    let manifest = files.text(MANIFEST).and_then(|text| Node::parse(&text));
    let manifest = manifest.ok_or(BankFileError::Package("its imsmanifest.xml cannot be read"))?;
    let items = items(&manifest);
    if items.len() > MAX_ROWS {
        return Err(BankFileError::TooManyRows);
    }
    let mut rows = Vec::with_capacity(items.len());
    for (row, href) in (1..).zip(items) {
        let path = resolved("", &href);
        let text = path.as_deref().and_then(|path| files.text(path));
        rows.push(match (text, path) {
            (Some(text), Some(path)) => item::row(&text, row, &mut Beside { files: &mut files, path: &path }),
            _ => {
                RawRow { row, title: href, refused: Some(RefusalReason::ItemUnreadable), ..RawRow::default() }
            }
        });
        if files.left == 0 {
            return Err(BankFileError::Package("unpacked it is larger than is allowed"));
        }
    }
    Ok(BankFile { rows, pictures: files.pictures })
}

/// The addresses of the items; tests, pictures and others are no items.
fn items(manifest: &Node) -> Vec<String> {
    let resources = manifest.all();
    let resources = resources.into_iter().filter(|node| node.name == "resource");
    let items =
        resources.filter(|node| node.attribute("type").is_some_and(|kind| kind.starts_with("imsqti_item_")));
    items.map(|node| node.attribute("href").unwrap_or_default().to_owned()).collect()
}

/// A path inside the package that an address of a file in `folder` means; nothing if it leads out of it.
fn resolved(folder: &str, address: &str) -> Option<String> {
    let address = decoded(address.split(['#', '?']).next()?)?;
    if address.contains(':') || address.starts_with('/') || address.is_empty() {
        return None;
    }
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(path.pop()?),
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

/// An address with `%20` and the like undone.
fn decoded(address: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.extend(hex::decode(digits).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The files of a package, as many as may be unpacked.
struct Files<'a> {
    archive: Archive<'a>,
    left: u64,
    pictures: BTreeMap<String, Vec<u8>>,
}

impl Files<'_> {
    fn load(&mut self, path: &str, most: u64) -> Option<Vec<u8>> {
        let file = self.archive.by_name(path).ok()?;
        let most = most.min(self.left);
        let mut content = Vec::new();
        let read = file.take(most.saturating_add(1)).read_to_end(&mut content);
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(size);
        read.ok().filter(|_| size <= most)?;
        Some(content)
    }

    fn text(&mut self, path: &str) -> Option<String> {
        let content = self.load(path, MAX_XML)?;
        super::super::decode(&content).ok()
    }
}

/// The files as an item sees them: from its own folder.
struct Beside<'a, 'b> {
    files: &'a mut Files<'b>,
    path: &'a str,
}

impl Pictures for Beside<'_, '_> {
    fn take(&mut self, address: &str) -> Result<String, RefusalReason> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = resolved(folder, address).ok_or(RefusalReason::PictureMissing)?;
        if self.files.archive.index_for_name(&path).is_none() {
            return Err(RefusalReason::PictureMissing);
        }
        let most = u64::try_from(picture::MAX_BYTES).unwrap_or(u64::MAX);
        let content = self.files.load(&path, most).ok_or(RefusalReason::PictureUnreadable)?;
        if picture::kind(&content).is_none() {
            return Err(RefusalReason::PictureUnreadable);
        }
        let name = hex::encode(Sha256::digest(&content));
        self.files.pictures.insert(name.clone(), content);
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_inside_the_package() {
        let table = [
            ("", "items/a.xml", Some("items/a.xml")),
            ("items", "../img/b%20c.png", Some("img/b c.png")),
            ("items/x", "./d.png#part", Some("items/x/d.png")),
            ("items", "../../e.png", None),
            ("", "/etc/passwd", None),
            ("", "http://example.org/f.png", None),
            ("", "%zz", None),
            ("", "", None),
        ];
        for (folder, address, expected) in table {
            assert_eq!(resolved(folder, address).as_deref(), expected, "{folder} {address}");
        }
    }
}
