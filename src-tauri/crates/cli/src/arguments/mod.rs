//! Every argument that the executable understands. The help text here is the manual.

mod acts;
mod audit;
mod drill;
mod process;
mod reads;

pub use acts::{
    ConnectionsVerb, CreateArguments, EditArguments, EnvironmentName, RetryArguments, RunActArguments, SignInArguments,
    VerdictArguments,
};
pub use audit::AuditVerb;
pub use drill::DrillVerb;
pub use process::{PlaneArguments, PlaneVerb, ServeArguments, TokenVerb};
pub use reads::{
    BreakerActArguments, BreakersVerb, ListArguments, ReadinessArguments, ReadinessVerb, RunsVerb, ShowArguments,
    TemplatesVerb,
};

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum, error::ErrorKind};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a fault of this program; the correlation id finds it in the log
  2  wrong usage
  3  there is no such run, step, connection or template
  4  refused: the input is invalid, or the state or a lock does not allow it
  5  the control plane cannot be reached, and the cache has no answer
  6  the run that was watched failed or was cancelled
  7  readiness is below the bound of --fail-under
  8  doctor found something that is not as it should be, or audit verify a chain that is not whole

Environment:
  BREAKWATER_DATA_DIR  like --data-dir
  BREAKWATER_TOKEN     the token of the connection named with --connection, for this one command
  BREAKWATER_LOG       what is logged to the terminal, e.g. `info` or `engine=debug`
  NO_COLOR             no colour, whatever the terminal can do";

/// Operations console with a control plane built in.
///
/// Without a verb the window opens. Every verb answers on the terminal; `serve` opens the same console in a browser.
/// With no connection named, the built-in control plane of the data directory is meant. Verbs that read answer from the
/// cache when there is no control plane; verbs that act start the built-in one in the background when it is not running.
#[derive(Debug, Clone, Parser)]
#[command(name = "breakwater", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub struct Arguments {
    /// What holds for every verb.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do; the window when left out.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

impl Arguments {
    /// Reads the command line. Wrong usage ends the process with code 2, help and version with code 0.
    pub fn from_command_line() -> Self {
        Self::parse().consistent().unwrap_or_else(|error| error.exit())
    }

    /// A setting that the verb has no use for is refused: whoever gave it expects it to mean something.
    fn consistent(self) -> Result<Self, clap::Error> {
        let takes_connection = match &self.verb {
            Some(
                Verb::Serve(_)
                | Verb::Plane(_)
                | Verb::Token(_)
                | Verb::Audit(_)
                | Verb::Terminal(TerminalVerb::Drill(_)),
            ) => false,
            Some(Verb::Terminal(TerminalVerb::Connections(verb))) => matches!(verb, ConnectionsVerb::Ls),
            Some(Verb::Terminal(_)) | None => true,
        };
        let refused = |message: &str| Err(Self::command().error(ErrorKind::ArgumentConflict, message));
        if !takes_connection && self.settings.connection.is_some() {
            return refused("--connection has no meaning for this verb; leave it out");
        }
        let is_of_readiness = matches!(self.settings.output, Output::Junit | Output::Markdown);
        let lists_checks = match &self.verb {
            Some(Verb::Terminal(TerminalVerb::Readiness(arguments))) => arguments.verb.is_none(),
            _ => false,
        };
        if is_of_readiness && !lists_checks {
            return refused(
                "--output junit and markdown have a meaning for `readiness` only; choose table, json or ndjson",
            );
        }
        Ok(self)
    }
}

/// What holds for every verb.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Where everything is kept: cache, built-in control plane, logs.
    #[arg(long, global = true, env = "BREAKWATER_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// How to answer.
    #[arg(short, long, global = true, value_enum, default_value_t = Output::Table, value_name = "FORMAT")]
    pub output: Output,
    /// Only this connection, by name or id.
    #[arg(long, global = true, value_name = "NAME")]
    pub connection: Option<String>,
    /// Answer from the cache alone and contact nothing.
    #[arg(long, global = true)]
    pub offline: bool,
    /// Log to the terminal too; twice for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

impl Settings {
    /// The form of everything that has no form of its own.
    pub const fn format(&self) -> Format {
        match self.output {
            Output::Table | Output::Junit | Output::Markdown => Format::Table,
            Output::Json => Format::Json,
            Output::Ndjson => Format::Ndjson,
        }
    }
}

/// How to answer, as the command line says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Table,
    /// One document.
    Json,
    /// One document per line and item, as they come.
    Ndjson,
    /// Of `readiness` only: `JUnit` XML, a test for each check.
    Junit,
    /// Of `readiness` only: the table of points in Markdown.
    Markdown,
}

