//! Measurements in the text format of Prometheus, as far as probes look at them: whole numbers, by one label at most.

use std::collections::BTreeMap;

/// What a plane measured.
#[derive(Debug, Default)]
pub(crate) struct Measured(Vec<(String, u64)>);

impl Measured {
    /// Lines that are no whole number are left out.
    pub(crate) fn read(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let sample = |line: &str| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Self(text.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect())
    }

    /// A number without labels.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// The numbers of a family, added up by the value of one label.
    pub(crate) fn by_label(&self, family: &str, label: &str) -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        for (name, value) in &self.0 {
            let Some(labels) = name.strip_prefix(family).filter(|rest| rest.starts_with('{')) else { continue };
            let Some((_, rest)) = labels.split_once(&format!("{label}=\"")) else { continue };
            let value_of = rest.split('"').next().unwrap_or_default();
            let sum: &mut u64 = sums.entry(value_of.to_owned()).or_default();
            *sum = sum.saturating_add(*value);
        }
        sums
    }

    /// How many families there are.
    pub(crate) fn families(&self) -> usize {
        let names = self.0.iter().map(|(name, _)| name.split('{').next().unwrap_or_default());
        names.collect::<std::collections::BTreeSet<_>>().len()
    }
}

#[cfg(test)]
mod tests {
    use super::Measured;

    #[test]
    fn numbers_are_found_with_and_without_labels() {
        let text = b"# HELP a b\nslots 4\nhttp{method=\"GET\",status=\"200\"} 3\nhttp{status=\"200\"} 2\nhttp{status=\"503\"} 1\nhalf 0.5\n<html>\n";
        let measured = Measured::read(text);
        assert_eq!(measured.number("slots"), Some(4), "one without labels");
        assert_eq!(measured.number("half"), None, "what is no whole number is left out");
        let by_status = measured.by_label("http", "status");
        assert_eq!((by_status.get("200"), by_status.get("503")), (Some(&5), Some(&1)), "added up by label");
        assert_eq!(measured.families(), 2, "slots and http");
    }
}
