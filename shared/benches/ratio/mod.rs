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

/// Lets both take turns and prints how many `things` a second they do, and ours as a share of the reference.
///
/// # Errors
/// That of a turn.
pub fn compare<E>(things: &str, mut ours: Side<'_, E>, mut reference: Side<'_, E>) -> Result<(), E> {
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
    print(things, [(ours.name, &mut rates), (reference.name, &mut of_reference)], &mut ratios);
    Ok(())
}

/// Prints the rates of both sides, and the ratio of each turn.
pub fn print(things: &str, sides: [(&str, &mut Vec<f64>); 2], ratios: &mut [f64]) {
    println!("{things}, {TURNS} turns: median (quartiles)");
    for (name, rates) in sides {
        println!("  {name:<44} {}", spread(rates, 0));
    }
    println!("  {:<44} {}\n", "ratio", spread(ratios, 3));
}

/// Median and quartiles.
fn spread(values: &mut [f64], digits: usize) -> String {
    values.sort_by(f64::total_cmp);
    let quarter = |quarters: usize| values.get((values.len().saturating_sub(1)) * quarters / 4).copied();
    let shown = |quarters| quarter(quarters).map_or_else(String::new, |v| format!("{v:.digits$}"));
    format!("{} ({}–{})", shown(2), shown(1), shown(3))
}
