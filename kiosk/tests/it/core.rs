//! The core: tables of decisions, and properties of any history.

mod histories;

use super::world;
use kiosk::core::printing::{Blank, PrintWish, Reason};
use kiosk::core::refusal::Refusal;
use kiosk::core::roster::Roster;
use kiosk::core::state::{Stage, State};
use kiosk::core::{
    Action, Answer, Command, Event, Means, PrintFault, PrintJob, PrintOutcome, Shot, ShownCard, Window, step,
};
use kiosk::digest::Digest;
use shared::ids::{AccountId, CertificateId, TicketNumber};
use shared::queue::{NumberBlock, PlaceCode};
use shared::time::{Date, Instant};
use shared::wire::v1::bundle::BundleNumbers;
use shared::wire::v1::journal::{CompareVerdict, KioskFact, PlaceSwitch, PriorityReason};

const START: &str = "2026-09-28T09:00:00+08:00";

/// A kiosk without disk and devices: what the core wants recorded is recorded, what it asks of devices succeeds.
struct Bench {
    state: State,
    facts: Vec<(Instant, KioskFact)>,
    now: Instant,
    printer: Result<(), PrintFault>,
    /// What the camera gives, the next one last; then good pictures.
    shots: Vec<Shot>,
}

fn good(seed: &str) -> Shot {
    Shot { blob: Digest::of(seed.as_bytes()), judged: None }
}

fn card(number: &str, valid_until: Option<&str>) -> Means {
    let valid_until = valid_until.map(|day| Date::parse(day).unwrap());
    Means::Card(Ok(Some(ShownCard { id_number: number.to_owned(), valid_until })))
}

impl Bench {
    fn new(candidates: u16) -> Self {
        let starts_at = Instant::parse(START).unwrap();
        let mut bench = Self {
            state: State::default(),
            facts: Vec::new(),
            now: starts_at.plus_minutes(-60),
            printer: Ok(()),
            shots: Vec::new(),
        };
        bench.feed(Event::Bundle(Box::new(roster(candidates))));
        bench
    }

    fn feed(&mut self, event: Event) -> Vec<Action> {
        let (state, actions) = step(std::mem::take(&mut self.state), event);
        self.state = state;
        actions
    }

    fn does(&mut self, command: Command) -> Result<Answer, Refusal> {
        let now = self.now;
        let actions = self.feed(Event::Command { now, command });
        self.perform(actions)
    }

    fn perform(&mut self, actions: Vec<Action>) -> Result<Answer, Refusal> {
        for action in actions {
            match action {
                Action::Record(facts) => facts.into_iter().for_each(|fact| self.record(fact)),
                Action::TakePicture { ticket } => {
                    let picture = Ok(self.shots.pop().unwrap_or_else(|| good(ticket.as_str())));
                    let actions = self.feed(Event::PictureTaken { ticket, picture });
                    return self.perform(actions);
                }
                Action::Print(job) => return self.printed(job),
                Action::Say { .. } | Action::GiveTicket { .. } => {}
                Action::Answer(answer) => return Ok(answer),
                Action::Refuse(refusal) => return Err(refusal),
            }
        }
        panic!("nobody was answered")
    }

    fn printed(&mut self, job: PrintJob) -> Result<Answer, Refusal> {
        let result = self.printer;
        let actions = self.feed(Event::PrinterAnswered { job, result });
        self.perform(actions)
    }

    fn record(&mut self, fact: KioskFact) {
        let at = self.now;
        self.facts.push((at, fact.clone()));
        self.feed(Event::Recorded { at, fact });
    }

    fn check_in(&mut self, candidate: u16) -> Result<Answer, Refusal> {
        self.does(Command::CheckIn(Means::IdNumber(world::id_number(candidate))))
    }

    fn queue(&mut self, candidate: u16) -> u32 {
        self.check_in(candidate).unwrap();
        self.does(Command::Photograph(ticket(candidate))).unwrap();
        match self.does(compare(candidate, CompareVerdict::Same)).unwrap() {
            Answer::Compared { number: Some(number), .. } => number,
            other => panic!("{other:?}"),
        }
    }

