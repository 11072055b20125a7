//! The one list of tools, made from what the composition root gives.

use super::{
    Conduct, Tool,
    ai::{Ai, AiEndpoints, Prices},
    breakers::BreakerSet,
    echo::Echo,
    fail::Fail,
    gate::Gate,
    given::{EnvironmentSource, SecretSource, Sources},
    http::Http,
    manual::Manual,
    shell::Shell,
    wait::Wait,
};
use domain::Fault;
use reliability::{Random, retry::RetryPolicy};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Longest free name after `gate:` and `manual:`.
const LONGEST_NAME: usize = 60;

/// What the tools are given.
#[derive(Debug, Clone)]
pub struct Toolbox {
    /// Secrets that a plan may name.
    pub secrets: Arc<dyn SecretSource>,
    /// Variables that a plan may name, and that commands are passed.
    pub environment: Arc<dyn EnvironmentSource>,
    /// Where the AI providers are.
    pub ai: AiEndpoints,
    /// What their tokens cost.
    pub prices: Prices,
    /// How a question to a model is tried again when the plan does not say.
    pub ai_retry: RetryPolicy,
    /// Spreads these retries.
    pub random: Random,
    /// The breakers, shared with whoever shows and resets them.
    pub breakers: Arc<BreakerSet>,
}

/// Every tool that a plan may name.
#[derive(Debug, Clone)]
pub struct Registry {
    tools: Vec<Arc<dyn Tool>>,
    breakers: Arc<BreakerSet>,
    prices_as_of: Arc<str>,
}

impl Registry {
    /// Makes every tool.
    pub fn new(toolbox: Toolbox) -> Self {
        let Toolbox { secrets, environment, ai, prices, ai_retry, random, breakers } = toolbox;
        let sources = Sources { secrets, environment };
        let prices_as_of = Arc::from(prices.as_of());
        let tools: Vec<Arc<dyn Tool>> = vec![
            Arc::new(Shell { sources: sources.clone() }),
            Arc::new(Gate { sources: sources.clone() }),
            Arc::new(Manual),
            Arc::new(Http::new(sources.clone(), breakers.clone())),
            Arc::new(Ai::new(sources, breakers.clone(), ai, prices, ai_retry, random)),
            Arc::new(Wait),
            Arc::new(Echo),
            Arc::new(Fail),
        ];
        Self { tools, breakers, prices_as_of }
    }

    /// Adds a tool. It wins over an earlier one of the same name.
    #[must_use]
    pub fn with(mut self, tool: Arc<dyn Tool>) -> Self {
        self.tools.insert(0, tool);
        self
    }

    /// Leaves these tools and no others.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Self {
        self.tools.retain(|tool| names.contains(&tool.name()));
        self
    }

    /// The tool of that name; `gate:` and `manual:` are followed by 1 to 60 visible characters.
    pub fn find(&self, name: &str) -> Option<&Arc<dyn Tool>> {
        self.tools.iter().find(|tool| match name.strip_prefix(tool.name()) {
            Some("") => !tool.name().ends_with(':'),
            Some(free) => tool.name().ends_with(':') && is_free_name(free),
            None => false,
        })
    }

    /// How the scheduler treats the tool of that name; `None` if there is no such tool.
    pub fn conduct(&self, name: &str) -> Option<Conduct> {
        self.find(name).map(|tool| tool.conduct())
    }

    /// The breaker that a step of this tool meets with these inputs, as far as that is known beforehand.
    pub fn breaker(&self, name: &str, inputs: &Map<String, Value>) -> Option<String> {
        self.find(name).and_then(|tool| tool.breaker(inputs))
    }

    /// Every name, in a fixed order; a trailing `:` means that a free name follows.
    pub fn names(&self) -> Vec<&'static str> {
        self.tools.iter().map(|tool| tool.name()).collect()
    }

    /// Every tool, in the same order.
    pub fn tools(&self) -> &[Arc<dyn Tool>] {
        &self.tools
    }

    /// Every fault of these inputs; paths are relative to the inputs. An unknown tool has none: that is the plan's fault.
    pub fn validate(&self, name: &str, inputs: &Map<String, Value>) -> Vec<Fault> {
        self.find(name).map(|tool| tool.validate(inputs)).unwrap_or_default()
    }

    /// The day on which the prices of tokens were true; empty if there is no table of them.
    pub fn prices_as_of(&self) -> &str {
        &self.prices_as_of
    }

    /// The breakers round what the tools call.
    pub fn breakers(&self) -> &Arc<BreakerSet> {
        &self.breakers
    }
}

fn is_free_name(name: &str) -> bool {
    name.chars().count() <= LONGEST_NAME && name.chars().all(|c| !c.is_whitespace() && !super::is_deceptive(c))
}
