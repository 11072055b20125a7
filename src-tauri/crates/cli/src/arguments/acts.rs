//! Arguments of the verbs that act.

use super::reads::PatienceArguments;
use clap::{Args, Subcommand, ValueEnum};
use domain::Environment;

/// A run to be started.
#[derive(Debug, Clone, Args)]
pub struct CreateArguments {
    /// The plan, JSON or YAML; `-` reads it from standard input.
    #[arg(short = 'f', long = "file", value_name = "PLAN")]
    pub file: String,
    /// Same key, same run: a repeated call answers with the first run.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// Follow the run until it ends; the exit code says how.
    #[arg(long)]
    pub watch: bool,
    /// Where to stop waiting.
    #[command(flatten)]
    pub patience: PatienceArguments,
}

/// A step to be tried again.
#[derive(Debug, Clone, Args)]
pub struct RetryArguments {
    /// The run: its id, or a unique beginning of it.
    pub run: String,
    /// The step: its name or its id.
    pub step: String,
    /// Why, 1 to 500 characters; kept in the timeline.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// New inputs in place of the old ones: a JSON object, or `@` and the file that holds it.
    #[arg(long, value_name = "JSON")]
    pub inputs: Option<String>,
}

/// An act on a whole run.
#[derive(Debug, Clone, Args)]
pub struct RunActArguments {
    /// The run: its id, or a unique beginning of it.
    pub run: String,
    /// Why, 1 to 500 characters; kept in the timeline.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// A verdict on a gate.
#[derive(Debug, Clone, Args)]
pub struct VerdictArguments<const REASON_NEEDED: bool> {
    /// The run: its id, or a unique beginning of it.
    pub run: String,
    /// The step: its name or its id.
    pub step: String,
    /// Why, 1 to 500 characters; kept in the timeline.
    #[arg(long, value_name = "TEXT", required = REASON_NEEDED)]
    pub reason: Option<String>,
}

/// What to do with connections.
#[derive(Debug, Clone, Subcommand)]
pub enum ConnectionsVerb {
    /// List connections and how well each is watched.
    Ls,
    /// Add a connection. The token goes to the keychain of the operating system.
    Add {
        /// What it is called, 1 to 60 characters.
        name: String,
        /// Where it is: `http://` or `https://`, host, optional port and path.
        url: String,
        /// Read the token from the first line of standard input.
        #[arg(long)]
        token_stdin: bool,
        /// How dangerous it is. Connections to production refuse acts until unlocked.
        #[arg(long, value_enum, default_value_t = EnvironmentName::Staging)]
        environment: EnvironmentName,
        /// Refuse acts here.
        #[arg(long)]
        read_only: bool,
    },
    /// Change a connection; what is not named stays. A new host needs its own token.
    Edit(EditArguments),
    /// Sign in as a person; the session goes to the keychain of the operating system. What is secret is asked for at the
    /// terminal, without being shown.
    SignIn(SignInArguments),
    /// Sign out: end the session on the control plane if it answers, and forget it here in any case.
    SignOut {
        /// Its name or its id.
        #[arg(value_name = "CONNECTION")]
        target: String,
        /// End every session of yours, on every device.
        #[arg(long)]
        everywhere: bool,
    },
    /// Forget a connection, its credential and all that was cached of it.
    Rm {
        /// Its name or its id.
        #[arg(value_name = "CONNECTION")]
        target: String,
    },
    /// Try a connection or an address, hop by hop.
    Test {
        /// A name, an id or a URL.
        target: String,
        /// Read the token to test with from the first line of standard input.
        #[arg(long)]
        token_stdin: bool,
    },
}

/// Somebody who signs in.
#[derive(Debug, Clone, Args)]
#[command(group = clap::ArgGroup::new("by").required(true).args(["email", "invitation", "browser"]))]
pub struct SignInArguments {
    /// Name or id of the connection.
    #[arg(value_name = "CONNECTION")]
    pub target: String,
    /// Your e-mail address, for an account that is there.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Take an invitation up: asks for what it came with, and for a new password or the one of your account.
    #[arg(long)]
    pub invitation: bool,
    /// Sign in at the identity provider of the control plane, in a browser on this machine.
    #[arg(long, conflicts_with = "password_stdin")]
    pub browser: bool,
    /// What you are called, if you have no account yet.
    #[arg(long, value_name = "NAME", requires = "invitation", conflicts_with = "email")]
    pub name: Option<String>,
    /// Read what is secret from standard input, one a line: with --invitation what it came with, then the password.
    #[arg(long)]
    pub password_stdin: bool,
}

/// Changes to a connection.
#[derive(Debug, Clone, Args)]
#[command(group = clap::ArgGroup::new("changes").required(true).multiple(true)
    .args(["name", "url", "environment", "read_only", "token_stdin"]))]
pub struct EditArguments {
    /// Its name or its id.
    #[arg(value_name = "CONNECTION")]
    pub target: String,
    /// New name, 1 to 60 characters.
    #[arg(long)]
    pub name: Option<String>,
    /// New address: `http://` or `https://`, host, optional port and path.
    #[arg(long)]
    pub url: Option<String>,
    /// How dangerous it is.
    #[arg(long, value_enum)]
    pub environment: Option<EnvironmentName>,
    /// Whether acts are refused here.
    #[arg(long, value_name = "BOOL", action = clap::ArgAction::Set)]
    pub read_only: Option<bool>,
    /// Read a new token from the first line of standard input.
    #[arg(long)]
    pub token_stdin: bool,
}

/// How dangerous a control plane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EnvironmentName {
    /// Customers feel it.
    Prod,
    /// Colleagues feel it.
    Staging,
    /// Only you feel it.
    Local,
}

impl From<EnvironmentName> for Environment {
    fn from(name: EnvironmentName) -> Self {
        match name {
            EnvironmentName::Prod => Self::Prod,
            EnvironmentName::Staging => Self::Staging,
            EnvironmentName::Local => Self::Local,
        }
    }
}
