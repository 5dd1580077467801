//! Tables of the journal file, for diesel.

diesel::table! {
    entry (seq) {
        seq -> BigInt,
        at -> BigInt,
        offset_ms -> BigInt,
        prev -> Text,
        hash -> Text,
        fact -> Text,
    }
}

diesel::table! {
    sent_file (sha256) {
        sha256 -> Text,
    }
}

diesel::table! {
    log_seen (id) {
        id -> BigInt,
        origin -> Text,
        size -> BigInt,
        root -> Text,
        note -> Text,
        delivered -> BigInt,
    }
}
