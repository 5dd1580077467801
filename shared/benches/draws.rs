//! How fast names are drawn: `cargo bench -p shared --bench draws`.

use divan::Bencher;
use divan::counter::ItemsCount;
use shared::draw::{Method, select};

fn main() {
    divan::main();
}

/// So many names from a pool of ten times as many, by each method; the count is names drawn.
#[divan::bench(args = [(Method::Rfc3797, 10), (Method::Octo41, 10), (Method::ChaCha20, 10), (Method::ChaCha20, 1000)])]
fn names_from_a_pool(bencher: Bencher<'_, '_>, (method, count): (Method, usize)) {
    let pool: Vec<String> = (0..count * 10).map(|n| format!("person {n}")).collect();
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| select(method, divan::black_box("a key"), divan::black_box(&pool), count));
}
