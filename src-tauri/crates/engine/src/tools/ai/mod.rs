//! `ai`: asks a model a question over HTTP and streams the answer into the log.
//!
//! Inputs: `provider` (anthropic or openai), `model`, `prompt` or `messages` [{role, content}], `system`, `max_tokens`
//! (1,024), `temperature`, `api_key` (a named source; otherwise the keychain and then the environment are asked). A breaker
//! stands round each provider, and a try that may succeed the next time is made again, unless the plan retries the step
//! itself. With no key the step fails and says so; there is no made-up answer. Deliberately absent: a base address in the
//! plan, which could send the key anywhere.

mod exchange;
#[cfg(test)]
mod outages;
mod prices;
mod provider;
mod request;
#[cfg(test)]
mod tests;

pub use prices::Prices;

use super::{
    Tool, ToolCall, ToolFailure, ToolOutcome,
    breakers::{self, BreakerSet, Met},
    clip, duration,
    given::Sources,
    millis,
    process::capture::Recorder,
    redact::Redactor,
    web,
};
use domain::{BreakerVerdict, Fault, LogStream, Secret, Usage};
use parking_lot::Mutex;
use provider::{Answer, Provider, Question, Refusal};
use reliability::{
    Random,
    breaker::{Breaker, CallError, Outcome},
    correlation::CorrelationId,
    retry::{Budget, Retry, RetryEvent, RetryPolicy, Verdict},
};
use request::Request;
use reqwest::Client;
use serde_json::{Map, Value, json};
use std::{sync::Arc, time::Duration};

/// Longest silence of a provider, before its answer and within it.
const SILENCE: Duration = Duration::from_mins(1);
/// Most output that a step hands on, in bytes; the log has all of it.
const OUTPUT_CAP: usize = 128 * 1024;
/// Most of an answer that is logged, in bytes.
const LOG_CAP: usize = 1024 * 1024;

/// Where the providers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiEndpoints {
    /// Base address for Anthropic Messages.
    pub anthropic: String,
    /// Base address for OpenAI Chat Completions.
    pub openai: String,
}

impl Default for AiEndpoints {
    fn default() -> Self {
        Self { anthropic: "https://api.anthropic.com".to_owned(), openai: "https://api.openai.com/v1".to_owned() }
    }
}

/// The tool.
#[derive(Debug)]
pub(crate) struct Ai {
    pub(crate) sources: Sources,
    pub(crate) breakers: Arc<BreakerSet>,
    pub(crate) endpoints: AiEndpoints,
    pub(crate) prices: Prices,
    /// How a question is asked again, by provider; the budget of each is shared by all questions to it.
    pub(crate) retries: [Retry; 2],
    pub(crate) silence: Duration,
    pub(crate) client: Result<Client, ToolFailure>,
}

/// What all tries at one question have used up, and which breaker they met.
#[derive(Debug, Default)]
struct Spent {
    input_tokens: u64,
    output_tokens: u64,
    known: bool,
    model: Option<String>,
    breaker: Option<Met>,
}

impl Ai {
    /// Makes the tool, and its client with it.
    pub(crate) fn new(
        sources: Sources,
        breakers: Arc<BreakerSet>,
        endpoints: AiEndpoints,
        prices: Prices,
        policy: RetryPolicy,
        random: Random,
    ) -> Self {
        let client = web::client_of(&[&endpoints.anthropic, &endpoints.openai]);
        let retries = [Retry::new(policy.clone(), random.clone()), Retry::new(policy, random)]
            .map(|retry| retry.with_budget(Budget::standard()));
        Self { sources, breakers, endpoints, prices, retries, silence: SILENCE, client }
    }

    async fn key(&self, request: &Request, redactor: &mut Redactor) -> Result<Secret, ToolFailure> {
        if let Some(given) = &request.key {
            return given.fetch(&self.sources, &Map::new(), redactor).await.map(Secret::new);
        }
        let (kept, variable) = request.provider.key_names();
        let found = match self.sources.secrets.get(kept).await {
            Some(secret) => Some(secret),
            None => self.sources.environment.get(variable).map(Secret::new),
        };
        let found = found.filter(|secret| !secret.expose().trim().is_empty()).ok_or_else(|| {
            let message = format!("There is no key for {}.", request.provider.title());
            let remedy = format!("Store one in the keychain as {kept}, or set {variable} and start the control plane again; then retry the step.");
            ToolFailure::permanent("no_credential", message).remedy(remedy)
        })?;
        redactor.hide(&found);
        // A line end at the end of what was kept is nobody's wish.
        let trimmed = found.expose().trim();
        if trimmed.chars().any(|c| !c.is_ascii_graphic()) {
            let message = format!("The key for {} holds characters that no key has.", request.provider.title());
            return Err(ToolFailure::permanent("no_credential", message).remedy("Store it again, then retry the step."));
        }
        Ok(Secret::new(trimmed))
    }

