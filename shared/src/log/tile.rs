//! Tiles: the tree as immutable files of up to 256 hashes, and the leaves as bundles of up to 256 entries (C2SP
//! tlog-tiles). Whoever has the files needs no server to check a log.

use super::tree::Node;
use super::{Hash, node_hash};
use thiserror::Error;

/// Levels of the tree in a tile.
pub const HEIGHT: u8 = 8;
/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 1 << HEIGHT;

/// A tile: `width` hashes of the tree's level `8 · level`, from `256 · index` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Level of tiles: the hashes of one are those of full tiles of the level below; 0 holds the leaves.
    pub level: u8,
    /// Number in its level, from 0.
    pub index: u64,
    /// Hashes in it, 1 to 256; fewer than 256 only at the right edge.
    pub width: u16,
}

/// A file of the log below its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Hashes.
    Hashes(Tile),
    /// The entries of a tile of level 0.
    Entries(Tile),
}

/// An entry that does not fit: more than 65,535 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an entry of {0} bytes does not fit into a bundle (65,535 at most)")]
pub struct TooLong(pub usize);

impl Tile {
    /// Where the tile is, below the top of the log: `tile/0/x001/234`, for a partial one with its width.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, self.number())
    }

    /// Where the entries of a tile of level 0 are.
    #[must_use]
    pub fn entries_path(&self) -> String {
        format!("tile/entries/{}", self.number())
    }

    fn number(&self) -> String {
        let mut path = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            path = format!("x{:03}/{path}", rest % 1000);
            rest /= 1000;
        }
        if u64::from(self.width) < WIDTH { format!("{path}.p/{}", self.width) } else { path }
    }
}

impl Resource {
    /// The file of a path as [`Tile::path`] and [`Tile::entries_path`] write it; `None` for any other.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, number) = path.strip_prefix("tile/")?.split_once('/')?;
        let (number, width) = match number.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|width| u64::from(*width) < WIDTH)?),
            None => (number, u16::try_from(WIDTH).ok()?),
        };
        let mut thousands = number.split('/').map(|part| part.strip_prefix('x').unwrap_or(part));
        let index = thousands.try_fold(0_u64, |index, part| {
            index.checked_mul(1000)?.checked_add(part.parse().ok().filter(|part| *part < 1000)?)
        })?;
        let (read, written) = if kind == "entries" {
            let tile = Tile { level: 0, index, width };
            (Self::Entries(tile), tile.entries_path())
        } else {
            let tile = Tile { level: kind.parse().ok().filter(|level| *level < 64)?, index, width };
            (Self::Hashes(tile), tile.path())
        };
        (width > 0 && written == path).then_some(read)
    }
}

/// The tiles that a tree of `size` leaves has and one of `old` had not, or not so wide; from the leaves up.
#[must_use]
pub fn grown(old: u64, size: u64) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let (mut before, mut now) = (old, size);
    for level in 0.. {
        if now == 0 {
            break;
        }
        if before < now {
            let last = (now - 1) / WIDTH;
            tiles.extend((before / WIDTH..=last).filter_map(|index| {
                let width = u16::try_from((now - index * WIDTH).min(WIDTH)).ok()?;
                Some(Tile { level, index, width })
            }));
        }
        (before, now) = (before / WIDTH, now / WIDTH);
    }
    tiles
}

/// The tile of a tree of `size` leaves in which a subtree's hash is found, with the place in the tile from which on how
/// many hashes are its leaves. `None` if the tree has no such subtree.
#[must_use]
pub fn holding(node: Node, size: u64) -> Option<(Tile, usize, usize)> {
    let level = node.level / HEIGHT;
    let inner = u32::from(node.level % HEIGHT);
    let count = size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0);
    let first = node.index.checked_mul(1 << inner)?;
    let behind = first.checked_add(1 << inner)?;
    if behind > count {
        return None;
    }
    let index = first / WIDTH;
    let width = u16::try_from((count - index * WIDTH).min(WIDTH)).ok()?;
    let place = usize::try_from(first % WIDTH).ok()?;
    Some((Tile { level, index, width }, place, 1 << inner))
}

/// The hash over hashes of a tile whose number is a power of two; `None` for any other.
#[must_use]
pub fn hash_of(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [] => None,
        [hash] => Some(*hash),
        _ if hashes.len().is_power_of_two() => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Some(node_hash(&hash_of(left)?, &hash_of(right)?))
        }
        _ => None,
    }
}

