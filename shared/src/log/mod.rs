//! The log that nobody can rewrite: a Merkle tree over the events (RFC 6962, section 2), its proofs, its tiles on disk
//! (C2SP tlog-tiles) and its signed checkpoints (C2SP tlog-checkpoint, tlog-cosignature).
//!
//! Hashes and sizes alone; where leaves come from and where tiles are kept is the caller's.

pub mod batch;
pub mod checkpoint;
pub mod entry;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

use sha2::{Digest, Sha256};

/// A SHA-256 digest: a leaf's, an inner node's or a root.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256 of 0x00 and its bytes (RFC 6962, section 2.1).
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

/// The hash of an inner node: SHA-256 of 0x01 and its two children (RFC 6962, section 2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree without leaves: SHA-256 of nothing (RFC 6962, section 2.1).
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The largest power of two below `size`, where the tree parts into left and right; 0 for 0 and 1.
const fn split(size: u64) -> u64 {
    if size < 2 { 0 } else { 1 << (u64::BITS - 1 - (size - 1).leading_zeros()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_parts_at_the_largest_power_of_two_below_its_size() {
        for (size, at) in
            [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8), (u64::MAX, 1 << 63)]
        {
            assert_eq!(split(size), at, "{size}");
        }
    }
}