    async fn question<'a>(
        &self,
        request: &'a Request,
        call: &ToolCall,
        redactor: &mut Redactor,
    ) -> Result<Question<'a>, ToolFailure> {
        let mut messages = Vec::with_capacity(request.messages.len());
        for (role, given) in &request.messages {
            messages.push((*role, given.fetch(&self.sources, &call.upstream, redactor).await?));
        }
        let system = match request.system.clone() {
            Some(given) => Some(given.fetch(&self.sources, &call.upstream, redactor).await?),
            None => None,
        };
        let Request { model, max_tokens, temperature, .. } = request;
        Ok(Question { model, system, messages, max_tokens: *max_tokens, temperature: *temperature })
    }

    /// One try, which the breaker has let through.
    async fn attempt(&self, asked: &Asked<'_>, breaker: &Breaker, spent: &Mutex<Spent>) -> Result<Answer, Refusal> {
        let provider = asked.provider;
        let met = self.breakers.called(breaker);
        spent.lock().breaker.get_or_insert(met);
        let client = self.client.as_ref().map_err(|failed| (failed.clone(), Outcome::Ignored))?;
        let mut builder =
            client.post(&asked.address).header("content-type", "application/json").body(asked.body.clone());
        for (name, value) in provider.headers(asked.key.expose()) {
            builder = builder.header(name, value);
        }
        let mut tried = Tried { answer: Answer::default(), spent };
        let mut recorder = Recorder::new(asked.call.log.clone(), asked.redactor.clone(), LOG_CAP, false);
        let now = self.breakers.now();
        let exchanged = exchange::ask(provider, builder, self.silence, now, &mut tried.answer, &mut recorder).await;
        let answer = tried.counted();
        if let Some(met) = &mut spent.lock().breaker {
            met.heard(exchanged.as_ref().err().map_or(Outcome::Success, |(_, outcome)| *outcome));
        }
        exchanged.map(|()| answer)
    }

    async fn ask(&self, request: &Request, call: &ToolCall, spent: &Mutex<Spent>) -> Result<Value, ToolFailure> {
        let mut redactor = Redactor::default();
        let key = self.key(request, &mut redactor).await?;
        let question = self.question(request, call, &mut redactor).await?;
        let provider = request.provider;
        let (address, body) = (provider.address(&self.endpoints), provider.body(&question).to_string());
        let asked = Asked { provider, address, body, key, redactor, call };
        call.log.line(LogStream::System, &format!("Asking {} of {}.", clip(&request.model, 200), provider.title()));
        let pipeline = self.breakers.of_ai(provider.breaker()).retry(self.retries[provider as usize].clone());
        let answered = pipeline
            .run_observed(
                CorrelationId::accept(&call.correlation_id),
                |_| self.attempt(&asked, pipeline.breaker(), spent),
                |result| result.as_ref().map_or_else(|(_, outcome)| *outcome, |_| Outcome::Success),
                |error| if call.plan_retries { Verdict::NonRetryable } else { judge(error) },
                |event| tell(&event, call),
            )
            .await;
        let answer = answered.map_err(|error| breakers::explain(error, || provider.silent().0))?;
        Ok(self.output(request, &answer, &asked.redactor, spent))
    }

    fn output(&self, request: &Request, answer: &Answer, redactor: &Redactor, spent: &Mutex<Spent>) -> Value {
        let text = redactor.clean(&answer.text);
        let end = (0..=text.len().min(OUTPUT_CAP)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        let usage = self.usage(request, &spent.lock());
        json!({
            "text": text[..end],
            "text_cut": end < text.len(),
            "stop_reason": answer.stop_reason,
            "model": answer.model.as_deref().unwrap_or(&request.model),
            "usage": usage,
            "priced_as_of": usage.and_then(|usage| usage.cost_micro_usd).map(|_| self.prices.as_of()),
        })
    }

    fn usage(&self, request: &Request, spent: &Spent) -> Option<Usage> {
        let model = spent.model.as_deref().unwrap_or(&request.model);
        let usage = |model: &str| self.prices.usage(model, spent.input_tokens, spent.output_tokens);
        let priced = Some(usage(model)).filter(|usage| usage.cost_micro_usd.is_some());
        spent.known.then(|| priced.unwrap_or_else(|| usage(&request.model)))
    }
}

