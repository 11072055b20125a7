//! Arguments of `drill`.

use clap::Subcommand;

/// What can be done about drills.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum DrillVerb {
    /// What can be rehearsed.
    Ls,
    /// Play one here until it ends by itself, or by Ctrl-C. Act on it in another terminal or a window, as on any connection:
    /// it is called `drill`.
    Run {
        /// Which scenario, see `breakwater drill ls`.
        scenario: String,
        /// End it after so many minutes at the latest, 1 to 60.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=60))]
        minutes: Option<u32>,
    },
    /// What drills came to, newest first.
    Results,
}
