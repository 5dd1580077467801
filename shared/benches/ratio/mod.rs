//! Measures something next to a reference, turn by turn in the same run, and prints the ratio with its spread: what the
//! machine does besides falls on both.

use std::time::Instant;

/// Turns of each.
pub const TURNS: usize = 15;

/// One of the two: how many things it does in a turn, and doing them.
pub struct Side<'a, E> {
    /// What it is.
    pub name: &'a str,
    /// Things done in a turn.
    pub count: usize,
    /// A turn.
    pub turn: Box<dyn FnMut() -> Result<(), E> + 'a>,
}

impl<'a, E> Side<'a, E> {
    /// One of the two.
    pub fn new(name: &'a str, count: usize, turn: impl FnMut() -> Result<(), E> + 'a) -> Self {
        Self { name, count, turn: Box::new(turn) }
    }

    /// Things a second in one turn.
    fn rate(&mut self) -> Result<f64, E> {
        let begun = Instant::now();
        (self.turn)()?;
        let count = f64::from(u32::try_from(self.count).unwrap_or(u32::MAX));
        Ok(count / begun.elapsed().as_secs_f64().max(1e-9))
    }
}

/// Lets both take turns and prints how many `things` a second they do, and ours as a share of the reference. The median
/// of ours comes back.
///
/// # Errors
/// That of a turn.
pub fn compare<E>(things: &str, mut ours: Side<'_, E>, mut reference: Side<'_, E>) -> Result<f64, E> {
    let (mut rates, mut of_reference, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // The first turn of each warms up what is warm later.
    ours.rate()?;
    reference.rate()?;
    for _ in 0..TURNS {
        let (a, b) = (ours.rate()?, reference.rate()?);
        rates.push(a);
        of_reference.push(b);
        ratios.push(a / b);
    }
    Ok(print(things, [(ours.name, &mut rates), (reference.name, &mut of_reference)], &mut ratios))
}

/// Prints the figures of both sides, and the first as a share of the second of each turn. The median of the first comes
/// back.
pub fn print(things: &str, sides: [(&str, &mut Vec<f64>); 2], ratios: &mut [f64]) -> f64 {
    println!("{things}, {TURNS} turns: median (quartiles)");
    let medians = sides.map(|(name, figures)| {
        let digits = if figures.iter().all(|figure| *figure < 100.0) { 2 } else { 0 };
        println!("  {name:<44} {}", spread(figures, digits));
        quarter(figures, 2).unwrap_or_default()
    });
    println!("  {:<44} {}\n", "the first / the second", spread(ratios, 3));
    medians.first().copied().unwrap_or_default()
}

/// So many quarters of the way through figures in order.
fn quarter(ordered: &[f64], quarters: usize) -> Option<f64> {
    ordered.get((ordered.len().saturating_sub(1)) * quarters / 4).copied()
}

/// Median and quartiles.
fn spread(values: &mut [f64], digits: usize) -> String {
    values.sort_by(f64::total_cmp);
    let shown = |quarters| quarter(values, quarters).map_or_else(String::new, |v| format!("{v:.digits$}"));
    format!("{} ({}–{})", shown(2), shown(1), shown(3))
}
