//! The tree as it grows: leaves are appended, the root is known at every size.

use super::{Hash, empty_root, node_hash, split};
use std::ops::Range;

/// A complete subtree: the leaves from `index << level` up to `(index + 1) << level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// Height: 0 is a leaf.
    pub level: u8,
    /// Number among those of its height, from 0.
    pub index: u64,
}

/// The right edge of a tree: the roots of the complete subtrees into which its leaves part, the largest first. It is all
/// that appending needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl Edge {
    /// Continues a tree of `size` leaves whose subtrees are told by `node`.
    ///
    /// # Errors
    /// That of `node`.
    pub fn resume<E>(size: u64, node: impl FnMut(Node) -> Result<Hash, E>) -> Result<Self, E> {
        let peaks = parts(&(0..size)).into_iter().map(node).collect::<Result<_, E>>()?;
        Ok(Self { size, peaks })
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees into which the leaves part, the largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf and tells `complete` every subtree that it completes, the leaf itself first.
    pub fn append(&mut self, leaf: Hash, mut complete: impl FnMut(Node, Hash)) {
        let mut node = Node { level: 0, index: self.size };
        let mut hash = leaf;
        complete(node, hash);
        while node.index % 2 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = node_hash(&left, &hash);
            node = Node { level: node.level + 1, index: node.index / 2 };
            complete(node, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all leaves so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        let from_right = self.peaks.iter().rev().copied();
        from_right.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }
}

/// The root over a range of leaves that is the range of a subtree, from the complete subtrees within.
///
/// # Errors
/// That of `node`.
pub fn range_hash<E>(range: &Range<u64>, node: impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    let hashes = parts(range).into_iter().map(node).collect::<Result<Vec<Hash>, E>>()?;
    let from_right = hashes.into_iter().rev();
    Ok(from_right.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root))
}

/// The complete subtrees into which the range parts, from left to right. The start is a multiple of a power of two that
/// is not below the length, as for every subtree.
fn parts(range: &Range<u64>) -> Vec<Node> {
    let mut parts = Vec::new();
    let (mut start, mut left) = (range.start, range.end.saturating_sub(range.start));
    while left > 0 {
        let size = if left.is_power_of_two() { left } else { split(left) };
        let level = size.trailing_zeros();
        parts.push(Node { level: u8::try_from(level).unwrap_or(u8::MAX), index: start >> level });
        start += size;
        left -= size;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// The definition of RFC 6962, word by word.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(usize::try_from(split(leaves.len() as u64)).unwrap());
                node_hash(&by_definition(left), &by_definition(right))
            }
        }
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    #[test]
    fn the_roots_of_the_first_eight_sizes_are_those_that_others_publish() {
        // The leaves and roots that implementations of RFC 6962 use to compare themselves.
        let leaves: [&[u8]; 8] = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        .map(|digits| &*hex::decode(digits).unwrap().leak());
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut edge = Edge::default();
        assert_eq!(edge.root(), empty_root());
        for (leaf, root) in leaves.iter().zip(roots) {
            edge.append(leaf_hash(leaf), |_, _| ());
            assert_eq!(hex::encode(edge.root()), root, "{} leaves", edge.size());
        }
    }

    proptest! {
        #[test]
        fn a_tree_that_grows_has_the_root_of_the_definition_and_tells_each_subtree_once(count in 0_u64..300) {
            let leaves = leaves(count);
            let mut edge = Edge::default();
            let mut nodes = HashMap::new();
            for leaf in &leaves {
                edge.append(*leaf, |node, hash| assert!(nodes.insert(node, hash).is_none()));
            }
            prop_assert_eq!(edge.root(), by_definition(&leaves));
            for (node, hash) in &nodes {
                let from = usize::try_from(node.index << node.level).unwrap();
                prop_assert_eq!(*hash, by_definition(&leaves[from..from + (1 << node.level)]));
            }
            let known = |node: Node| nodes.get(&node).copied().ok_or(node);
            prop_assert_eq!(Edge::resume(count, known), Ok(edge));
        }
    }
}
