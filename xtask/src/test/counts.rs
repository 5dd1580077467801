//! How many tests passed and failed, from what the runners say.

/// Numbers of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
}

impl Counts {
    /// One test.
    #[must_use]
    pub const fn one(passed: bool) -> Self {
        if passed { Self { passed: 1, failed: 0 } } else { Self { passed: 0, failed: 1 } }
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// A runner that ended badly without naming a failed test counts as one.
    #[must_use]
    pub const fn checked(self, ok: bool) -> Self {
        if ok || self.failed > 0 { self } else { Self { passed: self.passed, failed: 1 } }
    }

    /// From the summary of cargo-nextest: `Summary [ 1.2s] 5 tests run: 4 passed (1 slow), 1 failed, 0 skipped`.
    #[must_use]
    pub fn of_nextest(text: &str) -> Self {
        let plain = without_colours(text);
        let summary =
            plain.lines().rev().find(|line| line.contains("tests run:") || line.contains("test run:"));
        let summary = summary.unwrap_or_default();
        let failed = before(summary, " failed") + before(summary, " timed out");
        Self { passed: before(summary, " passed"), failed }
    }

    /// From cargo's own runner: `test result: ok. 4 passed; 1 failed; …`, once a program.
    #[must_use]
    pub fn of_cargo(text: &str) -> Self {
        let plain = without_colours(text);
        let results = plain.lines().filter(|line| line.contains("test result:"));
        let count = |line: &str| Self { passed: before(line, " passed"), failed: before(line, " failed") };
        results.map(count).fold(Self::default(), Self::plus)
    }

    /// From node's runner: `# pass 4` and `# fail 1`.
    #[must_use]
    pub fn of_node(text: &str) -> Self {
        let after = |word: &str| {
            let line = text.lines().rev().find_map(|line| line.strip_prefix(word));
            line.and_then(|rest| rest.trim().parse().ok()).unwrap_or(0)
        };
        Self { passed: after("# pass "), failed: after("# fail ") }
    }
}

/// The number that stands before these words.
fn before(line: &str, words: &str) -> usize {
    let Some((head, _)) = line.split_once(words) else { return 0 };
    let digits = head.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    for (at, part) in text.split('\u{1b}').enumerate() {
        let rest = if at == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) };
        plain.push_str(rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runner_is_understood() {
        let nextest =
            "     Summary [   0.8s] 5 tests run: \u{1b}[1m3\u{1b}[0m passed (1 slow), 2 failed, 0 skipped\n";
        assert_eq!(Counts::of_nextest(nextest), Counts { passed: 3, failed: 2 });
        let cargo =
            "test result: ok. 4 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed;\n";
        assert_eq!(Counts::of_cargo(cargo), Counts { passed: 5, failed: 2 });
        assert_eq!(Counts::of_node("# tests 3\n# pass 2\n# fail 1\n"), Counts { passed: 2, failed: 1 });
        assert_eq!(Counts::default().checked(false), Counts { passed: 0, failed: 1 });
    }
}