    fn call(&mut self) -> String {
        match self.does(call_next()).unwrap() {
            Answer::Called { ticket, .. } => ticket.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn replayed(&self) -> State {
        let mut state = State::default();
        let candidates = u16::try_from(self.state.roster().unwrap().candidates().count()).unwrap();
        state = step(state, Event::Bundle(Box::new(roster(candidates)))).0;
        for (at, fact) in self.facts.clone() {
            state = step(state, Event::Recorded { at, fact }).0;
        }
        state
    }
}

fn roster(candidates: u16) -> Roster {
    Roster::parse(&world::day("K1", candidates, Instant::parse(START).unwrap(), 1)).unwrap()
}

fn ticket(candidate: u16) -> TicketNumber {
    TicketNumber::parse(&world::ticket(candidate)).unwrap()
}

fn staff() -> AccountId {
    AccountId::parse(world::STAFF).unwrap()
}

fn place(code: &str) -> PlaceCode {
    PlaceCode::parse(code).unwrap()
}

fn call_next() -> Command {
    Command::CallNext { place: None, window: Some(window()) }
}

fn call_at(code: &str) -> Command {
    Command::CallNext { place: Some(place(code)), window: None }
}

fn send(candidate: u16, code: &str) -> Command {
    Command::Transfer { ticket: ticket(candidate), place: place(code), staff: staff() }
}

fn set(code: &str, state: PlaceSwitch) -> Command {
    Command::SetPlace { place: place(code), state, staff: staff() }
}

fn window() -> Window {
    Window::parse("一号窗口").unwrap()
}

fn compare(candidate: u16, verdict: CompareVerdict) -> Command {
    Command::Compare { ticket: ticket(candidate), verdict, staff: AccountId::parse(world::STAFF).unwrap() }
}

fn print(blank: &str, reprint: bool) -> Command {
    let certificate = CertificateId::parse(&world::certificate(1)).unwrap();
    Command::Print(PrintWish {
        certificate,
        blank: Blank::parse(blank).unwrap(),
        reprint: reprint.then(|| Reason::parse("damp").unwrap()),
        file_at_hand: true,
    })
}

/// A failure that costs the blank.
const fn spoils(code: &'static str) -> PrintFault {
    PrintFault { code, untouched: false }
}

fn settle(staff: &str, came_out: bool) -> Command {
    let certificate = CertificateId::parse(&world::certificate(1)).unwrap();
    Command::Settle { certificate, came_out, staff: AccountId::parse(staff).unwrap() }
}

fn code(result: Result<Answer, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "")
}

#[test]
fn check_in_is_open_from_two_hours_before_the_start_to_half_an_hour_after_it() {
    for (minutes, expected) in
        [(-121, "too_early"), (-120, ""), (-60, ""), (0, ""), (30, ""), (31, "too_late"), (600, "too_late")]
    {
        let mut bench = Bench::new(1);
        bench.now = Instant::parse(START).unwrap().plus_minutes(minutes);
        assert_eq!(code(bench.check_in(1)), expected, "{minutes}");
    }
}

#[test]
fn every_way_to_identify_oneself_finds_the_same_person() {
    let number = world::id_number(1);
    let lower = number.to_lowercase();
    for (name, means, expected) in [
        ("number", Means::IdNumber(number.clone()), ""),
        ("number with spaces", Means::IdNumber(format!(" {lower} ")), ""),
        ("card", card(&number, None), ""),
        ("card valid to the end of the day", card(&number, Some("2026-09-28")), ""),
        ("expired card", card(&number, Some("2026-09-27")), "card_expired"),
        ("expired card of somebody else", card(&world::id_number(77), Some("2020-01-01")), "not_on_roster"),
        ("ticket", Means::TicketQr(world::secret(1)), ""),
        ("no card", Means::Card(Ok(None)), "no_card"),
        ("a card that cannot be read", Means::Card(Err("unreadable")), "card_unreadable"),
        ("a reader out of order", Means::Card(Err("broken")), "reader_failed"),
        ("a slip of the finger", Means::IdNumber("110105199005170012".to_owned()), "id_number_invalid"),
        ("somebody else", Means::IdNumber(world::id_number(77)), "not_on_roster"),
        ("another ticket", Means::TicketQr("something".to_owned()), "not_on_roster"),
    ] {
        let mut bench = Bench::new(2);
        assert_eq!(code(bench.does(Command::CheckIn(means))), expected, "{name}");
    }
}

#[test]
fn attempts_are_recorded_and_slips_of_the_finger_are_not() {
    let mut bench = Bench::new(1);
    bench.check_in(1).unwrap();
    assert_eq!(code(bench.check_in(1)), "already_checked_in");
    let _ = bench.does(Command::CheckIn(Means::IdNumber("123".to_owned())));
    let _ = bench.does(Command::CheckIn(Means::IdNumber(world::id_number(9))));
    let refused: Vec<_> = bench
        .facts
        .iter()
        .filter_map(|(_, fact)| match fact {
            KioskFact::CheckInRefused { ticket, code } => Some((ticket.clone(), code.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(refused, [(Some("T0001".to_owned()), "already_checked_in"), (None, "not_on_roster")]);
}

#[test]
fn steps_are_taken_in_their_order_or_refused() {
    let mut bench = Bench::new(3);
    assert_eq!(code(bench.does(Command::Photograph(ticket(1)))), "not_checked_in");
    assert_eq!(code(bench.does(Command::Photograph(ticket(99)))), "unknown_ticket");
    bench.check_in(1).unwrap();
    assert_eq!(code(bench.does(compare(1, CompareVerdict::Same))), "photo_needed");
    assert_eq!(code(bench.does(call_next())), "nobody_waiting");
    bench.does(Command::Photograph(ticket(1))).unwrap();
    bench.does(Command::Photograph(ticket(1))).unwrap();
    assert_eq!(code(bench.does(Command::Admit(ticket(1)))), "not_called");
    bench.does(compare(1, CompareVerdict::Same)).unwrap();
    assert_eq!(code(bench.does(compare(1, CompareVerdict::Different))), "already_compared");
    assert_eq!(code(bench.does(Command::Photograph(ticket(1)))), "already_compared");
    assert_eq!(bench.call(), "T0001");
    bench.does(Command::Admit(ticket(1))).unwrap();
    assert_eq!(bench.state.person(&ticket(1)).unwrap().stage, Stage::Admitted);
    assert_eq!(code(bench.does(Command::Admit(ticket(1)))), "not_called");
}

#[test]
fn somebody_else_gets_no_number_until_a_new_photograph_is_compared() {
    let mut bench = Bench::new(1);
    bench.check_in(1).unwrap();
    bench.does(Command::Photograph(ticket(1))).unwrap();
    bench.does(compare(1, CompareVerdict::Different)).unwrap();
    assert_eq!(code(bench.check_in(1)), "different_person");
    assert_eq!(code(bench.does(compare(1, CompareVerdict::Same))), "photo_needed");
    assert_eq!(code(bench.does(call_next())), "nobody_waiting");
    bench.does(Command::Photograph(ticket(1))).unwrap();
    bench.does(compare(1, CompareVerdict::Same)).unwrap();
    assert_eq!(bench.call(), "T0001");
}

#[test]
fn who_does_not_come_is_called_again_then_passed_over_and_comes_back_behind_three() {
    let mut bench = Bench::new(6);
    let numbers: Vec<u32> = (1..=6).map(|candidate| bench.queue(candidate)).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert_eq!(bench.call(), "T0001");
    let recall = || Command::Recall { ticket: ticket(1), window: Some(window()) };
    assert_eq!(code(bench.does(recall())), "recall_too_early");
    assert_eq!(code(bench.does(Command::PassOver(ticket(1)))), "too_few_calls");
    bench.now = bench.now.plus_seconds(60);
    assert!(matches!(bench.does(recall()), Ok(Answer::Called { count: 2, .. })));
    assert_eq!(code(bench.does(Command::PassOver(ticket(1)))), "pass_over_too_early");
    bench.now = bench.now.plus_seconds(60);
    bench.does(Command::PassOver(ticket(1))).unwrap();
    let order: Vec<String> = (0..6).map(|_| bench.call()).collect();
    assert_eq!(order, ["T0002", "T0003", "T0004", "T0001", "T0005", "T0006"]);
}

#[test]
fn each_place_calls_its_own_people_to_itself_and_who_is_sent_over_keeps_his_time() {
    let mut bench = Bench::new(3);
    (1..=3).for_each(|candidate| {
        bench.queue(candidate);
    });
    assert_eq!(code(bench.does(call_at("room:R2"))), "nobody_waiting");
    assert_eq!(code(bench.does(call_at("room:elsewhere"))), "unknown_place");
    assert_eq!(code(bench.does(send(3, "room:elsewhere"))), "unknown_place");
    assert_eq!(code(bench.does(send(3, "room:R1"))), "same_place");
    for candidate in [3, 2] {
        bench.does(send(candidate, "room:R2")).unwrap();
    }
    let called = bench.does(call_at("room:R2")).unwrap();
    let Answer::Called { ticket: who, window, .. } = called else { panic!("{called:?}") };
    assert_eq!((who.as_str(), window.as_str()), ("T0002", "第二考场"), "he has the earlier number");
    // After the room he goes on to a station, with the number that he has.
    bench.does(Command::Admit(ticket(2))).unwrap();
    bench.does(send(2, "station:E1")).unwrap();
    assert_eq!(bench.state.person(&ticket(2)).unwrap().stage, Stage::Waiting);
    assert!(matches!(bench.does(call_at("station:E1")), Ok(Answer::Called { number: 2, count: 1, .. })));
    assert_eq!(bench.replayed(), bench.state);
}

#[test]
fn a_place_that_is_paused_calls_nobody_and_one_that_is_closed_gives_no_numbers() {
    let mut bench = Bench::new(3);
    bench.queue(1);
    bench.does(set("room:R1", PlaceSwitch::Paused)).unwrap();
    assert_eq!(code(bench.does(call_at("room:R1"))), "place_paused");
    assert_eq!(code(bench.does(call_next())), "place_paused");
    bench.queue(2);
    bench.does(set("room:R1", PlaceSwitch::Closed)).unwrap();
    assert!(bench.does(call_at("room:R1")).is_ok(), "who is in line is still called");
    bench.check_in(3).unwrap();
    bench.does(Command::Photograph(ticket(3))).unwrap();
    assert_eq!(code(bench.does(compare(3, CompareVerdict::Same))), "place_closed");
    bench.does(set("room:R1", PlaceSwitch::Open)).unwrap();
    assert!(bench.does(compare(3, CompareVerdict::Same)).is_ok());
    assert_eq!(code(bench.does(set("room:elsewhere", PlaceSwitch::Open))), "unknown_place");
    assert_eq!(bench.replayed(), bench.state);
}

#[test]
fn priority_leaving_and_coming_back_are_facts_that_a_member_of_staff_signs() {
    let mut bench = Bench::new(4);
    (1..=4).for_each(|candidate| {
        bench.queue(candidate);
    });
    let first = |staff| Command::Prioritise { ticket: ticket(3), reason: PriorityReason::Pregnant, staff };
    let back = |staff| Command::ComeBack { ticket: ticket(1), staff };
    let leave = |staff| Command::Leave { ticket: ticket(1), staff };
    for command in [first, back, leave] as [fn(AccountId) -> Command; 3] {
        assert_eq!(code(bench.does(command(AccountId::parse("stranger").unwrap()))), "staff_unknown");
    }
    bench.does(first(staff())).unwrap();
    assert_eq!(code(bench.does(back(staff()))), "not_away");
    bench.does(leave(staff())).unwrap();
    assert_eq!(code(bench.does(leave(staff()))), "not_in_queue");
    assert_eq!(bench.state.person(&ticket(1)).unwrap().stage, Stage::Away);
    assert_eq!([bench.call(), bench.call()], ["T0003", "T0002"]);
    bench.does(back(staff())).unwrap();
    assert_eq!([bench.call(), bench.call()], ["T0004", "T0001"]);
    assert_eq!(bench.replayed(), bench.state);
}

#[test]
fn a_kiosk_gives_the_numbers_of_its_own_block_until_there_are_none() {
    let mut day = world::day("K1", 3, Instant::parse(START).unwrap(), 2);
    day.numbers = Some(BundleNumbers { first: 1001, last: 1002 });
    let mut bench = Bench::new(3);
    bench.feed(Event::Bundle(Box::new(Roster::parse(&day).unwrap())));
    assert_eq!([bench.queue(1), bench.queue(2)], [1001, 1002]);
    bench.check_in(3).unwrap();
    bench.does(Command::Photograph(ticket(3))).unwrap();
    assert_eq!(code(bench.does(compare(3, CompareVerdict::Same))), "numbers_used_up");
}

#[test]
fn a_print_that_failed_may_be_tried_on_another_blank_and_one_that_came_out_only_as_a_reprint() {
    let mut bench = Bench::new(2);
    bench.printer = Err(spoils("broken"));
    let failed = bench.does(print("A1", false)).unwrap();
    let outcome = PrintOutcome::Failed(spoils("broken"));
    assert!(matches!(failed, Answer::PrintEnded { outcome: other, .. } if other == outcome));
    bench.printer = Ok(());
    assert_eq!(code(bench.does(print("A1", false))), "blank_used");
    let printed = bench.does(print("A2", false)).unwrap();
    let Answer::PrintEnded { job, outcome: PrintOutcome::Printed } = printed else { panic!("{printed:?}") };
    assert_eq!(job.attempt, 2);
    assert_eq!(code(bench.does(print("A3", false))), "already_printed");
    assert!(bench.does(print("A3", true)).is_ok());
}

#[test]
fn a_blank_on_which_certainly_nothing_was_printed_can_be_used_for_the_next_attempt() {
    let mut bench = Bench::new(2);
    for (attempt, code) in ["offline", "out_of_paper", "document_refused"].into_iter().enumerate() {
        bench.printer = Err(PrintFault { code, untouched: true });
        let Answer::PrintEnded { job, .. } = bench.does(print("A1", false)).unwrap() else {
            panic!("{code}")
        };
        assert_eq!(job.attempt as usize, attempt + 1, "every attempt has its own number");
        assert_eq!(bench.replayed(), bench.state);
    }
    bench.printer = Ok(());
    bench.does(print("A1", false)).unwrap();
    assert_eq!(code(bench.does(print("A1", true))), "blank_used");
}

#[test]
fn a_print_that_was_running_when_the_kiosk_stopped_is_settled_as_unknown_at_the_start() {
    let mut bench = Bench::new(2);
    let started =
        KioskFact::PrintStarted { certificate: "C0001".into(), attempt: 1, blank: "A1".into(), reason: None };
    bench.record(started);
    assert_eq!(code(bench.does(print("A2", false))), "printer_busy");
    let actions = bench.feed(Event::Started);
    let [Action::Record(facts)] = actions.as_slice() else { panic!("{actions:?}") };
    let expected = KioskFact::PrintFailed {
        certificate: "C0001".into(),
        attempt: 1,
        blank: "A1".into(),
        code: "unknown_outcome".into(),
        untouched: false,
    };
    assert_eq!(facts.as_slice(), [expected]);
    facts.clone().into_iter().for_each(|fact| bench.record(fact));
    assert!(bench.feed(Event::Started).is_empty());
    assert_eq!(code(bench.does(print("A2", false))), "settle_first");
    bench.does(settle(world::STAFF, false)).unwrap();
    assert!(bench.does(print("A2", false)).is_ok());
}

#[test]
fn what_staff_find_in_the_tray_settles_a_print_whose_end_nobody_saw_and_no_other() {
    for (answer, came_out, settled, then) in [
        ("timeout", true, "", "already_printed"),
        ("timeout", false, "", ""),
        ("out_of_paper", true, "nothing_to_settle", ""),
        ("broken", false, "nothing_to_settle", ""),
        ("aborted", true, "", "already_printed"),
        ("cancelled", false, "", ""),
        ("connection_lost", true, "", "already_printed"),
    ] {
        let mut bench = Bench::new(1);
        assert_eq!(code(bench.does(settle(world::STAFF, came_out))), "nothing_to_settle", "{answer}");
        bench.printer = Err(spoils(answer));
        bench.does(print("A1", false)).unwrap();
        assert_eq!(code(bench.does(settle("stranger", came_out))), "staff_unknown", "{answer}");
        assert_eq!(code(bench.does(settle(world::STAFF, came_out))), settled, "{answer} {came_out}");
        bench.printer = Ok(());
        assert_eq!(code(bench.does(print("A2", false))), then, "{answer} {came_out}");
        assert_eq!(bench.replayed(), bench.state);
    }
}

#[test]
fn only_the_exam_points_staff_sign_for_a_comparison() {
    let mut bench = Bench::new(1);
    bench.check_in(1).unwrap();
    bench.does(Command::Photograph(ticket(1))).unwrap();
    let by = |staff: &str| Command::Compare {
        ticket: ticket(1),
        verdict: CompareVerdict::Same,
        staff: AccountId::parse(staff).unwrap(),
    };
    assert_eq!(code(bench.does(by("stranger"))), "staff_unknown");
    assert!(bench.does(by(world::STAFF)).is_ok());
}

#[test]
fn on_the_next_day_numbers_begin_again_and_yesterdays_queue_is_gone() {
    let mut bench = Bench::new(2);
    bench.queue(1);
    bench.now = bench.now.plus_minutes(24 * 60);
    assert_eq!(code(bench.does(call_next())), "nobody_waiting");
    assert_eq!(bench.state.queue().next_number(NumberBlock::ALL), Some(1));
}

#[test]
fn the_next_free_session_of_somebody_who_sits_twice_is_taken() {
    let mut day = world::day("K1", 1, Instant::parse(START).unwrap(), 1);
    let mut second = day.sessions[0].clone();
    second.session = "S2".to_owned();
    second.starts_at = Instant::parse(START).unwrap().plus_minutes(90).millis();
    second.candidates[0].ticket = "T2001".to_owned();
    second.candidates[0].secret_index = Digest::of(b"another").to_string();
    day.sessions.push(second);
    let mut bench = Bench::new(1);
    bench.feed(Event::Bundle(Box::new(Roster::parse(&day).unwrap())));
    bench.now = Instant::parse(START).unwrap().plus_minutes(-20);
    let tickets: Vec<String> = (0..2)
        .map(|_| match bench.check_in(1).unwrap() {
            Answer::CheckedIn { ticket } => ticket.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(tickets, ["T0001", "T2001"]);
    assert_eq!(code(bench.check_in(1)), "already_checked_in");
}
