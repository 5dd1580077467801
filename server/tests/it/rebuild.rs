//! Events are the truth: every projection can be made again from them.

use crate::harness::{assert_rebuilds, on_both, projections};

#[test]
fn the_world_is_rebuilt_from_its_events() {
    on_both(|app| {
        assert!(app.dump("staff").len() >= 40);
        assert_rebuilds(app);
    });
}

#[test]
fn a_projection_that_was_tampered_with_is_set_right() {
    on_both(|app| {
        let before = app.dump_projections();
        app.db
            .write(|conn| {
                diesel::RunQueryDsl::execute(
                    diesel::sql_query("UPDATE staff SET name = 'somebody else'"),
                    conn,
                )
                .map_err(server::db::DbError::from)
            })
            .unwrap();
        assert_ne!(before, app.dump_projections());
        app.db.write(server::db::events::rebuild).unwrap();
        assert_eq!(before, app.dump_projections());
    });
}

#[test]
fn events_and_working_notes_are_no_projections() {
    let all: Vec<&str> = projections().collect();
    for table in ["events", "idempotency", "revoked_tokens", "log_entries", "log_checkpoints"] {
        assert!(!all.contains(&table), "{table}");
    }
}
