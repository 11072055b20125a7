//! What teams used: added up over attempts, by whom each asked, and never over the border of a team or of a time.
#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

use super::fixture::{TurnableClock, act, bare_registry, plan};
use domain::{Clock as _, ProviderUsage, TeamAct, TeamId, Timestamp, Usage, UsedTokens};
use engine::{
    Engine, EngineConfig, NewRun,
    accounts::HOME,
    tools::{Tool, ToolCall, ToolFailure, ToolOutcome},
};
use serde_json::{Map, Value, json};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;

/// Stands for the tool that asks models: says that it used what its inputs say.
#[derive(Debug)]
struct Spender;

#[async_trait::async_trait]
impl Tool for Spender {
    fn name(&self) -> &'static str {
        "ai"
    }

    fn summary(&self) -> &'static str {
        "Spends."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn validate(&self, _inputs: &Map<String, Value>) -> Vec<domain::Fault> {
        Vec::new()
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        let number = |name: &str| call.inputs.get(name).and_then(Value::as_u64);
        let usage = Usage {
            input_tokens: number("in").unwrap_or(0),
            output_tokens: number("out").unwrap_or(0),
            cost_micro_usd: number("cost"),
        };
        let failure = domain::Failure {
            code: "on_purpose".into(),
            message: "On purpose.".into(),
            remedy: None,
            retryable: false,
        };
        if call.inputs.contains_key("fails") {
            let nothing = (None, None, None);
            let (retry_after, exit_code, breaker) = nothing;
            return Err(ToolFailure { failure, retry_after, exit_code, usage: Some(usage), breaker });
        }
        Ok(ToolOutcome { output: Value::Null, usage: Some(usage), ..ToolOutcome::default() })
    }
}

/// A plane whose tool for models is the one that stands for it.
pub(crate) struct Plane {
    pub(crate) dir: TempDir,
    pub(crate) clock: Arc<TurnableClock>,
    pub(crate) engine: Engine,
}

impl Plane {
    pub(crate) async fn new() -> Self {
        Self::over(tempfile::tempdir().expect("a folder"), Arc::default()).await
    }

    /// The same over a folder that may have a database.
    pub(crate) async fn over(dir: TempDir, clock: Arc<TurnableClock>) -> Self {
        let registry = bare_registry(&clock).with(Arc::new(Spender));
        let config = EngineConfig::new(dir.path());
        let engine =
            Engine::open(config, registry, Arc::<TurnableClock>::clone(&clock)).await.expect("the engine opens");
        engine.start();
        Self { dir, clock, engine }
    }

    /// Carries out a plan of one step to its end.
    pub(crate) async fn spend(&self, team: &TeamId, inputs: &Value) -> domain::RunId {
        let plan = plan(json!([{ "name": "ask", "tool": "ai", "inputs": inputs }]));
        let new = NewRun { plan, template: None, team: team.clone(), idempotency_key: None };
        let id = self.engine.create_run(new, &act()).await.expect("a run").run.summary.id;
        self.ended(&id).await;
        id
    }

    pub(crate) async fn ended(&self, id: &domain::RunId) {
        let mut feed = self.engine.run_feed(id, 0, 0).await.expect("the run is there");
        while futures::StreamExt::next(&mut feed).await.is_some() {}
    }

    /// What was used up to now.
    pub(crate) async fn since(&self, team: &TeamId, from: Timestamp) -> domain::TeamUsage {
        let now = self.clock.now().plus(Duration::from_millis(1));
        self.engine.usage(team, from, now).await.expect("usage is read")
    }
}

pub(crate) fn asked(provider: &str, model: &str, [tokens_in, tokens_out, cost]: [u64; 3]) -> Value {
    json!({ "provider": provider, "model": model, "in": tokens_in, "out": tokens_out, "cost": cost })
}

fn line(provider: &str, model: &str, used: [u64; 5]) -> ProviderUsage {
    let [attempts, input_tokens, output_tokens, cost_micro_usd, unpriced_attempts] = used;
    let used = UsedTokens { attempts, input_tokens, output_tokens, cost_micro_usd, unpriced_attempts };
    ProviderUsage { provider: provider.to_owned(), model: Some(model.to_owned()), used }
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_added_up_by_team_provider_and_model() {
    let plane = Plane::new().await;
    let home = TeamId::from(HOME);
    let create = TeamAct::Create { name: "Other".to_owned(), billing_email: None };
    plane.engine.act_on_team(&create, None, &act()).await.expect("a team");
    let teams = plane.engine.teams(&act().caller).await.expect("teams");
    let other = TeamId::from(teams.into_iter().find(|team| team.name == "Other").expect("the team").id);

    plane.spend(&home, &asked("anthropic", "claude-x", [100, 10, 7])).await;
    plane.spend(&home, &asked("anthropic", "claude-x", [50, 5, 3])).await;
    let mut failing = asked("openai", "gpt-x", [8, 0, 1]);
    failing["fails"] = true.into();
    let failed = plane.spend(&home, &failing).await;
    plane.spend(&home, &json!({ "provider": "openai", "model": "unknown", "in": 4, "out": 2 })).await;
    plane.spend(&other, &asked("anthropic", "claude-x", [1_000, 1_000, 1_000])).await;

    let from = Timestamp::from_millis(0);
    let usage = plane.since(&home, from).await;
    let expected = [
        line("anthropic", "claude-x", [2, 150, 15, 10, 0]),
        line("openai", "gpt-x", [1, 8, 0, 1, 0]),
        line("openai", "unknown", [1, 4, 2, 0, 1]),
    ];
    assert_eq!(usage.lines, expected, "each model of each provider, failures included, without the other team");
    assert_eq!(usage.runs_started, 4, "runs of the team");
    let total = (usage.total.input_tokens, usage.total.cost_micro_usd, usage.total.unpriced_attempts);
    assert_eq!(total, (162, 11, 1), "and their sum");
    assert_eq!(usage.prices_as_of.len(), 10, "prices are of a day");
    assert_eq!(plane.since(&other, from).await.total.cost_micro_usd, 1_000, "the other team has its own");

    // A step that is tried again with other inputs has asked somebody else by then.
    let inputs = asked("anthropic", "claude-y", [2, 1, 1]).as_object().cloned();
    plane.engine.retry_step(&failed, "ask", "ask somebody else", inputs, &act()).await.expect("it is tried again");
    plane.ended(&failed).await;
    let usage = plane.since(&home, from).await;
    assert!(usage.lines.contains(&line("openai", "gpt-x", [1, 8, 0, 1, 0])), "what was asked first stays: {usage:?}");
    assert!(usage.lines.contains(&line("anthropic", "claude-y", [1, 2, 1, 1, 0])), "beside the new one: {usage:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_belongs_to_the_time_in_which_it_became_known() {
    let plane = Plane::new().await;
    let home = TeamId::from(HOME);
    plane.spend(&home, &asked("anthropic", "claude-x", [1, 1, 1])).await;
    let middle = plane.clock.now().plus(Duration::from_hours(1));
    plane.clock.turn(Duration::from_hours(2));
    plane.spend(&home, &asked("anthropic", "claude-x", [10, 10, 10])).await;
    let late = plane.since(&home, middle).await;
    assert_eq!((late.total.cost_micro_usd, late.runs_started), (10, 1), "what came after the middle");
    let early = plane.engine.usage(&home, Timestamp::from_millis(0), middle).await.expect("usage is read");
    assert_eq!((early.total.cost_micro_usd, early.runs_started), (1, 1), "and what came before it");
}
