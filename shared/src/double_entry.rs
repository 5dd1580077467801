//! What was written on paper is entered by two people, each on his own, and compared field by field.

use std::collections::{BTreeMap, BTreeSet};

/// What somebody read on a sheet: field and value.
pub type Fields = BTreeMap<String, String>;

/// A field on which the two entries differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: String,
    /// What the first person entered; `None` if the field is missing there.
    pub first: Option<String>,
    /// What the second person entered.
    pub second: Option<String>,
}

/// The fields on which two entries differ, in the order of their names.
#[must_use]
pub fn compare(first: &Fields, second: &Fields) -> Vec<Difference> {
    let fields: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    fields
        .into_iter()
        .filter(|field| first.get(*field) != second.get(*field))
        .map(|field| Difference {
            field: field.clone(),
            first: first.get(field).cloned(),
            second: second.get(field).cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn equal_entries_have_no_difference_and_a_missing_field_is_one() {
        let first = fields(&[("came", "yes"), ("at", "08:41")]);
        assert!(compare(&first, &first).is_empty());
        let second = fields(&[("came", "no")]);
        let expected = [
            Difference { field: "at".into(), first: Some("08:41".into()), second: None },
            Difference { field: "came".into(), first: Some("yes".into()), second: Some("no".into()) },
        ];
        assert_eq!(compare(&first, &second), expected);
    }
}