/// The form of an answer that every verb knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Table,
    /// One document.
    Json,
    /// One document per line and item, as they come.
    Ndjson,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Open the console in a browser: serve it on loopback and print its address with a one-time token.
    Serve(ServeArguments),
    /// Run the built-in control plane alone, until SIGTERM or Ctrl-C.
    Plane(PlaneArguments),
    /// Tokens by which others reach the built-in control plane over TCP.
    #[command(subcommand)]
    Token(TokenVerb),
    /// What was done and refused on the built-in control plane, in a chain that shows what was changed in it.
    #[command(subcommand)]
    Audit(AuditVerb),
    /// What is asked of the console.
    #[command(flatten)]
    Terminal(TerminalVerb),
}

/// What is asked of the console.
#[derive(Debug, Clone, Subcommand)]
pub enum TerminalVerb {
    /// Runs: list, show, start, watch, retry, stop, decide.
    #[command(subcommand)]
    Runs(RunsVerb),
    /// What is wrong now, and whom it hurts, what hurts most first.
    Triage,
    /// What the console has told on the desktop lately: what still holds first, then what is over.
    Notices,
    /// Circuit breakers of this console and of every control plane that shows its own.
    #[command(subcommand)]
    Breakers(BreakersVerb),
    /// Probe whether everything is ready, and print the score with its evidence.
    Readiness(ReadinessArguments),
    /// Control planes that this console reaches.
    #[command(subcommand)]
    Connections(ConnectionsVerb),
    /// Plans with blanks.
    #[command(subcommand)]
    Templates(TemplatesVerb),
    /// Find text in everything that the cache holds: goals, steps, failures, events, logs.
    Search {
        /// Words; the last may be incomplete.
        query: String,
        /// Hits wanted, 1 to 100.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
    },
    /// Rehearse an outage of an AI provider, on this machine alone.
    #[command(subcommand)]
    Drill(DrillVerb),
    /// Say what this installation is made of and what is wrong with it.
    Doctor,
}

