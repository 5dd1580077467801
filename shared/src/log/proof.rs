//! Proofs: that a leaf is in a tree, and that a tree or a subtree is the same in a later tree (RFC 6962, section 2.1;
//! subtrees as in draft-ietf-plants-merkle-tree-certs, section 4).
//!
//! A proof names hashes of ranges of leaves; [`inclusion`] and [`consistency`] say which, in the order of the proof.

use super::{Hash, empty_root, node_hash, split};
use std::ops::Range;

/// Where a hash of the proof goes when the way is walked up from the leaf or subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// To the right.
    Right,
    /// To the left.
    Left,
    /// To the left, and it belongs to the subtree as well as to the tree.
    LeftOfBoth,
}

/// The way from the root down: at each parting the side of the other half and the leaves in it.
struct Way {
    partings: Vec<(Side, Range<u64>)>,
    /// What the way ends at.
    end: Range<u64>,
}

impl Way {
    /// Down to the range `wanted`, in a tree of `size` leaves.
    fn down(mut wanted: Range<u64>, size: u64) -> Self {
        let mut here = 0..size;
        let mut partings = Vec::new();
        while here != wanted {
            let middle = here.start + split(here.end - here.start);
            let (left, right) = (here.start..middle, middle..here.end);
            let (side, other, next) = if wanted.end <= middle {
                (Side::Right, right, left)
            } else if wanted.start >= middle {
                (Side::Left, left, right)
            } else {
                // The left half is all wanted; the rest of the way leads to the end of what is.
                wanted.start = middle;
                (Side::LeftOfBoth, left, right)
            };
            partings.push((side, other));
            here = next;
        }
        Self { partings, end: here }
    }

    /// Whether what the way ends at is known to whoever checks: the whole subtree.
    fn ends_at_all(&self) -> bool {
        self.partings.iter().all(|(side, _)| *side != Side::LeftOfBoth)
    }

    /// The ranges of the other halves, from the end of the way up.
    fn others(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.partings.iter().rev().map(|(_, range)| range.clone())
    }

    /// Walks up with the hashes of a proof from two equal hashes: the subtree's root and the tree's.
    fn up(&self, from: Hash, proof: &[Hash]) -> Option<(Hash, Hash)> {
        if proof.len() != self.partings.len() {
            return None;
        }
        let (mut part, mut whole) = (from, from);
        for ((side, _), hash) in self.partings.iter().rev().zip(proof) {
            match side {
                Side::Right => whole = node_hash(&whole, hash),
                Side::Left => whole = node_hash(hash, &whole),
                Side::LeftOfBoth => {
                    part = node_hash(hash, &part);
                    whole = node_hash(hash, &whole);
                }
            }
        }
        Some((part, whole))
    }
}

/// The ranges whose hashes prove that the leaf at `index` is in a tree of `size`. `None` if it is not.
#[must_use]
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    (index < size).then(|| Way::down(index..index + 1, size).others().collect())
}

/// The ranges of an inclusion proof, each with whether it is to the left of the way up. `None` if there is none.
#[must_use]
pub fn sides(index: u64, size: u64) -> Option<Vec<(bool, Range<u64>)>> {
    let way = (index < size).then(|| Way::down(index..index + 1, size))?;
    let up = way.partings.into_iter().rev();
    Some(up.map(|(side, range)| (side != Side::Right, range)).collect())
}

/// The ranges whose hashes prove that the tree of `old` leaves is the beginning of that of `size`. `None` if it cannot be.
#[must_use]
pub fn consistency(old: u64, size: u64) -> Option<Vec<Range<u64>>> {
    (0 < old && old <= size).then(|| ranges_of_subtree(0..old, size))
}

/// The ranges whose hashes prove that a subtree is part of a tree of `size`. `None` if it is no subtree, empty or beyond.
#[must_use]
pub fn subtree_consistency(subtree: Range<u64>, size: u64) -> Option<Vec<Range<u64>>> {
    (is_subtree(&subtree) && subtree.end <= size).then(|| ranges_of_subtree(subtree, size))
}

