//! 开考条件确认单: whether an exam point may open its rooms on an exam day.
//!
//! The list is data. An item is confirmed or red; a red one says why. Only a list on which every item is confirmed can be
//! signed, and rooms open on a signed list alone.

use std::collections::BTreeMap;

/// Where an item belongs on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Rooms, network, power, recording.
    Rooms,
    /// Devices and what is printed on them.
    Devices,
    /// The practical stations.
    Practical,
}

/// Every group in the order of the list.
pub const GROUPS: [Group; 3] = [Group::Rooms, Group::Devices, Group::Practical];

/// One item of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Code, unique on the list.
    pub code: String,
    /// Where it belongs.
    pub group: Group,
    /// Name in Chinese and English.
    pub name: (String, String),
    /// What somebody looks at before he confirms it, in Chinese and English.
    pub look: (String, String),
}

/// How somebody found an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it must be.
    Confirmed,
    /// Not as it must be; nothing opens.
    Red,
}

/// What keeps the rooms closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Codes of items that nobody has looked at.
    pub missing: Vec<String>,
    /// Codes of red items.
    pub red: Vec<String>,
    /// Whether the list is signed as it stands.
    pub signed: bool,
}

impl Group {
    /// Word in files and addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::Devices => "devices",
            Self::Practical => "practical",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        GROUPS.into_iter().find(|g| g.word() == word)
    }
}

impl Verdict {
    /// Word in files and forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Red => "red",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Confirmed, Self::Red].into_iter().find(|v| v.word() == word)
    }
}

impl Standing {
    /// Whether the list can be signed.
    #[must_use]
    pub fn can_be_signed(&self) -> bool {
        self.missing.is_empty() && self.red.is_empty()
    }

    /// Whether rooms may open.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.can_be_signed() && self.signed
    }
}

/// How a list stands with what was found so far; `signed`: somebody signed, and nothing was changed since.
#[must_use]
pub fn standing(list: &[Item], found: &BTreeMap<String, Verdict>, signed: bool) -> Standing {
    let with = |wanted: Option<Verdict>| {
        let items = list.iter().filter(|item| found.get(&item.code).copied() == wanted);
        items.map(|item| item.code.clone()).collect()
    };
    Standing { missing: with(None), red: with(Some(Verdict::Red)), signed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(code: &str) -> Item {
        let text = || (code.to_owned(), code.to_owned());
        Item { code: code.to_owned(), group: Group::Rooms, name: text(), look: text() }
    }

    #[test]
    fn rooms_open_on_a_signed_list_without_a_gap_and_without_red() {
        use Verdict::{Confirmed, Red};
        let list = [item("seats"), item("ups")];
        let table = [
            (vec![], true, false),
            (vec![("seats", Confirmed)], true, false),
            (vec![("seats", Confirmed), ("ups", Red)], true, false),
            (vec![("seats", Confirmed), ("ups", Confirmed)], false, false),
            (vec![("seats", Confirmed), ("ups", Confirmed)], true, true),
            (vec![("seats", Confirmed), ("gear", Confirmed)], true, false),
        ];
        for (found, signed, ready) in table {
            let found = found.iter().map(|(code, verdict)| ((*code).to_owned(), *verdict)).collect();
            assert_eq!(standing(&list, &found, signed).is_ready(), ready, "{found:?} signed: {signed}");
        }
    }

    #[test]
    fn what_is_missing_and_what_is_red_is_named_in_the_order_of_the_list() {
        let list = [item("seats"), item("ups"), item("gear")];
        let found = BTreeMap::from([("ups".to_owned(), Verdict::Red)]);
        let expected =
            Standing { missing: vec!["seats".into(), "gear".into()], red: vec!["ups".into()], signed: false };
        assert_eq!(standing(&list, &found, false), expected);
    }
}
