//! Query parameters: read once, judged all together, so that an answer names every fault.

use crate::{plain::cut, refusal::Refusal};
use axum::{extract::Query, http::Uri};
use domain::{Fault, PageRequest, RunStatus};

/// The parameters of one request.
#[derive(Debug)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Parameters {
    /// Reads the parameters. Names other than `known` are faults: a misspelt one would otherwise be silently without effect.
    pub(crate) fn read(uri: &Uri, known: &[&str]) -> Result<Self, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Refusal::malformed("the query of the URL cannot be read"))?;
        let mut parameters = Self { pairs, faults: Vec::new() };
        let unknown: Vec<_> = parameters
            .pairs
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| !known.contains(&name.as_str()))
            .collect();
        for name in unknown {
            let remedy = if known.is_empty() { "leave it out".to_owned() } else { format!("use {}", known.join(", ")) };
            parameters.fault(
                &cut(&name, 100),
                "unknown_parameter",
                "this parameter is not known here".to_owned(),
                remedy,
            );
        }
        Ok(parameters)
    }

    /// Refuses parameters of an operation that takes none, for handlers that do not look at the URL.
    pub(crate) fn none(uri: &Uri) -> Result<(), Refusal> {
        Self::read(uri, &[])?.finish()
    }

    /// The page that is wanted.
    pub(crate) fn page(&mut self) -> PageRequest {
        let limit = self.number("limit", 1, PageRequest::MAX_LIMIT.into(), PageRequest::default().limit.into());
        PageRequest { after: self.text("after"), limit: u32::try_from(limit).unwrap_or(PageRequest::MAX_LIMIT) }
    }

    /// A text; empty counts as absent.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.once(name).filter(|value| !value.is_empty())
    }

    /// What a parameter says that is given at most once.
    fn once(&mut self, name: &str) -> Option<String> {
        let mut values = self.pairs.iter().filter(|(found, _)| found == name).map(|(_, value)| value.clone());
        let first = values.next();
        if values.next().is_some() {
            self.fault(name, "duplicate", format!("{name} is given more than once"), "give it once".to_owned());
        }
        first
    }

    /// A whole number within bounds, or its default.
    pub(crate) fn number(&mut self, name: &str, least: u64, most: u64, default: u64) -> u64 {
        let Some(text) = self.once(name) else { return default };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                let remedy = match most {
                    u64::MAX => format!("give a whole number from {least} on"),
                    _ => format!("give a whole number from {least} to {most}"),
                };
                self.fault(name, "range", format!("{name} is not a whole number within its bounds"), remedy);
                default
            }
        }
    }

    /// States of runs, repeated or separated by commas.
    pub(crate) fn statuses(&mut self) -> Vec<RunStatus> {
        let given: Vec<_> =
            self.pairs.iter().filter(|(name, _)| name == "status").map(|(_, value)| value.clone()).collect();
        let mut statuses = Vec::new();
        for word in given.iter().flat_map(|value| value.split(',')).map(str::trim) {
            match word.parse() {
                Ok(status) if statuses.contains(&status) => {}
                Ok(status) => statuses.push(status),
                Err(_) => {
                    let known: Vec<_> = RunStatus::ALL.iter().map(|status| status.as_str()).collect();
                    let remedy = format!("use {}", known.join(", "));
                    self.fault(
                        "status",
                        "unknown_status",
                        "this is not the name of a state of a run".to_owned(),
                        remedy,
                    );
                }
            }
        }
        statuses
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, name: &str, rule: &str, message: String, remedy: String) {
        self.faults.push(Fault { path: format!("query.{name}"), rule: rule.to_owned(), message, remedy });
    }

    /// Refuses the request if anything was wrong.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(&self.faults)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;
    use domain::RunStatus;

    fn read(uri: &str) -> Parameters {
        Parameters::read(&uri.parse().expect("a URL"), &["limit", "after", "status"]).expect("a query")
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let mut parameters = read("/runs?limit=0&status=queued,lost&limt=3&after=a&after=b");
        parameters.page();
        parameters.statuses();
        let refusal = parameters.finish().expect_err("four things are wrong");
        let faults = refusal.details["faults"].as_array().expect("a list").clone();
        let paths: Vec<_> = faults.iter().map(|fault| fault["path"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(paths, ["query.limt", "query.limit", "query.after", "query.status"], "each with its place");
    }

    #[test]
    fn what_is_absent_has_its_default() {
        let mut parameters = read("/runs?status=failed,queued&status=failed&after=");
        let page = parameters.page();
        assert_eq!((page.limit, page.after), (50, None), "the first fifty");
        assert_eq!(parameters.statuses(), [RunStatus::Failed, RunStatus::Queued], "each state once");
        parameters.finish().expect("nothing is wrong");
    }
}
