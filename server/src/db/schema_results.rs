//! Tables of what comes after a result: corrected keys, papers that were graded again, reviews; and sets that were opened.
#![expect(
    missing_docs,
    reason = "the macros make undocumented items; the migrations say what the columns are"
)]

use super::schema::{banks, candidates, question_sets, sessions};

diesel::table! {
    key_corrections (id) {
        id -> Text,
        bank -> Text,
        question -> Text,
        right_key -> Text,
        reason -> Text,
        state -> Text,
        proposed_by -> Text,
        proposed_at -> BigInt,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        decided_seq -> Nullable<BigInt>,
        papers -> Integer,
        changed -> Integer,
    }
}

diesel::table! {
    regrades (seq) {
        seq -> BigInt,
        ticket -> Text,
        correction -> Text,
        before_points -> Integer,
        before_passed -> Bool,
        after_points -> Integer,
        after_passed -> Bool,
        total -> Integer,
        follows -> Text,
        decision -> Nullable<Text>,
        reason -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        at -> BigInt,
    }
}

diesel::table! {
    set_openings (seq, question_set) {
        seq -> BigInt,
        question_set -> Text,
        session -> Nullable<Text>,
        purpose -> Text,
        actor -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    reviews (id) {
        id -> Text,
        ticket -> Text,
        text -> Text,
        asked_by -> Text,
        asked_at -> BigInt,
        outcome -> Nullable<Text>,
        answer -> Nullable<Text>,
        correction -> Nullable<Text>,
        closed_by -> Nullable<Text>,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(set_openings, question_sets);
diesel::allow_tables_to_appear_in_same_query!(key_corrections, banks);
diesel::allow_tables_to_appear_in_same_query!(regrades, candidates);
diesel::allow_tables_to_appear_in_same_query!(regrades, sessions);
