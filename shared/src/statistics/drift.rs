//! Whether sets are equally hard: each against all others together, by who passed and by points.

use statrs::distribution::{ContinuousCDF, Discrete, Hypergeometric, StudentsT};

/// A difference is told if, after Holm's correction, chance makes one like it less often than this.
pub const SIGNIFICANT: f64 = 0.05;

/// What came out of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcomes {
    /// Its name.
    pub set: String,
    /// Result of each sheet in per cent of the set's points.
    pub percents: Vec<f64>,
    /// Sheets that passed.
    pub passed: usize,
}

/// How a difference was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Test {
    /// Fisher's exact test on who passed, two-sided.
    FisherExact,
    /// Welch's t-test on the results, two-sided.
    WelchT,
}

impl Test {
    /// The word for it in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FisherExact => "fisher_exact",
            Self::WelchT => "welch_t",
        }
    }
}

/// A set against all others together.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The set.
    pub set: String,
    /// The test.
    pub test: Test,
    /// Pass rate or mean in per cent of the set.
    pub of_set: f64,
    /// The same of all others.
    pub of_others: f64,
    /// How often chance alone makes a difference at least as large.
    pub p: f64,
    /// The same, corrected for the number of sets.
    pub p_holm: f64,
}

impl Difference {
    /// Whether it is more than chance allows.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.p_holm < SIGNIFICANT
    }
}

/// Compares each set with all others, by both tests; sets with fewer than two sheets are left out.
#[must_use]
pub fn drift(sets: &[Outcomes]) -> Vec<Difference> {
    let sets: Vec<&Outcomes> = sets.iter().filter(|set| set.percents.len() > 1).collect();
    if sets.len() < 2 {
        return Vec::new();
    }
    let mut found = Vec::with_capacity(sets.len() * 2);
    for test in [Test::FisherExact, Test::WelchT] {
        let judged = sets.iter().map(|set| {
            let others: Vec<&&Outcomes> = sets.iter().filter(|other| other.set != set.set).collect();
            match test {
                Test::FisherExact => by_pass(set, &others),
                Test::WelchT => by_mean(set, &others),
            }
        });
        let mut judged: Vec<Difference> = judged.collect();
        let corrected = holm(&judged.iter().map(|d| d.p).collect::<Vec<_>>());
        for (difference, p) in judged.iter_mut().zip(corrected) {
            difference.p_holm = p;
        }
        found.append(&mut judged);
    }
    found
}

/// Holm's step-down correction of several p values, in their order.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p.iter().copied().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let mut corrected = vec![1.0; p.len()];
    let mut least = 0.0_f64;
    for (rank, (at, p)) in order.into_iter().enumerate() {
        least = least.max(p * (corrected.len() - rank) as f64).min(1.0);
        if let Some(slot) = corrected.get_mut(at) {
            *slot = least;
        }
    }
    corrected
}

fn by_pass(set: &Outcomes, others: &[&&Outcomes]) -> Difference {
    let n = set.percents.len();
    let (passed, all) = others
        .iter()
        .fold((0, 0), |(passed, all), other| (passed + other.passed, all + other.percents.len()));
    let rate = |passed: usize, all: usize| if all == 0 { 0.0 } else { passed as f64 * 100.0 / all as f64 };
    Difference {
        set: set.set.clone(),
        test: Test::FisherExact,
        of_set: rate(set.passed, n),
        of_others: rate(passed, all),
        p: fisher(set.passed, n, passed, all),
        p_holm: 1.0,
    }
}

/// Two-sided: all tables with these margins that are no likelier than the one seen.
fn fisher(passed: usize, of: usize, other_passed: usize, other_of: usize) -> f64 {
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let (all, good, drawn) = (number(of + other_of), number(passed + other_passed), number(of));
    let Ok(law) = Hypergeometric::new(all, good, drawn) else { return 1.0 };
    // What is equally likely must not be lost to the last digit of a float.
    let seen = law.pmf(number(passed)) * (1.0 + 1e-7);
    let first = drawn.saturating_sub(all - good);
    let sum: f64 = (first..=good.min(drawn)).map(|k| law.pmf(k)).filter(|p| *p <= seen).sum();
    sum.min(1.0)
}

fn by_mean(set: &Outcomes, others: &[&&Outcomes]) -> Difference {
    let rest: Vec<f64> = others.iter().flat_map(|other| other.percents.iter().copied()).collect();
    let (own, other) = (Spread::of(&set.percents), Spread::of(&rest));
    Difference {
        set: set.set.clone(),
        test: Test::WelchT,
        of_set: own.mean,
        of_others: other.mean,
        p: welch(&own, &other),
        p_holm: 1.0,
    }
}

/// Mean, and variance of the mean.
struct Spread {
    n: f64,
    mean: f64,
    error: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
        Self { n, mean, error: variance / n }
    }
}

fn welch(a: &Spread, b: &Spread) -> f64 {
    let error = a.error + b.error;
    let apart = (a.mean - b.mean).abs();
    if error <= 0.0 {
        // Nobody differs from the others of the same set: the sets differ or they don't.
        return if apart > 0.0 { 0.0 } else { 1.0 };
    }
    let freedom = error * error / (a.error * a.error / (a.n - 1.0) + b.error * b.error / (b.n - 1.0));
    let t = apart / error.sqrt();
    StudentsT::new(0.0, 1.0, freedom).map_or(1.0, |law| (2.0 * law.sf(t)).min(1.0))
}
