//! Drills: outages of an AI provider that are rehearsed on real HTTP, without any real provider.

use serde::{Deserialize, Serialize};

/// What can be rehearsed, as far as an operator may know it before it begins: what will fail is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillScenario {
    /// Stable, e.g. `overloaded`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What the operator finds, in two or three sentences.
    pub story: String,
    /// How long it lasts from its start, in milliseconds.
    pub lasts_ms: u64,
}

/// A provider that a drill plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DrillProvider {
    /// Messages of Anthropic.
    Anthropic,
    /// Chat Completions of OpenAI.
    Openai,
}

impl DrillProvider {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Anthropic, Self::Openai];

    /// The id of the breaker that a control plane has round it.
    pub const fn breaker(self) -> &'static str {
        match self {
            Self::Anthropic => "ai:anthropic",
            Self::Openai => "ai:openai",
        }
    }
}

/// How a provider fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DrillFault {
    /// Status 529 to every call.
    Overloaded,
    /// Status 429 with `Retry-After` to every call.
    RateLimited,
    /// Status 500 to every call.
    ServerError,
    /// Takes every call and never answers.
    Hanging,
    /// Answers, but so slowly that the work runs out of time.
    SlowStream,
    /// Resets the connection in the middle of every answer.
    CutStream,
    /// Answers something that is not JSON.
    Malformed,
    /// Refuses every connection.
    Unreachable,
}

impl DrillFault {
    /// What is right to do first while it lasts.
    pub const fn first_act(self) -> DrillFirstAct {
        match self {
            // The provider says itself when to come back, and the plane does as it is told.
            Self::RateLimited => DrillFirstAct::Wait,
            Self::Overloaded
            | Self::ServerError
            | Self::Hanging
            | Self::SlowStream
            | Self::CutStream
            | Self::Malformed
            | Self::Unreachable => DrillFirstAct::Isolate,
        }
    }
}

/// What is right to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DrillFirstAct {
    /// Isolate the breaker of the provider, so that work is held instead of failed.
    Isolate,
    /// Leave the breaker alone.
    Wait,
}

/// From when on a provider does what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillPhase {
    /// How long after the start of the drill, in milliseconds.
    pub after_ms: u64,
    /// Which provider.
    pub provider: DrillProvider,
    /// How it fails from then on; `None` means that it is well again.
    pub fault: Option<DrillFault>,
}

/// One request that a provider of a drill saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillRequest {
    /// How long after the start of the drill it came, in milliseconds.
    pub at_ms: u64,
    /// At which provider.
    pub provider: DrillProvider,
    /// How it was failed; `None` means that it was answered well.
    pub fault: Option<DrillFault>,
}
