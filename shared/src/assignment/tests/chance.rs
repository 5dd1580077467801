//! How likely each outcome is: by enumeration, and by a great many seeds.

use super::*;

/// The people of a post in the order of the board.
type Eligible = Vec<Vec<usize>>;

/// The exact probability of each outcome (person by post): every order of the first `main` posts is as likely, the
/// reserves follow in theirs, and in it each post goes with equal chance to one of those who leave the later posts
/// fillable.
fn exact(eligible: &Eligible, main: usize) -> BTreeMap<Vec<usize>, f64> {
    let mut orders = vec![vec![]];
    for post in 0..main {
        orders = orders
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                (0..=order.len()).map(move |at| {
                    let mut longer = order.clone();
                    longer.insert(at, post);
                    longer
                })
            })
            .collect();
    }
    let mut outcomes = BTreeMap::new();
    let share = 1.0 / f64::from(u32::try_from(orders.len()).unwrap());
    for mut order in orders {
        order.extend(main..eligible.len());
        follow(eligible, &order, &mut vec![usize::MAX; eligible.len()], share, &mut outcomes);
    }
    outcomes
}

fn follow(
    eligible: &Eligible,
    order: &[usize],
    taken: &mut Vec<usize>,
    share: f64,
    outcomes: &mut BTreeMap<Vec<usize>, f64>,
) {
    let Some((post, later)) = order.split_first() else {
        *outcomes.entry(taken.clone()).or_default() += share;
        return;
    };
    let rest: Eligible = later.iter().map(|post| eligible[*post].clone()).collect();
    let leaves_rest_fillable = |person: &usize| {
        let mut used: HashSet<usize> = taken.iter().copied().collect();
        used.insert(*person) && by_brute_force(&rest, 0, &mut used)
    };
    let choices: Vec<usize> = eligible[*post].iter().copied().filter(leaves_rest_fillable).collect();
    for person in &choices {
        taken[*post] = *person;
        follow(eligible, later, taken, share / f64::from(u32::try_from(choices.len()).unwrap()), outcomes);
        taken[*post] = usize::MAX;
    }
}

/// The point that a chi-square sum with so many degrees of freedom passes once in a thousand times (Wilson, Hilferty).
fn one_in_a_thousand(freedom: f64) -> f64 {
    let part = 2.0 / (9.0 * freedom);
    freedom * 3.09_f64.mul_add(part.sqrt(), 1.0 - part).powi(3)
}

const SEEDS: u32 = 100_000;

fn invigilates_only(n: usize) -> Row {
    barred(n, vec![], vec![HardRule::CardMissing])
}

fn examines_only(n: usize) -> Row {
    barred(n, vec![HardRule::CardMissing], vec![])
}

#[test]
fn a_hundred_thousand_seeds_give_each_outcome_as_often_as_counted_out_exactly() {
    // Of five people two may only invigilate, one only examines; two posts each.
    let people = vec![invigilates_only(1), invigilates_only(2), row(3), row(4), examines_only(5)];
    let mut posts = rooms(1);
    posts.extend(["E1", "E2"].map(|text| post(text, PostKind::Examiner, None)));
    come_as_counted_out(people, &posts);
}

#[test]
fn with_a_lead_and_reserves_each_outcome_comes_as_often_as_counted_out_exactly() {
    // A post in a room, one at a station, the lead; then a reserve for each duty, from the two of six who are left.
    let people =
        vec![invigilates_only(1), invigilates_only(2), row(3), row(4), examines_only(5), examines_only(6)];
    let posts = [
        post("I1", PostKind::Invigilator, Some(1)),
        post("E1", PostKind::Examiner, None),
        post("lead-1", PostKind::LeadExaminer, None),
        post("reserve-invigilator-1", PostKind::ReserveInvigilator, None),
        post("reserve-examiner-1", PostKind::ReserveExaminer, None),
    ];
    come_as_counted_out(people, &posts);
}