/// The hashes of a tile from its bytes; `None` if they are no whole number of hashes.
#[must_use]
pub fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks();
    rest.is_empty().then(|| hashes.to_vec())
}

/// A bundle of entries: each behind its length in two bytes, the high one first.
///
/// # Errors
/// [`TooLong`] for an entry beyond 65,535 bytes.
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, TooLong> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| TooLong(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle; `None` if its bytes do not come out even.
#[must_use]
pub fn entries(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::super::tree::Edge;
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, HashMap};

    #[test]
    fn a_tile_is_found_where_the_specification_says() {
        let table = [
            (0, 0, 256, "tile/0/000"),
            (0, 1_234_067, 256, "tile/0/x001/x234/067"),
            (0, 273, 112, "tile/0/273.p/112"),
            (2, 0, 1, "tile/2/000.p/1"),
            (1, 1000, 255, "tile/1/x001/000.p/255"),
        ];
        for (level, index, width, path) in table {
            let tile = Tile { level, index, width };
            assert_eq!(tile.path(), path);
            assert_eq!(Resource::parse(path), Some(Resource::Hashes(tile)));
            assert!(Resource::parse(&tile.entries_path()).is_some());
        }
        for wrong in [
            "",
            "tile/0",
            "tile/0/1",
            "tile/0/1000",
            "tile/00/001",
            "tile/64/001",
            "tile/0/x000/001",
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/001.p/07",
            "tile/0/x001/+01",
            "tile/-1/001",
            "tile/0/../../etc",
            "tile/entries/",
        ] {
            assert_eq!(Resource::parse(wrong), None, "{wrong}");
        }
        assert_eq!(
            Tile { level: 0, index: 1_000_000, width: 3 }.entries_path(),
            "tile/entries/x001/x000/000.p/3"
        );
    }

    #[test]
    fn a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() {
        let tiles = grown(0, 70_000);
        let count = |level, full| {
            tiles.iter().filter(|t| t.level == level && (u64::from(t.width) == WIDTH) == full).count()
        };
        assert_eq!([count(0, true), count(0, false), count(1, true), count(1, false)], [273, 1, 1, 1]);
        let partial: Vec<u16> = tiles.iter().map(|t| t.width).filter(|w| u64::from(*w) < WIDTH).collect();
        assert_eq!(partial, [112, 17, 1]);
        let of_256: Vec<String> = grown(0, 256).iter().map(Tile::path).collect();
        assert_eq!(of_256, ["tile/0/000", "tile/1/000.p/1"]);
        assert!(grown(0, 0).is_empty() && grown(300, 300).is_empty());
    }

    #[test]
    fn what_is_bundled_comes_back_and_what_does_not_come_out_even_is_refused() {
        let whole: [&[u8]; 3] = [b"one", b"", &[7; 65_535]];
        let bytes = bundle(whole).unwrap();
        assert_eq!(entries(&bytes).unwrap(), whole);
        assert_eq!(entries(&bytes[..bytes.len() - 1]), None);
        assert_eq!(entries(&[0]), None);
        assert_eq!(bundle([&[0; 65_536][..]]), Err(TooLong(65_536)));
    }

    proptest! {
        #[test]
        fn every_subtree_is_found_in_the_tiles_that_were_written_as_the_tree_grew(
            steps in prop::collection::vec(1_u64..400, 1..6),
        ) {
            let (mut edge, mut nodes, mut files) = (Edge::default(), HashMap::new(), BTreeMap::new());
            for step in steps {
                let old = edge.size();
                for n in old..old + step {
                    edge.append(leaf_hash(&n.to_be_bytes()), |node, hash| { nodes.insert(node, hash); });
                }
                for tile in grown(old, edge.size()) {
                    let first = tile.index * WIDTH;
                    let hashes = (first..first + u64::from(tile.width))
                        .map(|index| nodes[&Node { level: tile.level * HEIGHT, index }]);
                    files.insert(tile.path(), hashes.flatten().collect::<Vec<u8>>());
                }
            }
            for (node, hash) in &nodes {
                let (tile, place, count) = holding(*node, edge.size()).unwrap();
                let stored = hashes(&files[&tile.path()]).unwrap();
                prop_assert_eq!(stored.len(), usize::from(tile.width));
                prop_assert_eq!(hash_of(&stored[place..place + count]), Some(*hash), "{:?}", node);
            }
            prop_assert_eq!(holding(Node { level: 0, index: edge.size() }, edge.size()), None);
        }
    }
}
