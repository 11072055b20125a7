//! Counts tests by what the test runners print, so that a stage that runs none cannot pass unnoticed.

use crate::failure::Failure;

/// How many tests ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Ended well.
    pub(super) passed: u64,
    /// Did not.
    pub(super) failed: u64,
    /// Were left out.
    pub(super) ignored: u64,
}

impl Count {
    /// Takes in a line of output: `test result: …` of cargo, or `Tests …` of Vitest and of the browser tests.
    pub(super) fn take(&mut self, line: &str) {
        let line = without_colour(line);
        let line = line.trim();
        let Some(numbers) = line.strip_prefix("test result:").or_else(|| line.strip_prefix("Tests ")) else { return };
        let mut before: Option<u64> = None;
        for word in numbers.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            match (word, before) {
                ("passed", Some(number)) => self.passed += number,
                ("failed", Some(number)) => self.failed += number,
                ("ignored" | "skipped", Some(number)) => self.ignored += number,
                _ => {}
            }
            before = word.parse().ok();
        }
    }

    /// The count, if there is anything to count.
    pub(super) fn at_least_one(self) -> Result<Option<Self>, Failure> {
        if self.passed == 0 {
            return Err(Failure::new("no test ran", "Find out why: a stage without tests proves nothing."));
        }
        Ok(Some(self))
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} ignored", self.passed, self.failed, self.ignored)
    }
}

fn without_colour(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn both_runners_are_understood_and_summed() {
        let mut count = Count::default();
        count.take("test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        count.take("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | \u{1b}[32m30 passed\u{1b}[39m (31)");
        count.take("running 12 tests");
        assert_eq!(count, Count { passed: 42, failed: 1, ignored: 2 }, "numbers stand before their word");
    }

    #[test]
    fn a_stage_that_ran_nothing_does_not_pass() {
        assert!(Count::default().at_least_one().is_err(), "nothing ran, nothing is shown");
    }
}
