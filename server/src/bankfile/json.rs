//! Banks as JSON: an array of objects.

use super::{BankFileError, MAX_ROWS};
use serde_json::{Map, Value};
use shared::bank::RawRow;

/// Reads `[{"category", "title", "choices", "answers"}, …]`; `trade`, `reason`, `subject`, `key_point`, `difficulty` and
/// `picture`, a `data:` address, may follow. A field that is not there is empty. Options and answers may also be arrays.
/// A row is its ordinal from 1.
pub(super) fn read(text: &str) -> Result<Vec<RawRow>, BankFileError> {
    let values: Vec<Value> = serde_json::from_str(text)?;
    if values.len() > MAX_ROWS {
        return Err(BankFileError::TooManyRows);
    }
    values.iter().zip(1..).map(|(value, row)| read_row(value, row)).collect()
}

fn read_row(value: &Value, row: u32) -> Result<RawRow, BankFileError> {
    let Value::Object(object) = value else {
        let problem = "it is no object with category, title, choices and answers".to_owned();
        return Err(BankFileError::JsonRow { row, problem });
    };
    let field = |name: &str| text(object, name, row);
    let (trade, picture) = (field("trade")?, field("picture")?);
    let options = match object.get("choices") {
        Some(Value::Array(options)) if !options.is_empty() => Some(strings(options, "choices", row)?),
        _ => None,
    };
    Ok(RawRow {
        row,
        trade: (!trade.trim().is_empty()).then_some(trade),
        category: field("category")?,
        title: field("title")?,
        choices: match object.get("choices") {
            Some(Value::Array(_)) => String::new(),
            _ => field("choices")?,
        },
        answers: match object.get("answers") {
            Some(Value::Array(letters)) => strings(letters, "answers", row)?.concat(),
            _ => field("answers")?,
        },
        options,
        reason: field("reason")?,
        subject: field("subject")?,
        key_point: field("key_point")?,
        difficulty: field("difficulty")?,
        picture: (!picture.trim().is_empty()).then_some(picture),
        refused: None,
    })
}

fn text(object: &Map<String, Value>, name: &str, row: u32) -> Result<String, BankFileError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(no_text(name, row)),
    }
}

fn strings(values: &[Value], name: &str, row: u32) -> Result<Vec<String>, BankFileError> {
    let string = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| no_text(name, row));
    values.iter().map(string).collect()
}

fn no_text(name: &str, row: u32) -> BankFileError {
    BankFileError::JsonRow { row, problem: format!("'{name}' is no text") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_from_one_and_missing_fields_are_empty() {
        let text = r#"[{"category":"单选题","title":"问","choices":"**A、铜**B、铁","answers":"A","subject":"电"},
            {"title":5,"choices":["铜","铁"],"answers":["A","B"],"reason":null,"extra":[1]}]"#;
        let rows = read(text).unwrap();
        assert_eq!(rows[0].row, 1);
        assert_eq!(rows[0].subject, "电");
        assert_eq!(rows[1].title, "5");
        assert_eq!(rows[1].options.as_deref(), Some(["铜".to_owned(), "铁".to_owned()].as_slice()));
        assert_eq!(rows[1].answers, "AB");
        assert_eq!((rows[1].trade.as_deref(), rows[1].category.as_str()), (None, ""));
    }

    #[test]
    fn what_is_no_row_is_named_by_its_ordinal() {
        let table = [
            ("[{}, 7]", "row 2 of the JSON: it is no object"),
            (r#"[{"title":{}}]"#, "row 1 of the JSON: 'title' is no text"),
            (r#"[{"choices":[1]}]"#, "row 1 of the JSON: 'choices' is no text"),
            (r#"{"title":"x"}"#, "the JSON cannot be read"),
            ("[", "the JSON cannot be read"),
        ];
        for (text, expected) in table {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
