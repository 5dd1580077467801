//! Grading by the million: `cargo xtask bench bulk`. A million sheets of 100 answers by the command, next to what `cat` takes to
//! read the same files; packed papers in memory on one core, next to what the core reads, and next to numpy where
//! `KAODIAN_BENCH_NUMPY` names a Python that has it.

#[path = "../../shared/benches/ratio/mod.rs"]
mod ratio;

use ratio::{Side, TURNS, compare, print};
use shared::bank::Answer;
use shared::grading::bulk::{PACKED_LETTERS, PackedKey, packed};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Sheets of the file.
const SHEETS: usize = 1_000_000;
/// Questions of a set.
const QUESTIONS: usize = 100;
/// Papers in memory: more than any cache holds.
const PAPERS: usize = 2_000_000;

fn main() -> Outcome<()> {
    let directory = tempfile::tempdir()?;
    files(directory.path())?;
    in_memory()
}

/// A number that depends on two others.
fn mixed(one: usize, other: usize) -> usize {
    let mut bits = (one << 8 | other).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits ^= bits >> 29;
    bits.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40
}

/// Mostly single letters, as papers have them; some nothing, some several.
fn letters(of: usize) -> &'static str {
    const ALL: [&str; 16] =
        ["A", "B", "C", "D", "A", "B", "C", "D", "A", "B", "A", "B", "", "ABD", "AC", "BCD"];
    ALL.get(of % ALL.len()).copied().unwrap_or_default()
}

fn files(directory: &Path) -> Outcome<()> {
    let (key, sheets, out) =
        (directory.join("key.csv"), directory.join("sheets.csv"), directory.join("results.csv"));
    let mut text = String::from("set,question,answer,points\n");
    for row in 0..5 * QUESTIONS {
        let answer = Some(letters(mixed(row, 1))).filter(|letters| !letters.is_empty()).unwrap_or("A");
        writeln!(text, "set-{},q{row},{answer},1", row / QUESTIONS + 1)?;
    }
    std::fs::write(&key, text)?;
    let mut text = String::from("sheet,set,answers\n");
    for sheet in 0..SHEETS {
        write!(text, "20260928-{sheet:07},set-{},", sheet % 5 + 1)?;
        for question in 0..QUESTIONS {
            text.push_str(if question > 0 { "|" } else { "" });
            text.push_str(letters(mixed(sheet, question)));
        }
        text.push('\n');
    }
    std::fs::write(&sheets, text)?;
    let grade = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaodian-server"));
        command.arg("grade").arg("--key").arg(&key).arg("--sheets").arg(&sheets).arg("--out").arg(&out);
        run(command.stderr(Stdio::null()))
    };
    let cat = || run(Command::new("cat").args([&key, &sheets]).stdout(Stdio::null()));
    compare(
        "sheets of 100 answers a second (wished: a third of what cat reads)",
        Side::new("kaodian-server grade, with the results on the disk", SHEETS, grade),
        Side::new("cat of the same files", SHEETS, cat),
    )?;
    Ok(())
}

fn run(command: &mut Command) -> Outcome<()> {
    if command.status()?.success() { Ok(()) } else { Err("a command failed".into()) }
}

fn in_memory() -> Outcome<()> {
    let answer =
        |bits: usize| Answer::from_indices((0..PACKED_LETTERS).filter(move |at| bits >> at & 1 == 1));
    let one = |question: usize| answer(mixed(question, 3) % 15 + 1).ok_or("an answer has letters");
    let key = (0..QUESTIONS).map(|question| Ok((one(question)?, 1))).collect::<Outcome<Vec<_>>>()?;
    let key = PackedKey::new(&key).ok_or("the key can be packed")?;
    let papers = (0..PAPERS * QUESTIONS).map(|at| packed(answer(mixed(at, 5) % 16)));
    let papers = papers.collect::<Option<Vec<u8>>>().ok_or("answers can be packed")?;
    let count = papers.len();
    let ours = || {
        std::hint::black_box(key.points(std::hint::black_box(&papers)));
        Ok::<_, Box<dyn Error>>(())
    };
    let read = || {
        let (words, _) = std::hint::black_box(&papers).as_chunks::<64>();
        let mut sums = [0_u8; 64];
        words.iter().for_each(|word| sums.iter_mut().zip(word).for_each(|(sum, byte)| *sum ^= byte));
        std::hint::black_box(sums);
        Ok(())
    };
    compare(
        "packed answers a second on one core (wished: 0.3 of what it reads)",
        Side::new("graded", count, ours),
        Side::new("read", count, read),
    )?;
    let Ok(python) = std::env::var("KAODIAN_BENCH_NUMPY") else {
        println!("numpy: skipped, KAODIAN_BENCH_NUMPY names no Python that has it");
        return Ok(());
    };
    beside_numpy(&python, count, &ours)
}

/// Turn by turn with numpy's best way, which says itself how fast it was.
fn beside_numpy(python: &str, count: usize, ours: &dyn Fn() -> Outcome<()>) -> Outcome<()> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/src/blocked_grading.py");
    let (mut rates, mut of_numpy, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let begun = Instant::now();
        ours()?;
        let rate = f64::from(u32::try_from(count)?) / begun.elapsed().as_secs_f64();
        let said = Command::new(python).arg(script).output()?;
        let numpy: f64 = String::from_utf8(said.stdout)?.trim().parse()?;
        rates.push(rate);
        of_numpy.push(numpy);
        ratios.push(rate / numpy);
    }
    print(
        "packed answers a second on one core (wished: ahead of numpy)",
        [("graded", &mut rates), ("numpy, in blocks", &mut of_numpy)],
        &mut ratios,
    );
    Ok(())
}
