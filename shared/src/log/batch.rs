//! A tree over a few leaves that come together: made once, with the way from each leaf to the root at hand.

use super::{Hash, empty_root, node_hash};

/// A tree with all its nodes (RFC 6962, section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// From the leaves up to the root; a node without a neighbour goes up as it is.
    levels: Vec<Vec<Hash>>,
}

impl Batch {
    /// The tree over the hashes of leaves.
    #[must_use]
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below.chunks(2).filter_map(|pair| match pair {
                [left, right] => Some(node_hash(left, right)),
                [alone] => Some(*alone),
                _ => None,
            });
            let above = above.collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// The root; of no leaves, that of the empty tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|top| top.first()).copied().unwrap_or_else(empty_root)
    }

    /// The hashes on the way from a leaf to the root, the lowest first; none for a leaf that is not there.
    #[must_use]
    pub fn path(&self, index: usize) -> Vec<Hash> {
        let levels = self.levels.iter().enumerate();
        levels.filter_map(|(height, level)| level.get((index >> height) ^ 1).copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::super::proof::includes;
    use super::super::tree::Edge;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn root_and_paths_are_those_of_a_tree_that_grew_leaf_by_leaf(count in 0_u64..130) {
            let leaves: Vec<Hash> = (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let mut edge = Edge::default();
            leaves.iter().for_each(|leaf| edge.append(*leaf, |_, _| ()));
            let batch = Batch::new(leaves.clone());
            prop_assert_eq!(batch.root(), edge.root());
            for (index, leaf) in leaves.iter().enumerate() {
                let path = batch.path(index);
                prop_assert!(includes(index as u64, count, leaf, &path, &edge.root()), "leaf {}", index);
            }
        }
    }
}
