//! How fast papers are graded: `cargo bench -p shared --bench grading`.

use divan::Bencher;
use divan::counter::ItemsCount;
use shared::bank::{Answer, Right};
use shared::grading::{KeyRow, SheetRow, grade, grade_sheets};

fn main() {
    divan::main();
}

/// One paper of 100 questions; the count is answers.
#[divan::bench]
fn paper_of_100(bencher: Bencher<'_, '_>) {
    let key: Vec<(Right, u32)> =
        (0..100_usize).filter_map(|n| Answer::one(n % 4).map(|a| (Right::One(a), 1))).collect();
    let given: Vec<Option<Answer>> = (0..100_usize).map(|n| Answer::one(n % 3)).collect();
    bencher
        .counter(ItemsCount::new(100_usize))
        .bench(|| grade(divan::black_box(&key), divan::black_box(&given)));
}

/// 10,000 sheets as text against 5 sets of 100 questions; the count is answers.
#[divan::bench]
fn sheets_as_text(bencher: Bencher<'_, '_>) {
    let letters = ["A", "B", "C", "ACD"];
    let letter = |n: usize| letters.get(n % letters.len()).copied().unwrap_or_default().to_owned();
    let key: Vec<KeyRow> = (0..500_usize)
        .map(|n| KeyRow {
            line: 0,
            set: format!("S{}", n / 100),
            question: format!("q{n}"),
            answer: letter(n),
            points: "1".to_owned(),
        })
        .collect();
    let answers: Vec<String> = (0..100_usize).map(|n| letter(n / 2)).collect();
    let sheets: Vec<SheetRow> = (0..10_000_usize)
        .map(|n| SheetRow {
            line: 0,
            sheet: n.to_string(),
            set: format!("S{}", n % 5),
            answers: answers.join("|"),
        })
        .collect();
    bencher.counter(ItemsCount::new(1_000_000_usize)).bench(|| grade_sheets(&key, &sheets, 80));
}
