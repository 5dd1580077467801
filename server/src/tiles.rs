//! The log as files (C2SP tlog-tiles): tiles of hashes, bundles of entries, the newest checkpoint.
//!
//! There is nothing in them that the database does not have. A file is written whole and synced before it has its name,
//! the checkpoint last, so that the tiles of the checkpoint that is there are there as well. Of a tile that is not full
//! the newest width alone is kept: it holds the narrower ones.

use shared::log::checkpoint::Checkpoint;
use shared::log::proof;
use shared::log::tile::{self, HEIGHT, Tile, WIDTH};
use shared::log::tree::{Node, range_hash};
use shared::log::{Hash, note::Note};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Name of the newest checkpoint.
pub const CHECKPOINT: &str = "checkpoint";

/// Times that a file is looked for which a wider one may just have replaced.
const TRIES: u32 = 3;

/// The files of a log; cheap to clone.
#[derive(Clone)]
pub struct Tiles {
    dir: Arc<Path>,
    synced: bool,
}

/// A leaf: its hash, and its bytes as they stand in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Hash of the leaf.
    pub hash: Hash,
    /// Bytes of the leaf.
    pub entry: String,
}

/// Why the files cannot be used.
#[derive(Debug, Error)]
pub enum TileError {
    /// A file or directory.
    #[error("{0} cannot be used: {1}")]
    Io(PathBuf, std::io::Error),
    /// A file is not what its name says.
    #[error("{0} is damaged: remove the file, it is written again at the next start")]
    Damaged(PathBuf),
    /// An entry that fits into no bundle.
    #[error(transparent)]
    TooLong(#[from] tile::TooLong),
    /// The files are of another log than the checkpoint.
    #[error(
        "the files in {0} do not belong to this log: it was put back from an old copy, or rewritten. Find out which; \
         only then remove the directory, it is written anew"
    )]
    OtherLog(PathBuf),
}

