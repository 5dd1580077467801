//! Files that are whole or not there, and secrets that only their owner can read.

use rand::TryRng;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Creates a directory (with its parents) that only its owner can enter.
///
/// # Errors
/// Whatever the file system says.
pub fn private_dir(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file with rights 0600 so that after a crash either the old or the new one is there, never a part:
/// write beside it, flush to disk, rename, flush the directory.
///
/// # Errors
/// Whatever the file system says.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    if let Err(error) = write_synced(Path::new(&beside), bytes).and_then(|()| fs::rename(&beside, path)) {
        // On a full disk the part would take the room that is missing; the next attempt begins anew in any case.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Bytes that must be free for the next photograph and its journal entry.
const ROOM: usize = 256 * 1024;

/// Tries whether a directory takes what the next photograph needs, by writing that much.
///
/// # Errors
/// Whatever the file system says.
pub fn try_room(dir: &Path) -> io::Result<()> {
    let probe = dir.join("room");
    let written = write_whole(&probe, &[0; ROOM]);
    // What could not be removed is overwritten by the next probe.
    let _ = fs::remove_file(&probe);
    written
}

/// Reads a file; `None` if there is none.
///
/// # Errors
/// Whatever the file system says, other than that the file isn't there.
pub fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// 32 bytes kept in a file with rights 0600; made from the system's random source if the file isn't there.
///
/// # Errors
/// Whatever the file system says; `InvalidData` if the file has another length.
pub fn secret(path: &Path) -> io::Result<[u8; 32]> {
    if let Some(bytes) = read_if_there(path)? {
        return bytes.try_into().map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{} is damaged", path.display()))
        });
    }
    let secret = random_bytes()?;
    write_whole(path, &secret)?;
    Ok(secret)
}

/// Bytes from the system's random source: for keys, nonces and token ids, never for a draw.
///
/// # Errors
/// If the system has no random source.
pub fn random_bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        let first = secret(&path).unwrap();
        assert_eq!(secret(&path).unwrap(), first);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, b"short").unwrap();
        assert_eq!(secret(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_file_that_cannot_be_put_in_its_place_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), b"x").unwrap();
        assert!(write_whole(&path, b"one").is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        try_room(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        assert_eq!(read_if_there(&path).unwrap(), None);
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read_if_there(&path).unwrap().unwrap(), b"two");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
