//! Whether what this console keeps is for its owner alone.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;
use std::path::Path;

const REQUEST: &str = "mode of the data directory";

static FACTS: Facts = Facts {
    id: "console.private_data",
    title: "The data directory is for its owner alone",
    proves: "No other user of this machine reads what was cached of the planes.",
    subject: Subject::Console,
    remedy: "Close the data directory to others (`chmod 700`).",
    owner: "operator",
};

/// Whether what this console keeps is for its owner alone.
pub(crate) struct PrivateData;

#[async_trait::async_trait]
impl Check for PrivateData {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let Some(mode) = mode(&context.core.data_dir) else {
        return Err(Silence::Nothing("The system does not tell who may open the data directory."));
    };
    let answer = format!("mode {mode:03o}");
    Ok(match mode & 0o077 {
        0 => Outcome::new(CheckStatus::Pass, REQUEST, answer, "Only its owner can open it."),
        _ => Outcome::new(CheckStatus::Fail, REQUEST, answer, "Others of this machine can open it."),
    })
}

#[cfg(unix)]
fn mode(folder: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(std::fs::metadata(folder).ok()?.mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_folder: &Path) -> Option<u32> {
    None
}