/// A question on its way.
#[derive(Debug)]
struct Asked<'a> {
    provider: Provider,
    address: String,
    body: String,
    key: Secret,
    redactor: Redactor,
    call: &'a ToolCall,
}

/// One try. What it used up counts also when it is cut short, by a cancel or a time limit.
#[derive(Debug)]
struct Tried<'a> {
    answer: Answer,
    spent: &'a Mutex<Spent>,
}

impl Tried<'_> {
    /// Counts it now; the rest of it counts for nothing.
    fn counted(mut self) -> Answer {
        let answer = std::mem::take(&mut self.answer);
        self.spent.lock().add(&answer);
        answer
    }
}

impl Drop for Tried<'_> {
    fn drop(&mut self) {
        self.spent.lock().add(&self.answer);
    }
}

impl Spent {
    fn add(&mut self, answer: &Answer) {
        self.input_tokens += answer.input_tokens.unwrap_or(0);
        self.output_tokens += answer.output_tokens.unwrap_or(0);
        self.known |= answer.input_tokens.is_some() || answer.output_tokens.is_some();
        if answer.model.is_some() {
            self.model.clone_from(&answer.model);
        }
    }
}

fn judge(error: &CallError<Refusal>) -> Verdict {
    match error {
        CallError::Inner((failed, _)) if !failed.failure.retryable => Verdict::NonRetryable,
        CallError::Inner((ToolFailure { retry_after: Some(wait), .. }, _)) => Verdict::RetryAfter(*wait),
        CallError::Inner(_) | CallError::TimedOut { .. } => Verdict::Retryable,
        // An open breaker is waited for by the scheduler, which holds no slot meanwhile.
        CallError::Rejected(_) => Verdict::NonRetryable,
    }
}

fn tell(event: &RetryEvent<'_, CallError<Refusal>>, call: &ToolCall) {
    let (error, what_follows) = match event {
        RetryEvent::Retrying { number, after, error } => {
            let wait = duration::spell(Duration::from_millis(millis(*after)));
            (error, format!("Retry {number} follows in {wait}."))
        }
        RetryEvent::BudgetExhausted { error, .. } => {
            (error, "It is not asked again: too many questions fail for that to help.".to_owned())
        }
    };
    let what = match error {
        CallError::Inner((failed, _)) => failed.failure.message.as_str(),
        CallError::TimedOut { .. } | CallError::Rejected(_) => "The call was stopped.",
    };
    call.log.line(LogStream::System, &format!("{what} {what_follows}"));
}

#[async_trait::async_trait]
impl Tool for Ai {
    fn name(&self) -> &'static str {
        "ai"
    }

    fn summary(&self) -> &'static str {
        "Asks a model of Anthropic or OpenAI and streams the answer."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_mins(15)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        request::read(inputs).err().unwrap_or_default()
    }

    fn breaker(&self, inputs: &Map<String, Value>) -> Option<String> {
        request::read(inputs).ok().map(|request| request.provider.breaker().to_owned())
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        let request = request::read(&call.inputs).map_err(|faults| ToolFailure::inputs(&faults))?;
        let spent = Mutex::new(Spent::default());
        let asked = tokio::select! {
            () = call.cancel.cancelled() => Err(ToolFailure::cancelled()),
            asked = self.ask(&request, &call, &spent) => asked,
        };
        let spent = spent.into_inner();
        let usage = self.usage(&request, &spent);
        match asked {
            // What was asked again until it was answered has been answered.
            Ok(output) => {
                let breaker = spent.breaker.map(|met| Met { verdict: BreakerVerdict::Success, ..met });
                Ok(ToolOutcome { output, exit_code: None, usage, breaker })
            }
            Err(failed) => {
                Err(ToolFailure { usage, breaker: Met::joined(spent.breaker, failed.breaker.clone()), ..failed })
            }
        }
    }
}
