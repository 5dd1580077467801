//! Tables as the migrations make them.
#![expect(
    missing_docs,
    reason = "the macros make undocumented items; the migrations say what the columns are"
)]

diesel::table! {
    events (seq) {
        seq -> BigInt,
        at -> BigInt,
        actor -> Text,
        kind -> Text,
        rule_set -> Nullable<Text>,
        body -> Text,
    }
}

diesel::table! {
    rule_sets (id) {
        id -> Text,
        in_force_from -> Text,
        hash -> Text,
        toml -> Text,
    }
}

diesel::table! {
    trades (id) {
        id -> Text,
        category -> Text,
        name_zh -> Text,
        name_en -> Text,
        body -> Text,
    }
}

diesel::table! {
    calendar_years (year) {
        year -> Integer,
        toml -> Text,
    }
}

diesel::table! {
    sheet_files (trade) {
        trade -> Text,
        toml -> Text,
    }
}

diesel::table! {
    organisations (id) {
        id -> Text,
        kind -> Text,
        name_zh -> Text,
        name_en -> Text,
    }
}

diesel::table! {
    points (id) {
        id -> Text,
        name_zh -> Text,
        name_en -> Text,
        district -> Text,
        body -> Text,
    }
}

diesel::table! {
    staff (code) {
        code -> Text,
        name -> Text,
        body -> Text,
    }
}

diesel::table! {
    accounts (id) {
        id -> Text,
        login -> Text,
        role -> Text,
        body -> Text,
        version -> BigInt,
        blocked -> Bool,
        era -> BigInt,
        last_login -> Nullable<BigInt>,
    }
}

diesel::table! {
    kiosks (id) {
        id -> Text,
        point -> Text,
        code_hash -> Text,
        code_until -> BigInt,
        public_key -> Nullable<Text>,
        revoked -> Bool,
    }
}

diesel::table! {
    kiosk_journal (kiosk, seq) {
        kiosk -> Text,
        seq -> BigInt,
        hash -> Text,
        at -> BigInt,
        body -> Text,
        dead -> Nullable<Text>,
        ticket -> Nullable<Text>,
    }
}

diesel::table! {
    persons (id) {
        id -> Text,
        id_index -> Text,
        id_number -> Text,
        name -> Text,
        phone -> Nullable<Text>,
    }
}

diesel::table! {
    registrations (id) {
        id -> Text,
        person -> Text,
        trade -> Text,
        institution -> Text,
        employer -> Nullable<Text>,
        portrait -> Text,
        body -> Text,
    }
}

diesel::table! {
    banks (id) {
        id -> Text,
        trade -> Text,
        file_name -> Text,
        file_hash -> Text,
        imported_at -> BigInt,
        report -> Text,
        practice -> Bool,
    }
}

diesel::table! {
    questions (bank, id) {
        bank -> Text,
        id -> Text,
        position -> Integer,
        kind -> Text,
        usable -> Bool,
        body -> Text,
    }
}

diesel::table! {
    question_versions (bank, question) {
        bank -> Text,
        question -> Text,
        state -> Text,
        supersedes -> Nullable<Text>,
        author -> Text,
        written_at -> BigInt,
        reviewer -> Nullable<Text>,
        reviewed_at -> Nullable<BigInt>,
        remark -> Text,
    }
}

diesel::table! {
    question_sets (id) {
        id -> Text,
        trade -> Text,
        bank -> Text,
        draw -> Text,
        number -> Integer,
        points -> Integer,
        questions -> Text,
        assembled_by -> Text,
        state -> Text,
    }
}

diesel::table! {
    draws (id) {
        id -> Text,
        purpose -> Text,
        subject -> Text,
        made_at -> BigInt,
        visible_from -> BigInt,
        transcript -> Text,
        ceremony -> Nullable<Text>,
        basis -> Nullable<Text>,
    }
}

diesel::table! {
    staff_salts (staff) {
        staff -> Text,
        salt -> Text,
    }
}