/// Draws with all the seeds and compares with the exact shares; the reserves are the last of the posts.
fn come_as_counted_out(people: Vec<Row>, posts: &[Post]) {
    let board = Board::new(&matrix(people), posts).unwrap();
    let main = posts.iter().filter(|post| !post.kind.is_reserve()).count();
    let exact = exact(&board.eligible(), main);
    let half = |from: u32| {
        let mut counts = BTreeMap::<Vec<usize>, u32>::new();
        for n in from..from + SEEDS / 2 {
            let drawn = lottery::draw(&board, Seed::of_text(&format!("chi {n}")));
            let place = |code: &StaffCode| board.people().iter().position(|p| p == code).unwrap();
            let people = posts.iter().map(|post| place(drawn.person_at(&post.code).unwrap())).collect();
            *counts.entry(people).or_default() += 1;
        }
        counts
    };
    let (first, second) = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(SEEDS / 2));
        (half(0), other.join().unwrap())
    });
    assert!(first.keys().chain(second.keys()).all(|outcome| exact.contains_key(outcome)));
    let count = |outcome| first.get(outcome).unwrap_or(&0) + second.get(outcome).unwrap_or(&0);
    let chi: f64 = exact
        .iter()
        .map(|(outcome, share)| {
            let expected = share * f64::from(SEEDS);
            assert!(expected > 100.0, "{outcome:?} is too rare for the test");
            (f64::from(count(outcome)) - expected).powi(2) / expected
        })
        .sum();
    let freedom = f64::from(u32::try_from(exact.len() - 1).unwrap());
    assert!(chi < one_in_a_thousand(freedom), "{chi} with {freedom} degrees of freedom");
    // An evenly spread guess is far off: the test can tell.
    let even = f64::from(SEEDS) / (freedom + 1.0);
    let guess: f64 = exact.keys().map(|outcome| (f64::from(count(outcome)) - even).powi(2) / even).sum();
    assert!(guess > 10.0 * one_in_a_thousand(freedom), "{guess}");
}

#[test]
fn trial_draws_come_near_the_exact_shares() {
    let only_first = barred(1, vec![HardRule::CardMissing], vec![]);
    let posts = [post("E1", PostKind::Examiner, None), post("I1", PostKind::Invigilator, None)];
    let board = Board::new(&matrix(vec![only_first, row(2), row(3)]), &posts).unwrap();
    let trial = lottery::trial(&board, lottery::trial_seeds("a published text", 1000));
    assert_eq!(trial.draws, 1000);
    assert_eq!(
        trial,
        lottery::trial(&board, lottery::trial_seeds("a published text", 1000)),
        "no other chance"
    );
    // E1 goes to 1 with 5/12 and to 2 and 3 with 7/24 each; I1 to 2 and 3 with 1/2 each.
    let table = [("E1", 1, 417_u32), ("E1", 2, 292), ("E1", 3, 292), ("I1", 2, 500), ("I1", 3, 500)];
    assert_eq!(trial.shares.len(), table.len());
    for (post, person, expected) in table {
        let of = |share: &&lottery::Share| share.post.as_str() == post && share.person == code(person);
        let times = trial.shares.iter().find(of).unwrap().times;
        assert!(times.abs_diff(expected) < 60, "{post} {person}: {times}");
    }
}

#[test]
fn likely_pairings_are_told_where_the_pool_leaves_a_choice() {
    // E1 is open to 1 and 2, I1 to 2 alone: so 1 always examines, and I1 has no choice to begin with.
    let people = vec![barred(1, vec![HardRule::CardMissing], vec![]), row(2)];
    let posts = [post("E1", PostKind::Examiner, None), post("I1", PostKind::Invigilator, None)];
    let board = Board::new(&matrix(people), &posts).unwrap();
    let trial = lottery::trial(&board, lottery::trial_seeds("", 100));
    let above: Vec<(&str, u32)> = trial.above(50).map(|share| (share.post.as_str(), share.times)).collect();
    assert_eq!(above, [("E1", 100)]);
    assert_eq!(trial.above(100).count(), 0);
}

#[test]
fn a_thousand_trials_of_a_large_day_keep_every_rule() {
    let people: Vec<Row> = (0..300)
        .map(|n| if n % 3 == 0 { barred(n, vec![HardRule::CardMissing], vec![]) } else { row(n) })
        .collect();
    let board = Board::new(&matrix(people), &rooms(25)).unwrap();
    let trial = lottery::trial(&board, lottery::trial_seeds("large", 1000));
    assert_eq!(trial.shares.iter().map(|share| share.times).sum::<u32>(), 50 * 1000);
    assert_eq!(trial.above(10).count(), 0, "two hundred people for each post");
}
