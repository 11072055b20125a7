//! Arguments of the verbs that read, and the list of verbs on runs, breakers and templates.

use super::acts::{CreateArguments, RetryArguments, RunActArguments, VerdictArguments};
use clap::{Args, Subcommand};
use domain::{BreakerAct, ControlPlaneKind, RunStatus};
use std::{path::PathBuf, time::Duration};

/// What is printed for scripts.
const ROWS: &str = "\
With -o ndjson each line is one document:
  ls                        a run without its steps
  show, watch               {\"event\": ...} and {\"log\": ...}, and the run as {\"run\": ...}
  create and the other acts {\"run\": ...}
With -o json a run is {\"id\", \"status\", \"steps\": [{\"id\", \"name\", \"status\", ...}], ...}; ls prints
{\"items\": [...], \"next\", \"sources\": [...], ...}, where sources say of each connection whether older runs may be
missing (complete) and why it could not be asked (error).";

/// What to do with runs.
#[derive(Debug, Clone, Subcommand)]
#[command(after_help = ROWS)]
pub enum RunsVerb {
    /// List runs, newest first.
    Ls(ListArguments),
    /// Show one run with its steps.
    Show(ShowArguments),
    /// Start a run.
    Create(CreateArguments),
    /// Follow a run until it ends; the exit code says how.
    Watch {
        /// Its id, or a unique beginning of it.
        run: String,
        /// Where to stop waiting.
        #[command(flatten)]
        patience: PatienceArguments,
    },
    /// Try a step again that ended badly.
    RetryStep(RetryArguments),
    /// Stop a run.
    Cancel(RunActArguments),
    /// Say yes to a gate.
    Approve(VerdictArguments<false>),
    /// Say no to a gate.
    Reject(VerdictArguments<true>),
}

impl RunsVerb {
    pub(super) const fn acts(&self) -> bool {
        !matches!(self, Self::Ls(_) | Self::Show(_))
    }
}

/// Which runs to list.
#[derive(Debug, Clone, Args)]
pub struct ListArguments {
    /// Only in this state; may be given more than once.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub status: Vec<RunStatus>,
    /// Only of control planes of this kind; may be given more than once.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Vec<ControlPlaneKind>,
    /// Only those in which this is found: goal, steps, failures, events, logs.
    #[arg(long, value_name = "QUERY")]
    pub search: Option<String>,
    /// Most runs on the page, 1 to 200.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub limit: u32,
    /// Every page instead of the first.
    #[arg(long)]
    pub all: bool,
    /// Go on after a page: the `next` that it ended with.
    #[arg(long, value_name = "KEY", conflicts_with = "all")]
    pub after: Option<String>,
}

/// How long to wait for a control plane that has gone away.
#[derive(Debug, Clone, Copy, Args)]
pub struct PatienceArguments {
    /// Give up with exit code 5 once the control plane has been out of reach for so long; without it, wait for ever.
    #[arg(long, value_name = "SECONDS", value_parser = super::process::seconds)]
    pub timeout: Option<Duration>,
}

/// What to show of a run.
#[derive(Debug, Clone, Args)]
pub struct ShowArguments {
    /// Its id, or a unique beginning of it.
    pub run: String,
    /// Also everything that happened.
    #[arg(long)]
    pub events: bool,
    /// Also everything that its steps printed.
    #[arg(long)]
    pub logs: bool,
}

/// What to do with breakers.
#[derive(Debug, Clone, Subcommand)]
pub enum BreakersVerb {
    /// List breakers.
    Ls,
    /// The runs and steps that a breaker of a control plane failed, holds up or is about to meet.
    BlastRadius {
        /// Its id, as `breakers ls` shows it.
        id: String,
    },
    /// What happened lately to a breaker, newest first.
    History {
        /// Its id, as `breakers ls` shows it.
        id: String,
    },
    /// Close a breaker by hand.
    Reset(BreakerActArguments),
    /// Let the next call through an open breaker as a probe.
    Probe(BreakerActArguments),
    /// Let a breaker refuse every call for a time.
    Isolate {
        /// For how many minutes.
        #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=i64::from(BreakerAct::LONGEST_MINUTES)))]
        minutes: u32,
        /// Which one, and why.
        #[command(flatten)]
        given: BreakerActArguments,
    },
    /// End every isolation of a breaker.
    Release(BreakerActArguments),
}

/// A breaker, and why something is done to it.
#[derive(Debug, Clone, Args)]
pub struct BreakerActArguments {
    /// Its id, as `breakers ls` shows it.
    pub id: String,
    /// Why, 1 to 500 characters; kept in the record of acts.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// How to judge readiness.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ReadinessArguments {
    /// What to do with what was found; probe when left out.
    #[command(subcommand)]
    pub verb: Option<ReadinessVerb>,
    /// End with exit code 7 if the score, 0 to 100, is below this.
    #[arg(long, value_name = "SCORE", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub fail_under: Option<u32>,
    /// Only this check; may be given more than once.
    #[arg(long, value_name = "ID")]
    pub check: Vec<String>,
}

/// What to do with what was found.
#[derive(Debug, Clone, Subcommand)]
pub enum ReadinessVerb {
    /// Write what was last probed, with all evidence, as one file. Nothing is probed for it.
    Report {
        /// Where to; the ending, `.html` or `.md`, decides the form.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Replace the file if there is one.
        #[arg(long)]
        force: bool,
    },
}

/// What to do with templates.
#[derive(Debug, Clone, Subcommand)]
pub enum TemplatesVerb {
    /// List templates and their blanks.
    Ls,
    /// Fill in a template and print the plan, e.g. for `breakwater runs create -f -`.
    Plan {
        /// Its id, as `templates ls` shows it.
        id: String,
        /// A blank and its value; may be given more than once.
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
        set: Vec<(String, String)>,
    },
}

fn kind(text: &str) -> Result<ControlPlaneKind, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "use one of breakwater, nofx, store-platform, fuzzyllama".to_owned())
}

fn status(text: &str) -> Result<RunStatus, String> {
    text.parse().map_err(|_| {
        let known: Vec<_> = RunStatus::ALL.iter().map(|status| status.as_str()).collect();
        format!("one of {}", known.join(", "))
    })
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