impl Tiles {
    /// Files in a directory; it is made when the first is written.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.into(), synced: true }
    }

    /// The same, for files that somebody can make again with one command: no write waits for the disk.
    #[must_use]
    pub fn unsynced(dir: &Path) -> Self {
        Self { dir: dir.into(), synced: false }
    }

    /// Where they are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The newest checkpoint, as it was written; `None` before the first.
    ///
    /// # Errors
    /// [`TileError`] if it cannot be read.
    pub fn checkpoint(&self) -> Result<Option<String>, TileError> {
        let path = self.dir.join(CHECKPOINT);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(TileError::Io(path, e)),
        }
    }

    /// What the newest checkpoint says; `None` before the first.
    ///
    /// # Errors
    /// [`TileError`] if it cannot be read.
    pub fn head(&self) -> Result<Option<Checkpoint>, TileError> {
        let Some(text) = self.checkpoint()? else { return Ok(None) };
        let read = Note::parse(&text).ok().and_then(|note| Checkpoint::parse(note.text()).ok());
        read.map(Some).ok_or_else(|| TileError::Damaged(self.dir.join(CHECKPOINT)))
    }

    /// Entries under the newest checkpoint.
    ///
    /// # Errors
    /// [`TileError`] if it cannot be read.
    pub fn size(&self) -> Result<u64, TileError> {
        Ok(self.head()?.map_or(0, |head| head.size))
    }

    /// The hashes of a tile; of a wider one as many as were asked for. `None` if there is none.
    ///
    /// # Errors
    /// [`TileError`] if it cannot be read.
    pub fn hashes(&self, tile: Tile) -> Result<Option<Vec<Hash>>, TileError> {
        let Some((path, bytes)) = self.widest(tile, Tile::path)? else { return Ok(None) };
        let mut hashes = tile::hashes(&bytes).ok_or_else(|| TileError::Damaged(path.clone()))?;
        if hashes.len() < usize::from(tile.width) {
            return Err(TileError::Damaged(path));
        }
        hashes.truncate(usize::from(tile.width));
        Ok(Some(hashes))
    }

    /// The bundle of entries of a tile of level 0, cut to its width. `None` if there is none.
    ///
    /// # Errors
    /// [`TileError`] if it cannot be read.
    pub fn bundle(&self, tile: Tile) -> Result<Option<Vec<u8>>, TileError> {
        let Some((path, bytes)) = self.widest(tile, Tile::entries_path)? else { return Ok(None) };
        let entries = tile::entries(&bytes).ok_or_else(|| TileError::Damaged(path.clone()))?;
        let some = entries.get(..usize::from(tile.width)).ok_or(TileError::Damaged(path))?;
        Ok(Some(tile::bundle(some.iter().copied())?))
    }

    /// Hashes that prove that the leaf at `index` is in the tree of `size`; `None` if it is not.
    ///
    /// # Errors
    /// [`TileError`] if a tile is missing or damaged.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Option<Vec<Hash>>, TileError> {
        proof::inclusion(index, size).map(|ranges| self.over(&ranges, size)).transpose()
    }

    /// Hashes that prove that the tree of `old` leaves is the beginning of that of `size`; `None` if it cannot be.
    ///
    /// # Errors
    /// [`TileError`] if a tile is missing or damaged.
    pub fn consistency(&self, old: u64, size: u64) -> Result<Option<Vec<Hash>>, TileError> {
        proof::consistency(old, size).map(|ranges| self.over(&ranges, size)).transpose()
    }

    /// Root over the first `size` leaves.
    ///
    /// # Errors
    /// [`TileError`] if a tile is missing or damaged.
    pub fn root(&self, size: u64) -> Result<Hash, TileError> {
        let roots = self.over(std::slice::from_ref(&(0..size)), size)?;
        Ok(roots.first().copied().unwrap_or_else(shared::log::empty_root))
    }

    /// The hashes over ranges of leaves, each tile read once.
    fn over(&self, ranges: &[Range<u64>], size: u64) -> Result<Vec<Hash>, TileError> {
        let mut read: HashMap<Tile, Vec<Hash>> = HashMap::new();
        let mut node = |node: Node| {
            let gone = |tile: Tile| TileError::Damaged(self.dir.join(tile.path()));
            let missing = || TileError::Damaged(self.dir.join(CHECKPOINT));
            let (tile, place, count) = tile::holding(node, size).ok_or_else(missing)?;
            let hashes = match read.entry(tile) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.hashes(tile)?.ok_or_else(|| gone(tile))?),
            };
            hashes.get(place..place + count).and_then(tile::hash_of).ok_or_else(|| gone(tile))
        };
        ranges.iter().map(|range| range_hash(range, &mut node)).collect()
    }

    /// Tiles of a tree of `size` that are not there, or too short, from the leaves up.
    #[must_use]
    pub fn missing(&self, size: u64) -> Vec<Tile> {
        let long = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
        let lacks = |tile: &Tile| {
            long(self.dir.join(tile.path())) != u64::from(tile.width) * 32
                || (tile.level == 0 && long(self.dir.join(tile.entries_path())) == 0)
        };
        tile::grown(0, size).into_iter().filter(lacks).collect()
    }

    /// Writes tiles, given from the leaves up. `leaves` tells the leaves of a range.
    ///
    /// # Errors
    /// That of `leaves`, or [`TileError`] if a file cannot be written.
    pub fn write<E: From<TileError>>(
        &self,
        tiles: &[Tile],
        mut leaves: impl FnMut(Range<u64>) -> Result<Vec<Leaf>, E>,
    ) -> Result<(), E> {
        let mut touched = BTreeSet::new();
        for tile in tiles {
            let hashes = if tile.level == 0 {
                let first = tile.index * WIDTH;
                let leaves = leaves(first..first + u64::from(tile.width))?;
                let bundle = tile::bundle(leaves.iter().map(|leaf| leaf.entry.as_bytes()));
                self.put(&tile.entries_path(), &bundle.map_err(TileError::from)?, &mut touched)?;
                leaves.into_iter().map(|leaf| leaf.hash).collect()
            } else {
                self.inner(*tile)?
            };
            self.put(&tile.path(), hashes.as_flattened(), &mut touched)?;
        }
        self.settle(&touched)?;
        Ok(())
    }

    /// Puts the checkpoint over tiles that are written, and takes away those that it has outgrown since `old`. It is
    /// refused if the tiles do not give its root.
    ///
    /// # Errors
    /// [`TileError::OtherLog`]; others if a file cannot be written.
    pub fn publish(&self, note: &str, checkpoint: &Checkpoint, old: u64) -> Result<(), TileError> {
        if self.root(checkpoint.size)? != checkpoint.root {
            return Err(TileError::OtherLog(self.dir.to_path_buf()));
        }
        let mut touched = BTreeSet::new();
        self.put(CHECKPOINT, note.as_bytes(), &mut touched)?;
        self.settle(&touched)?;
        let last = |size: u64, level: u8| size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0);
        let grew = |level: &u8| last(old, *level) > 0;
        for level in
            (0..8).take_while(grew).filter(|level| last(old, *level) != last(checkpoint.size, *level))
        {
            let width = u16::try_from(last(old, level) % WIDTH).unwrap_or(0);
            let outgrown = Tile { level, index: last(old, level) / WIDTH, width };
            for path in
                [Some(outgrown.path()), (level == 0).then(|| outgrown.entries_path())].into_iter().flatten()
            {
                self.take_away(&path, width);
            }
        }
        Ok(())
    }

    /// A partial file that is not needed any more; its directory too, if it was the last in it.
    fn take_away(&self, path: &str, width: u16) {
        let path = self.dir.join(path);
        if width > 0 && std::fs::remove_file(&path).is_ok() {
            // Another one may stand beside it.
            let _ = path.parent().map(std::fs::remove_dir);
        }
    }

    /// The hashes of a tile above the leaves: those that a narrower one has, and the hashes of full tiles below.
    fn inner(&self, tile: Tile) -> Result<Vec<Hash>, TileError> {
        let narrower = self.widths(&tile.path()).into_iter().filter(|width| *width <= tile.width).max();
        let mut hashes = match narrower {
            // One that is damaged is made again.
            Some(width) => self.hashes(Tile { width, ..tile }).ok().flatten().unwrap_or_default(),
            None => Vec::new(),
        };
        for place in u64::try_from(hashes.len()).unwrap_or(WIDTH)..u64::from(tile.width) {
            let below = Tile {
                level: tile.level - 1,
                index: tile.index * WIDTH + place,
                width: u16::try_from(WIDTH).unwrap_or(u16::MAX),
            };
            let hash = self.hashes(below)?.as_deref().and_then(tile::hash_of);
            hashes.push(hash.ok_or_else(|| TileError::Damaged(self.dir.join(below.path())))?);
        }
        Ok(hashes)
    }

    /// The narrowest file that is at least as wide as the tile. A wider one may come while we look.
    fn widest(
        &self,
        tile: Tile,
        name: impl Fn(&Tile) -> String,
    ) -> Result<Option<(PathBuf, Vec<u8>)>, TileError> {
        let full = Tile { width: u16::try_from(WIDTH).unwrap_or(u16::MAX), ..tile };
        for _ in 0..TRIES {
            let wider = self.widths(&name(&tile)).into_iter().filter(|width| *width > tile.width).min();
            let wider = wider.map(|width| Tile { width, ..tile });
            for tile in [Some(tile), Some(full), wider].into_iter().flatten() {
                let path = self.dir.join(name(&tile));
                match std::fs::read(&path) {
                    Ok(bytes) => return Ok(Some((path, bytes))),
                    Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                    Err(e) => return Err(TileError::Io(path, e)),
                }
            }
            if wider.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// Widths of the partial files beside a partial one.
    fn widths(&self, path: &str) -> Vec<u16> {
        let Some((parent, _)) = path.split_once(".p/") else { return Vec::new() };
        let Ok(files) = std::fs::read_dir(self.dir.join(format!("{parent}.p"))) else { return Vec::new() };
        files.flatten().filter_map(|file| file.file_name().to_str()?.parse().ok()).collect()
    }

    fn put(&self, name: &str, bytes: &[u8], touched: &mut BTreeSet<PathBuf>) -> Result<(), TileError> {
        let path = self.dir.join(name);
        let parent = path.parent().unwrap_or(&self.dir).to_path_buf();
        let temporary = path.with_extension("new");
        let written = || {
            std::fs::create_dir_all(&parent)?;
            let mut file = std::fs::File::create(&temporary)?;
            file.write_all(bytes)?;
            if self.synced {
                file.sync_data()?;
            }
            std::fs::rename(&temporary, &path)
        };
        written().map_err(|e| TileError::Io(path.clone(), e))?;
        touched.insert(parent);
        Ok(())
    }

    /// Waits until the names are on the disk.
    fn settle(&self, touched: &BTreeSet<PathBuf>) -> Result<(), TileError> {
        for dir in touched.iter().filter(|_| self.synced) {
            let synced = std::fs::File::open(dir).and_then(|dir| dir.sync_all());
            synced.map_err(|e| TileError::Io(dir.clone(), e))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::log::leaf_hash;
    use shared::log::proof::{includes, is_consistent};
    use shared::log::tree::Edge;

    fn leaf(n: u64) -> Leaf {
        let entry = format!("entry {n}\n");
        Leaf { hash: leaf_hash(entry.as_bytes()), entry }
    }

    fn grow(tiles: &Tiles, edge: &mut Edge, size: u64) -> Result<(), TileError> {
        let old = edge.size();
        (old..size).for_each(|n| edge.append(leaf(n).hash, |_, _| ()));
        tiles.write(&tile::grown(old, size), |range| Ok::<_, TileError>(range.map(leaf).collect()))?;
        let checkpoint = Checkpoint { origin: "test".to_owned(), size, root: edge.root() };
        tiles.publish(&format!("{}\n\u{2014} test AAAAAAAA\n", checkpoint.text()), &checkpoint, old)
    }

    #[test]
    fn proofs_from_tiles_hold_at_every_size_that_was_published() {
        let dir = tempfile::tempdir().unwrap();
        let (tiles, mut edge, mut seen) = (Tiles::at(dir.path()), Edge::default(), Vec::new());
        for size in [1, 2, 255, 256, 257, 700, 70_000] {
            grow(&tiles, &mut edge, size).unwrap();
            assert_eq!(tiles.size().unwrap(), size);
            assert!(tiles.missing(size).is_empty(), "{size}");
            seen.push((size, edge.root()));
            for index in [0, size / 2, size - 1] {
                let proof = tiles.inclusion(index, size).unwrap().unwrap();
                assert!(includes(index, size, &leaf(index).hash, &proof, &edge.root()), "{index} of {size}");
            }
            for (old, root) in &seen {
                let proof = tiles.consistency(*old, size).unwrap().unwrap();
                assert!(is_consistent(*old, size, &proof, root, &edge.root()), "{old} of {size}");
                assert_eq!(tiles.root(*old).unwrap(), *root, "a wider tile holds the narrower");
            }
        }
        assert_eq!(tiles.inclusion(70_000, 70_000).unwrap(), None);
        let partial = Tile { level: 0, index: 273, width: 3 };
        let bundle = tiles.bundle(partial).unwrap().unwrap();
        let first = format!("entry {}\n", 273 * 256);
        assert_eq!(tile::entries(&bundle).unwrap()[0], first.as_bytes());
        assert_eq!(tile::entries(&bundle).unwrap().len(), 3);
    }

    #[test]
    fn of_a_partial_tile_the_newest_width_alone_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let (tiles, mut edge) = (Tiles::at(dir.path()), Edge::default());
        for size in [3, 7, 200, 300] {
            grow(&tiles, &mut edge, size).unwrap();
        }
        assert!(!dir.path().join("tile/0/000.p").exists() && !dir.path().join("tile/entries/000.p").exists());
        assert!(dir.path().join("tile/0/001.p/44").exists() && dir.path().join("tile/1/000.p/1").exists());
    }

    #[test]
    fn a_file_that_is_gone_or_cut_short_is_missed_and_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let (tiles, mut edge) = (Tiles::at(dir.path()), Edge::default());
        grow(&tiles, &mut edge, 700).unwrap();
        std::fs::remove_file(dir.path().join("tile/0/001")).unwrap();
        std::fs::write(dir.path().join("tile/1/000.p/2"), [0; 33]).unwrap();
        std::fs::remove_file(dir.path().join("tile/entries/000")).unwrap();
        let missing = tiles.missing(700);
        assert_eq!(missing.iter().map(|t| (t.level, t.index)).collect::<Vec<_>>(), [(0, 0), (0, 1), (1, 0)]);
        tiles.write(&missing, |range| Ok::<_, TileError>(range.map(leaf).collect())).unwrap();
        assert!(tiles.missing(700).is_empty());
        assert_eq!(tiles.root(700).unwrap(), edge.root());
    }

    #[test]
    fn a_checkpoint_of_another_log_is_not_put_over_the_tiles() {
        let dir = tempfile::tempdir().unwrap();
        let (tiles, mut edge) = (Tiles::at(dir.path()), Edge::default());
        grow(&tiles, &mut edge, 10).unwrap();
        let forked = Checkpoint { origin: "test".to_owned(), size: 10, root: leaf_hash(b"forged") };
        assert!(matches!(tiles.publish("", &forked, 10), Err(TileError::OtherLog(_))));
        assert_eq!(tiles.head().unwrap().unwrap().root, edge.root());
    }
}
