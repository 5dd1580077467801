//! Tables of what comes after a result: corrected keys and papers that were graded again.

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