fn ranges_of_subtree(subtree: Range<u64>, size: u64) -> Vec<Range<u64>> {
    let way = Way::down(subtree, size);
    let end = (!way.ends_at_all()).then(|| way.end.clone());
    end.into_iter().chain(way.others()).collect()
}

/// Whether the range is one of a subtree: it starts at a multiple of the power of two that holds it, and is not empty.
fn is_subtree(range: &Range<u64>) -> bool {
    let fits =
        |size: u64| size.checked_next_power_of_two().is_some_and(|power| range.start.is_multiple_of(power));
    range.start < range.end && (range.start == 0 || fits(range.end - range.start))
}

/// Whether the proof shows that a leaf is at `index` of the tree with this root and size.
#[must_use]
pub fn includes(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &[u8]) -> bool {
    let walked = (index < size).then(|| Way::down(index..index + 1, size).up(*leaf, proof)).flatten();
    walked.is_some_and(|(_, whole)| whole == root)
}

/// Whether the proof shows that a leaf is at `index` (counted in the whole tree) of the subtree with this root.
#[must_use]
pub fn subtree_includes(index: u64, subtree: &Range<u64>, leaf: &Hash, proof: &[Hash], root: &[u8]) -> bool {
    is_subtree(subtree)
        && subtree.contains(&index)
        && includes(index - subtree.start, subtree.end - subtree.start, leaf, proof, root)
}

/// Whether the proof shows that the tree of `old` leaves is the beginning of that of `size`. Nothing is shown of a tree
/// without leaves.
#[must_use]
pub fn is_consistent(old: u64, size: u64, proof: &[Hash], old_root: &[u8], root: &[u8]) -> bool {
    old > 0 && is_part(&(0..old), size, proof, old_root, root)
}

