//! Settings of the built-in control plane: `plane.toml` in the data directory, and the variables of the environment that
//! it reads. All of it is judged before anything starts, and every fault is named at once with what to do.
//!
//! The file may be missing, and every key in it. A secret never stands in it: the file names where the secret is kept. No
//! message repeats a value that was written, because the value may be a secret in the wrong place. Deliberately absent:
//! any setting that turns authentication off, and reading the file again while the control plane runs.

mod billing;
mod environment;
mod file;
mod limits;
mod listen;
mod outside;
mod secret;
mod section;
mod sign_in;
mod teams;
#[cfg(unix)]
#[cfg(test)]
mod tests;
mod web_address;

pub(crate) use billing::Stripe;
pub(crate) use limits::Limits;
pub(crate) use listen::Listen;
pub(crate) use outside::Asked;
pub(crate) use sign_in::Oidc;
pub(crate) use teams::Teams;

use crate::data_dir::DataDir;
use domain::Fault;
use engine::tools::AiEndpoints;
use outside::Outside;
use section::Section;
use toml::Table;

/// The settings of the built-in control plane, all of them good.
#[derive(Debug)]
pub(crate) struct Settings {
    /// `[listen]`: where it is reached by TCP.
    pub(crate) listen: Listen,
    /// `[limits]`: how much it takes on.
    pub(crate) limits: Limits,
    /// `[sign_in.oidc]`: who else says who people are.
    pub(crate) oidc: Option<Oidc>,
    /// `[billing.stripe]`: who collects the money.
    pub(crate) stripe: Option<Stripe>,
    /// `[teams]`: what a team may have.
    pub(crate) teams: Teams,
    /// Where the AI providers are.
    pub(crate) ai: AiEndpoints,
}

impl Settings {
    /// Reads and judges everything, with what the command line says of listening. Without that this process does not
    /// listen by TCP, and the TLS files are not looked at: the window of an operator opens even if a certificate has ended.
    pub(crate) async fn read(dir: &DataDir, asked: Option<Asked>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let table = file::read(&dir.settings(), &mut faults);
        Self::judge(table, &Outside::real(dir, asked), faults).await
    }

    /// Judges what the file says, beside the `faults` that were found on the way to it.
    async fn judge(table: Table, outside: &Outside<'_>, mut faults: Vec<Fault>) -> Result<Self, Vec<Fault>> {
        let ai = environment::judge(outside, &mut faults);
        let mut root = Section::root(table, outside, &mut faults);
        let listen = listen::read(&mut root);
        let limits = limits::read(&mut root);
        let oidc = sign_in::read(&mut root).await;
        let stripe = billing::read(&mut root).await;
        let teams = teams::read(&mut root);
        root.end();
        if faults.is_empty() { Ok(Self { listen, limits, oidc, stripe, teams, ai }) } else { Err(faults) }
    }
}
