//! How an item gives points. Here a question gives all of its points for exactly the right options, so an item is only
//! taken if it does the same: by the template that compares with the right answer, by the same written out, or by a
//! table of points that comes to the same whatever is chosen.

use super::xml::Node;
use shared::bank::RefusalReason;
use std::collections::BTreeSet;

/// Most options for which every possible choice is tried against a table of points.
const MOST_TRIED: usize = 12;

/// Points are compared as thousandths.
const UNIT: f64 = 1_000.0;

/// The options that are right, by identifier.
pub(super) type Right = BTreeSet<String>;

/// The right options of an item with this response and these options, if it gives points as questions here do.
pub(super) fn right(
    item: &Node,
    declaration: &Node,
    options: &[&str],
    several: bool,
) -> Result<Right, RefusalReason> {
    let declared: Right = declaration
        .child("correctresponse")
        .map(|of| of.elements().filter(|n| n.name == "value").map(Node::own_text).collect())
        .unwrap_or_default();
    let response = declaration.attribute("identifier").unwrap_or("RESPONSE");
    let right = match method(item, response)? {
        Method::Match => declared,
        Method::Map => {
            let mapped = by_table(declaration, options, several).ok_or(RefusalReason::Scoring)?;
            // What is called right and what gives the points must not differ.
            if !declared.is_empty() && declared != mapped {
                return Err(RefusalReason::Scoring);
            }
            mapped
        }
    };
    if right.is_empty() {
        return Err(RefusalReason::AnswerMissing);
    }
    Ok(right)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Match,
    Map,
}

fn method(item: &Node, response: &str) -> Result<Method, RefusalReason> {
    let mut found = item.elements().filter(|node| node.name == "responseprocessing");
    // Without any the item only says which options are right.
    let Some(processing) = found.next() else { return Ok(Method::Match) };
    if found.next().is_some() {
        return Err(RefusalReason::Scoring);
    }
    let rules: Vec<&Node> = processing.elements().collect();
    if let Some(template) = processing.attribute("template")
        && rules.is_empty()
    {
        let name = template.rsplit('/').next().unwrap_or_default();
        return match name.strip_suffix(".xml").unwrap_or(name) {
            // The templates speak of the response that is called RESPONSE.
            _ if response != "RESPONSE" => Err(RefusalReason::Scoring),
            "match_correct" => Ok(Method::Match),
            "map_response" => Ok(Method::Map),
            _ => Err(RefusalReason::Scoring),
        };
    }
    match rules.as_slice() {
        [] => Ok(Method::Match),
        [condition] if is_match(condition, response) => Ok(Method::Match),
        [set] if sets_score_by(set, "mapresponse", response) => Ok(Method::Map),
        [condition] if is_map(condition, response) => Ok(Method::Map),
        _ => Err(RefusalReason::Scoring),
    }
}

/// `if match(response, right) then points else nothing`, as the template has it.
fn is_match(condition: &Node, response: &str) -> bool {
    let parts: Vec<&Node> = condition.elements().collect();
    let ([yes] | [yes, _]) = parts.as_slice() else { return false };
    let inner: Vec<&Node> = yes.elements().collect();
    let [test, set] = inner.as_slice() else { return false };
    let compared: Vec<&Node> = test.elements().collect();
    let names = |node: &Node, name: &str| node.name == name && node.attribute("identifier") == Some(response);
    let both = matches!(compared.as_slice(), [a, b]
        if (names(a, "variable") && names(b, "correct")) || (names(b, "variable") && names(a, "correct")));
    let otherwise = match parts.get(1) {
        None => true,
        Some(no) => {
            let inner: Vec<&Node> = no.elements().collect();
            no.name == "responseelse" && matches!(inner.as_slice(), [set] if points(set) == Some(0))
        }
    };
    condition.name == "responsecondition"
        && yes.name == "responseif"
        && test.name == "match"
        && both
        && points(set).is_some_and(|points| points > 0)
        && otherwise
}

/// `if nothing was chosen then nothing else the table`, as the template has it.
fn is_map(condition: &Node, response: &str) -> bool {
    let parts: Vec<&Node> = condition.elements().collect();
    let [empty, table] = parts.as_slice() else { return false };
    let (first, second): (Vec<&Node>, Vec<&Node>) = (empty.elements().collect(), table.elements().collect());
    let ([test, none], [set]) = (first.as_slice(), second.as_slice()) else { return false };
    condition.name == "responsecondition"
        && empty.name == "responseif"
        && test.name == "isnull"
        && test.child("variable").is_some_and(|v| v.attribute("identifier") == Some(response))
        && points(none) == Some(0)
        && table.name == "responseelse"
        && sets_score_by(set, "mapresponse", response)
}

fn sets_score_by(set: &Node, by: &str, response: &str) -> bool {
    is_score(set) && set.child(by).is_some_and(|node| node.attribute("identifier") == Some(response))
}

fn is_score(set: &Node) -> bool {
    set.name == "setoutcomevalue" && set.attribute("identifier") == Some("SCORE")
}

/// The points that a rule gives, in thousandths.
fn points(set: &Node) -> Option<i64> {
    let value = set.child("basevalue").filter(|_| is_score(set))?;
    thousandths(&value.own_text())
}

/// The choice that a table of points gives the most for, if it gives nothing for any other.
fn by_table(declaration: &Node, options: &[&str], several: bool) -> Option<Right> {
    let mapping = declaration.child("mapping")?;
    let number = |name: &str| mapping.attribute(name).map(thousandths);
    let other = number("defaultvalue").unwrap_or(Some(0))?;
    let lower = number("lowerbound").unwrap_or(Some(i64::MIN))?;
    let upper = number("upperbound").unwrap_or(Some(i64::MAX))?;
    let mut values = Vec::with_capacity(options.len());
    for option in options {
        let entry =
            mapping.elements().find(|e| e.name == "mapentry" && e.attribute("mapkey") == Some(*option));
        values.push(match entry {
            Some(entry) => thousandths(entry.attribute("mappedvalue")?)?,
            None => other,
        });
    }
    if options.len() > MOST_TRIED {
        return None;
    }
    let mut best: Option<u32> = None;
    for choice in 1_u32..(1 << options.len()) {
        if !several && choice.count_ones() > 1 {
            continue;
        }
        let chosen = values.iter().enumerate().filter(|(at, _)| choice & (1 << at) != 0);
        let sum = chosen.fold(0_i64, |sum, (_, value)| sum.saturating_add(*value)).max(lower).min(upper);
        match sum {
            0 => {}
            sum if sum > 0 && best.is_none() => best = Some(choice),
            _ => return None,
        }
    }
    let best = best?;
    let right = options.iter().enumerate().filter(|(at, _)| best & (1 << at) != 0);
    Some(right.map(|(_, id)| (*id).to_owned()).collect())
}

fn thousandths(text: &str) -> Option<i64> {
    let number: f64 = text.trim().parse().ok()?;
    let scaled = (number * UNIT).round();
    // Far inside what a float holds exactly, so that nothing is lost.
    (scaled.abs() < 1e12).then_some(scaled as i64)
}