diesel::table! {
    ceremonies (id) {
        id -> Text,
        stage -> Text,
        subject -> Text,
        round -> BigInt,
        state -> Text,
        opened_at -> BigInt,
        sessions -> Text,
        announced -> Nullable<Text>,
        public_number -> Nullable<Text>,
        frozen_at -> Nullable<BigInt>,
        inputs -> Text,
        input -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        missing -> Text,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    ceremony_parties (ceremony, name) {
        ceremony -> Text,
        name -> Text,
        place -> BigInt,
        commitment -> Text,
        committed_at -> BigInt,
        committed_by -> Text,
        secret -> Nullable<Text>,
        revealed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        point -> Text,
        trade -> Text,
        exam_kind -> Text,
        starts_at -> BigInt,
        day -> Text,
        rule_set -> Text,
        seated -> Bool,
        staffed -> Bool,
        results_at -> Nullable<BigInt>,
        language -> Nullable<Text>,
        browser -> Nullable<Text>,
    }
}

diesel::table! {
    refusals (session, registration, at) {
        session -> Text,
        registration -> Text,
        at -> BigInt,
        codes -> Text,
    }
}

diesel::table! {
    candidates (ticket) {
        ticket -> Text,
        session -> Text,
        registration -> Text,
        person -> Text,
        secret -> Text,
        secret_index -> Text,
        room -> Nullable<Text>,
        seat -> Nullable<Integer>,
        paper -> Nullable<Text>,
        sheets -> Nullable<Text>,
        outcome -> Text,
        extra_ms -> BigInt,
        paused_at -> Nullable<BigInt>,
        away_since -> Nullable<BigInt>,
    }
}

diesel::table! {
    duties (session, post) {
        session -> Text,
        post -> Text,
        kind -> Text,
        place -> Text,
        staff -> Text,
        state -> Text,
        answered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    duty_changes (seq, post) {
        seq -> BigInt,
        post -> Text,
        session -> Text,
        at -> BigInt,
        why -> Text,
        left_by -> Text,
        taken_by -> Nullable<Text>,
        reason -> Text,
    }
}

diesel::table! {
    duty_swaps (id) {
        id -> Text,
        session -> Text,
        post_a -> Text,
        post_b -> Text,
        staff_a -> Text,
        staff_b -> Text,
        reason -> Text,
        proposed_by -> Text,
        at -> BigInt,
        state -> Text,
    }
}

diesel::table! {
    check_ins (ticket) {
        ticket -> Text,
        checked_in_at -> BigInt,
        kiosk -> Text,
        photo -> Nullable<Text>,
        compared -> Nullable<Text>,
        compared_by -> Nullable<Text>,
        queue_number -> Nullable<Integer>,
        calls -> Integer,
        call_window -> Nullable<Text>,
        passed_over -> Integer,
        admitted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    released_rooms (session, room) {
        session -> Text,
        room -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    room_notes (event) {
        event -> BigInt,
        session -> Text,
        room -> Text,
        step -> Text,
        text -> Text,
        author -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    sittings (ticket) {
        ticket -> Text,
        token -> Text,
        entered_at -> BigInt,
        entries -> Integer,
        deadline -> BigInt,
        ended_at -> Nullable<BigInt>,
        how -> Nullable<Text>,
        answered -> Nullable<Integer>,
        points -> Nullable<Integer>,
        total -> Nullable<Integer>,
        passed -> Nullable<Bool>,
        answers_hash -> Nullable<Text>,
        ended_in -> Nullable<BigInt>,
    }
}

diesel::table! {
    answers (batch, place) {
        batch -> BigInt,
        place -> Integer,
        ticket -> Text,
        seq -> BigInt,
        position -> Integer,
        choice -> Text,
        at -> BigInt,
        given_at -> Nullable<BigInt>,
        commitment -> Text,
    }
}

diesel::table! {
    question_doubts (event) {
        event -> BigInt,
        ticket -> Text,
        question_set -> Text,
        question -> Text,
        text -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    misconduct (event) {
        event -> BigInt,
        ticket -> Text,
        gravity -> Text,
        text -> Text,
        first -> Text,
        second -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    scores (ticket, part, examiner) {
        ticket -> Text,
        part -> Text,
        examiner -> Text,
        sheet -> Text,
        body -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    settlements (ticket, part) {
        ticket -> Text,
        part -> Text,
        lead -> Text,
        points -> Integer,
        veto -> Bool,
        reason -> Text,
    }
}

diesel::table! {
    practicals (ticket) {
        ticket -> Text,
        hundredths -> Integer,
        veto -> Bool,
        passed -> Bool,
        ended_at -> BigInt,
    }
}

diesel::table! {
    certificates (id) {
        id -> Text,
        ticket -> Text,
        person -> Text,
        trade -> Text,
        exam_kind -> Text,
        valid_from -> Text,
        valid_to -> Text,
        review_due -> Nullable<Text>,
        due -> Nullable<Text>,
        code -> Text,
        pdf -> Text,
        issued_at -> BigInt,
    }
}

diesel::table! {
    prints (certificate, kiosk, attempt) {
        certificate -> Text,
        kiosk -> Text,
        attempt -> Integer,
        blank -> Text,
        state -> Text,
        at -> BigInt,
        untouched -> Bool,
    }
}

diesel::table! {
    day_closes (point, day) {
        point -> Text,
        day -> Text,
        counts -> Text,
        signature -> Text,
        kid -> Text,
        pdf -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    readiness_checks (point, day, item) {
        point -> Text,
        day -> Text,
        item -> Text,
        verdict -> Text,
        note -> Text,
        found_by -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    readiness_signs (point, day) {
        point -> Text,
        day -> Text,
        signed_by -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    paper_packs (point, day) {
        point -> Text,
        day -> Text,
        printed_by -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    paper_entries (ticket, slip, actor) {
        ticket -> Text,
        slip -> Text,
        actor -> Text,
        point -> Text,
        day -> Text,
        fields -> Text,
        entered_by -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    paper_settlements (ticket, slip) {
        ticket -> Text,
        slip -> Text,
        fields -> Text,
        how -> Text,
        reason -> Text,
        effect -> Text,
        settled_by -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    idempotency (caller, key) {
        caller -> Text,
        key -> Text,
        request_hash -> Text,
        status -> Integer,
        body -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    revoked_tokens (jti) {
        jti -> Text,
        until -> BigInt,
    }
}

diesel::table! {
    log_entries (position) {
        position -> BigInt,
        salt -> Text,
        leaf -> Text,
    }
}

diesel::table! {
    log_checkpoints (size) {
        size -> BigInt,
        at -> BigInt,
        peaks -> Text,
        note -> Text,
    }
}

diesel::table! {
    log_cosignatures (size, kiosk) {
        size -> BigInt,
        kiosk -> Text,
        at -> BigInt,
        line -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query! {
    events, rule_sets, trades, calendar_years, sheet_files, organisations, points, staff, accounts, kiosks,
    kiosk_journal, persons, registrations, banks, questions, question_versions, question_sets, draws, ceremonies,
    ceremony_parties, staff_salts, sessions, refusals, candidates, duties, duty_changes, duty_swaps,
    check_ins, released_rooms, room_notes, sittings, answers, question_doubts, misconduct, scores, settlements, practicals,
    certificates, prints, day_closes, readiness_checks, readiness_signs, paper_packs, paper_entries,
    paper_settlements, idempotency, revoked_tokens, log_entries, log_checkpoints, log_cosignatures,
}
