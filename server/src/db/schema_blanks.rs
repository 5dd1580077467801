//! Tables of numbered blanks, and of who may print and who has got which certificate.
#![expect(
    missing_docs,
    reason = "the macros make undocumented items; the migrations say what the columns are"
)]

diesel::table! {
    blank_stocks (seq) {
        seq -> BigInt,
        point -> Text,
        first_blank -> Text,
        last_blank -> Text,
        added_by -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    blank_ranges (seq) {
        seq -> BigInt,
        point -> Text,
        kiosk -> Text,
        first_blank -> Text,
        last_blank -> Text,
        given_by -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    lease_moves (seq) {
        seq -> BigInt,
        certificate -> Text,
        kiosk -> Text,
        moved_to -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    hand_overs (certificate) {
        certificate -> Text,
        kiosk -> Text,
        staff -> Text,
        signature -> Nullable<Text>,
        witness -> Nullable<Text>,
        at -> BigInt,
    }
}
