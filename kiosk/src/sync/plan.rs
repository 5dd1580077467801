//! From what both sides have to what must be sent and fetched: a pure function.

use crate::digest::Digest;
use shared::wire::v1::journal::{GENESIS, MAX_BATCH};

/// What the kiosk has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Entries of the journal.
    pub size: u64,
    /// Hash of the kiosk's entry at the server's highest position; `None` if the kiosk has none there.
    pub hash_at_highest: Option<String>,
    /// Pictures of the journal that the server has not confirmed, oldest first.
    pub unsent: Vec<Digest>,
    /// Revision of the day bundle, if there is one.
    pub revision: Option<i64>,
    /// Files of the day bundle that aren't here yet.
    pub missing: Vec<Digest>,
}

/// What the server has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Highest gapless position.
    pub highest: u64,
    /// Hash of that entry.
    pub hash: String,
    /// Revision of the day bundle.
    pub revision: i64,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Send a picture.
    SendPicture(Digest),
    /// Send entries.
    SendEntries {
        /// First position.
        from: u64,
        /// How many, at most [`MAX_BATCH`].
        count: usize,
    },
    /// Fetch the day bundle.
    FetchBundle,
    /// Fetch a file of the day bundle.
    FetchFile(Digest),
}

/// The two histories do not belong together: nothing is sent, and a person must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// The server has entries that the kiosk lacks: an older journal was put back.
    ServerIsAhead,
    /// Both have an entry at the same position, and they differ.
    HistoriesDiffer,
}

impl Alarm {
    /// Stable code, also the end of the message id.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ServerIsAhead => "server_ahead",
            Self::HistoriesDiffer => "histories_differ",
        }
    }
}

/// What is to be done, in this order: a picture goes before the entry that speaks of it, facts go before everything
/// that the kiosk would like to have.
///
/// # Errors
/// [`Alarm`] if the journal must not be sent.
pub fn plan(local: &Local, remote: &Remote) -> Result<Vec<Operation>, Alarm> {
    if remote.highest > local.size {
        return Err(Alarm::ServerIsAhead);
    }
    let here = if remote.highest == 0 { Some(GENESIS) } else { local.hash_at_highest.as_deref() };
    if here != Some(remote.hash.as_str()) {
        return Err(Alarm::HistoriesDiffer);
    }
    let mut operations: Vec<_> = local.unsent.iter().copied().map(Operation::SendPicture).collect();
    let mut from = remote.highest.saturating_add(1);
    while from <= local.size {
        let left = local.size.saturating_sub(from).saturating_add(1);
        let count = usize::try_from(left).map_or(MAX_BATCH, |left| left.min(MAX_BATCH));
        operations.push(Operation::SendEntries { from, count });
        from = from.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
    if local.revision != Some(remote.revision) {
        operations.push(Operation::FetchBundle);
    }
    operations.extend(local.missing.iter().copied().map(Operation::FetchFile));
    Ok(operations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn local(size: u64, hash: Option<&str>) -> Local {
        Local {
            size,
            hash_at_highest: hash.map(str::to_owned),
            unsent: Vec::new(),
            revision: Some(1),
            missing: Vec::new(),
        }
    }

    fn remote(highest: u64, hash: &str) -> Remote {
        Remote { highest, hash: hash.to_owned(), revision: 1 }
    }

    #[test]
    fn histories_that_do_not_belong_together_are_an_alarm() {
        for (name, local, remote, expected) in [
            ("both empty", local(0, None), remote(0, GENESIS), Ok(0)),
            ("nothing new", local(3, Some("c")), remote(3, "c"), Ok(0)),
            ("two new", local(5, Some("c")), remote(3, "c"), Ok(1)),
            ("an old journal was put back", local(2, None), remote(3, "c"), Err(Alarm::ServerIsAhead)),
            ("another entry", local(3, Some("x")), remote(3, "c"), Err(Alarm::HistoriesDiffer)),
            ("a strange beginning", local(3, None), remote(0, "x"), Err(Alarm::HistoriesDiffer)),
        ] {
            assert_eq!(plan(&local, &remote).map(|operations| operations.len()), expected, "{name}");
        }
    }

    #[test]
    fn a_picture_goes_before_the_entry_that_speaks_of_it() {
        let picture = Digest::of(b"picture");
        let file = Digest::of(b"file");
        let local = Local { unsent: vec![picture], revision: None, missing: vec![file], ..local(1, None) };
        let expected = [
            Operation::SendPicture(picture),
            Operation::SendEntries { from: 1, count: 1 },
            Operation::FetchBundle,
            Operation::FetchFile(file),
        ];
        assert_eq!(plan(&local, &remote(0, GENESIS)).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn every_entry_that_the_server_lacks_is_sent_once_and_in_order(size in 0_u64..3000, highest in 0_u64..3000) {
            let highest = highest.min(size);
            let hash = if highest == 0 { GENESIS } else { "h" };
            let operations = plan(&local(size, Some(hash)), &remote(highest, hash)).unwrap();
            let mut next = highest + 1;
            for operation in operations {
                let Operation::SendEntries { from, count } = operation else { panic!("{operation:?}") };
                prop_assert_eq!(from, next);
                prop_assert!((1..=MAX_BATCH).contains(&count));
                next += count as u64;
            }
            prop_assert_eq!(next, size + 1);
        }
    }
}
