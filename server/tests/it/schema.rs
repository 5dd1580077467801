//! Both databases have the same tables and columns, and the code knows every one of them.

use crate::harness::{Backend, TestApp};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use server::db::{DbError, project};
use std::collections::BTreeMap;

/// A column as the database describes it.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
pub struct Column {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Bool)]
    pub nullable: bool,
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The columns of a table in their order; types in capitals.
pub fn columns(app: &TestApp, table: &str) -> Vec<Column> {
    let query = match app.backend() {
        Backend::Sqlite => format!(
            "SELECT name, upper(type) AS kind, \"notnull\" = 0 AS nullable FROM pragma_table_info('{table}') ORDER BY cid"
        ),
        Backend::Postgres => format!(
            "SELECT column_name::text AS name, upper(data_type)::text AS kind, is_nullable = 'YES' AS nullable \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}' \
             ORDER BY ordinal_position"
        ),
    };
    app.db.read(|conn| diesel::sql_query(query).load(conn).map_err(DbError::from)).unwrap()
}

fn tables(app: &TestApp) -> Vec<String> {
    let query = match app.backend() {
        Backend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
        Backend::Postgres => {
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    let found: Vec<Table> =
        app.db.read(|conn| diesel::sql_query(query).load(conn).map_err(DbError::from)).unwrap();
    found
        .into_iter()
        .map(|t| t.name)
        .filter(|t| !t.starts_with("__diesel") && !t.starts_with("sqlite_"))
        .collect()
}

#[test]
fn every_table_is_named_as_a_projection_or_as_none() {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    let mut known: Vec<&str> = project::TABLES.to_vec();
    known.sort_unstable();
    assert_eq!(tables(&app), known);
    assert!(project::NOT_PROJECTED.iter().all(|t| known.contains(t)));
}

#[test]
fn the_code_has_the_columns_that_the_database_has() {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    let source = concat!(
        include_str!("../../src/db/schema.rs"),
        include_str!("../../src/db/schema_blanks.rs"),
        include_str!("../../src/db/schema_results.rs")
    );
    for table in tables(&app) {
        let head = format!("    {table} (");
        let body = source.split(&head).nth(1).unwrap_or_else(|| panic!("the code has no table {table}"));
        let in_code: Vec<String> = body
            .lines()
            .skip(1)
            .take_while(|line| line.trim() != "}")
            .filter_map(|line| line.trim().trim_end_matches(',').split_once(" -> "))
            .map(|(name, kind)| format!("{name} {kind}"))
            .collect();
        let in_database: Vec<String> = columns(&app, &table).iter().map(written).collect();
        assert_eq!(in_code, in_database, "table {table}");
    }
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let Some(postgres) = TestApp::open(Backend::Postgres) else { return };
    let sqlite = TestApp::open(Backend::Sqlite).unwrap();
    let describe = |app: &TestApp| -> BTreeMap<String, Vec<Column>> {
        tables(app).into_iter().map(|table| (table.clone(), columns(app, &table))).collect()
    };
    assert_eq!(describe(&sqlite), describe(&postgres));
}

fn written(column: &Column) -> String {
    let kind = match column.kind.as_str() {
        "BIGINT" => "BigInt",
        "INTEGER" => "Integer",
        "BOOLEAN" => "Bool",
        "TEXT" => "Text",
        other => panic!("column {} has a type {other} that the two databases do not share", column.name),
    };
    if column.nullable {
        format!("{} Nullable<{kind}>", column.name)
    } else {
        format!("{} {kind}", column.name)
    }
}