/// Whether the proof shows that the subtree is part of the tree of `size` leaves. The empty subtree is part of every tree.
#[must_use]
pub fn is_part(subtree: &Range<u64>, size: u64, proof: &[Hash], part: &[u8], root: &[u8]) -> bool {
    if subtree.end > size {
        return false;
    }
    if subtree.start == subtree.end {
        return proof.is_empty() && part == empty_root();
    }
    if *subtree == (0..size) {
        return proof.is_empty() && part == root;
    }
    if !is_subtree(subtree) {
        return false;
    }
    let way = Way::down(subtree.clone(), size);
    let (from, rest) = if way.ends_at_all() {
        (Hash::try_from(part).ok(), proof)
    } else {
        proof.split_first().map_or((None, proof), |(first, rest)| (Some(*first), rest))
    };
    let walked = from.and_then(|from| way.up(from, rest));
    walked.is_some_and(|(walked_part, whole)| walked_part == part && whole == root)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_sides_of_a_proof_are_those_on_which_its_hashes_lie() {
        type Case<'a> = (u64, u64, &'a [(bool, std::ops::Range<u64>)]);
        let table: [Case<'_>; 3] =
            [(0, 1, &[]), (2, 5, &[(false, 3..4), (true, 0..2), (false, 4..5)]), (4, 5, &[(true, 0..4)])];
        for (index, size, expected) in table {
            assert_eq!(super::sides(index, size).unwrap(), expected, "{index} of {size}");
            let ranges: Vec<_> = expected.iter().map(|(_, range)| range.clone()).collect();
            assert_eq!(super::inclusion(index, size).unwrap(), ranges);
        }
        assert_eq!(super::sides(5, 5), None);
    }

    use super::super::leaf_hash;
    use super::super::tree::{Edge, Node, range_hash};
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;
    use std::convert::Infallible;

    struct Tree {
        nodes: HashMap<Node, Hash>,
        roots: Vec<Hash>,
    }

    fn tree(size: u64) -> Tree {
        let (mut edge, mut nodes, mut roots) = (Edge::default(), HashMap::new(), vec![empty_root()]);
        for n in 0..size {
            edge.append(leaf_hash(&n.to_le_bytes()), |node, hash| {
                nodes.insert(node, hash);
            });
            roots.push(edge.root());
        }
        Tree { nodes, roots }
    }

    impl Tree {
        fn hash(&self, range: &Range<u64>) -> Hash {
            range_hash::<Infallible>(range, |node| Ok(self.nodes[&node])).unwrap()
        }

        fn proof(&self, ranges: Option<Vec<Range<u64>>>) -> Vec<Hash> {
            ranges.unwrap().iter().map(|range| self.hash(range)).collect()
        }

        fn root(&self, size: u64) -> Hash {
            self.roots[usize::try_from(size).unwrap()]
        }
    }

    #[test]
    fn in_every_small_tree_every_leaf_and_every_beginning_and_every_subtree_is_proved() {
        let tree = tree(40);
        for size in 0..=40 {
            let root = tree.root(size);
            assert_eq!(inclusion(size, size), None, "a leaf beyond the end");
            for index in 0..size {
                let leaf = leaf_hash(&index.to_le_bytes());
                let proof = tree.proof(inclusion(index, size));
                assert!(includes(index, size, &leaf, &proof, &root), "leaf {index} of {size}");
                assert_eq!(proof.is_empty(), size == 1);
            }
            for old in 1..=size {
                let proof = tree.proof(consistency(old, size));
                assert!(is_consistent(old, size, &proof, &tree.root(old), &root), "{old} of {size}");
            }
            for subtree in (0..size).flat_map(|start| (start + 1..=size).map(move |end| start..end)) {
                let ranges = subtree_consistency(subtree.clone(), size);
                assert_eq!(ranges.is_some(), is_subtree(&subtree), "{subtree:?}");
                if ranges.is_some() {
                    let proof = tree.proof(ranges);
                    assert!(
                        is_part(&subtree, size, &proof, &tree.hash(&subtree), &root),
                        "{subtree:?} of {size}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_a_proof_is_noticed(
            size in 2_u64..200,
            at in any::<prop::sample::Index>(),
            older in any::<prop::sample::Index>(),
            bit in 0_usize..256,
        ) {
            let tree = tree(size);
            let root = tree.root(size);
            let index = at.index(usize::try_from(size).unwrap()) as u64;
            let leaf = leaf_hash(&index.to_le_bytes());
            let proof = tree.proof(inclusion(index, size));
            let flipped = |proof: &[Hash], which: usize| {
                let mut proof = proof.to_vec();
                proof[which][bit / 8] ^= 1 << (bit % 8);
                proof
            };
            for which in 0..proof.len() {
                prop_assert!(!includes(index, size, &leaf, &flipped(&proof, which), &root));
            }
            prop_assert!(!includes(index, size, &leaf, &proof[1..], &root), "one too few");
            prop_assert!(!includes(index, size, &leaf, &[&proof[..], &[leaf]].concat(), &root), "one too many");
            prop_assert!(!includes((index + 1) % size, size, &leaf, &proof, &root), "another place");
            prop_assert!(!includes(index, size, &root, &proof, &root), "another leaf");

            let old = 1 + older.index(usize::try_from(size - 1).unwrap()) as u64;
            let (proof, old_root) = (tree.proof(consistency(old, size)), tree.root(old));
            for which in 0..proof.len() {
                prop_assert!(!is_consistent(old, size, &flipped(&proof, which), &old_root, &root));
            }
            prop_assert!(!is_consistent(old, size, &proof, &root, &old_root), "the other way round");
            prop_assert!(!is_consistent(old, size, &proof, &leaf_hash(b"forged"), &root), "another beginning");
            prop_assert!(!is_consistent(old, size, &proof, &old_root, &leaf_hash(b"forged")), "another end");
        }
    }
}