impl TerminalVerb {
    /// Whether a control plane must be there for it; the others can be answered from the cache.
    pub const fn acts(&self) -> bool {
        match self {
            Self::Runs(verb) => verb.acts(),
            Self::Templates(verb) => matches!(verb, TemplatesVerb::Plan { .. }),
            Self::Breakers(verb) => {
                !matches!(verb, BreakersVerb::Ls | BreakersVerb::History { .. } | BreakersVerb::BlastRadius { .. })
            }
            // A drill has a plane of its own.
            Self::Triage
            | Self::Notices
            | Self::Readiness(_)
            | Self::Connections(_)
            | Self::Search { .. }
            | Self::Drill(_)
            | Self::Doctor => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, ConnectionsVerb, Format, RunsVerb, TerminalVerb, Verb};
    use clap::{CommandFactory as _, Parser as _, error::ErrorKind};

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split_whitespace())
    }

    fn terminal(line: &str) -> TerminalVerb {
        match parse(line).expect("the line is understood").verb {
            Some(Verb::Terminal(verb)) => verb,
            other => panic!("{line} is for the terminal, not {other:?}"),
        }
    }

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_verb_means_the_window_and_settings_stand_anywhere() {
        assert!(parse("breakwater").expect("no argument is needed").verb.is_none(), "the window is the default");
        let after = parse("breakwater runs ls -o json --data-dir /tmp/x").expect("settings may follow the verb");
        assert_eq!(after.settings.format(), Format::Json, "the format is taken from behind the verb");
        let before = parse("breakwater --offline runs ls").expect("settings may stand before the verb");
        assert!(before.settings.offline, "and from before it");
    }

    #[test]
    fn acts_are_told_from_reads() {
        for line in [
            "runs ls",
            "runs show r1",
            "connections ls",
            "readiness",
            "search disk",
            "doctor",
            "breakers ls",
            "breakers history b1",
            "breakers blast-radius b1",
            "triage",
            "notices",
            "templates ls",
            "drill run overloaded",
        ] {
            assert!(!terminal(&format!("breakwater {line}")).acts(), "{line} can be answered from the cache");
        }
        for line in [
            "runs create -f plan.json",
            "runs cancel r1 --reason x",
            "runs watch r1",
            "runs approve r1 s1",
            "breakers reset b1 --reason x",
            "breakers probe b1 --reason x",
            "breakers isolate b1 --minutes 5 --reason x",
            "breakers release b1 --reason x",
            "templates plan t1",
        ] {
            assert!(terminal(&format!("breakwater {line}")).acts(), "{line} needs a control plane");
        }
    }

    #[test]
    fn acts_that_need_a_reason_are_refused_without_one() {
        for line in [
            "runs retry-step r1 s1",
            "runs cancel r1",
            "runs reject r1 s1",
            "breakers reset b1",
            "breakers probe b1",
            "breakers isolate b1 --minutes 5",
            "breakers release b1",
        ] {
            let error = parse(&format!("breakwater {line}")).expect_err("a reason is needed");
            assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument, "{line} names what is missing");
        }
        assert!(parse("breakwater runs approve r1 s1").is_ok(), "a yes needs no reason");
    }

    #[test]
    fn values_are_judged_before_anything_happens() {
        for line in [
            "runs ls --limit 0",
            "runs ls --status done",
            "readiness --fail-under 101",
            "plane --slots 0",
            "plane --check backup",
            "plane backup --slots 2",
            "audit ls --limit 1001",
            "audit verify --expect 3",
            "runs ls -o xml",
            "readiness report",
            "drill run overloaded --minutes 61",
        ] {
            let error = parse(&format!("breakwater {line}")).expect_err("the value is out of range");
            assert_eq!(error.exit_code(), 2, "{line} is wrong usage");
        }
        let TerminalVerb::Runs(RunsVerb::Ls(list)) = terminal("breakwater runs ls --status failed --status waiting")
        else {
            panic!("it lists runs");
        };
        assert_eq!(list.status.len(), 2, "a status may be given more than once");
    }

    #[test]
    fn an_edit_of_a_connection_names_what_changes() {
        assert!(parse("breakwater connections edit staging").is_err(), "nothing to change is a mistake");
        assert!(parse("breakwater connections edit staging --read-only maybe").is_err(), "a lock is on or off");
        let unlock = terminal("breakwater connections edit staging --read-only false");
        let TerminalVerb::Connections(ConnectionsVerb::Edit(edit)) = unlock else { panic!("it edits") };
        assert_eq!((edit.target.as_str(), edit.read_only, edit.name), ("staging", Some(false), None), "only the lock");
    }

    #[test]
    fn whoever_signs_in_says_by_what_and_never_a_secret() {
        for line in ["harbour", "harbour --email a@b --invitation", "harbour --email a@b --name Ada", "--email a@b"] {
            let error = parse(&format!("breakwater connections sign-in {line}")).expect_err("it is not clear by what");
            assert_eq!(error.exit_code(), 2, "{line} is wrong usage");
        }
        for line in ["--password x", "x", "--email a@b x"] {
            assert!(
                parse(&format!("breakwater connections sign-in harbour {line}")).is_err(),
                "{line} takes no secret"
            );
        }
        for line in ["--email a@b", "--invitation --name Ada --password-stdin"] {
            assert!(parse(&format!("breakwater connections sign-in harbour {line}")).is_ok(), "{line} says enough");
        }
    }

    #[test]
    fn a_connection_is_refused_where_it_would_be_ignored() {
        for line in [
            "token ls",
            "audit verify",
            "drill ls",
            "plane",
            "serve",
            "connections test x",
            "connections edit x --name y",
        ] {
            let given = parse(&format!("breakwater {line} --connection staging")).expect("it is understood");
            let error = given.consistent().expect_err("it would be ignored");
            assert_eq!(error.exit_code(), 2, "{line} has no use for a connection");
        }
        for line in ["sign-in x --email a@b.c", "sign-out x", "rm x", "test x", "edit x --name y", "add x http://y"] {
            let given = parse(&format!("breakwater connections {line}")).expect("it is understood");
            assert!(given.consistent().is_ok(), "{line} names its own connection, and that is enough");
        }
        for line in ["connections ls", "doctor", "runs ls", "search x"] {
            let given = parse(&format!("breakwater {line} --connection staging")).expect("it is understood");
            assert!(given.consistent().is_ok(), "{line} is about that connection then");
        }
    }

    #[test]
    fn forms_that_only_readiness_has_are_refused_elsewhere() {
        for line in ["runs ls -o junit", "doctor -o markdown", "readiness report --out a.md -o junit"] {
            let given = parse(&format!("breakwater {line}")).expect("it is understood");
            let error = given.consistent().expect_err("nothing would come of it");
            assert_eq!(error.exit_code(), 2, "{line} is wrong usage");
        }
        let given = parse("breakwater readiness --fail-under 90 -o junit").expect("it is understood");
        assert!(given.consistent().is_ok(), "a check is a test");
    }

    #[test]
    fn help_documents_the_exit_codes() {
        let help = Arguments::command().render_long_help().to_string();
        for (code, meaning) in [(7, "readiness is below the bound"), (8, "doctor found something")] {
            assert!(help.contains(&format!("{code}  {meaning}")), "scripts rely on {code}");
        }
    }
}
