//! Whether the socket of the plane is for its owner alone.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::{Place, Way},
    seen::Silence,
};
use domain::CheckStatus;
use std::path::Path;

const REQUEST: &str = "owner and mode of the socket and its folder";

static FACTS: Facts = Facts {
    id: "access.socket",
    title: "The socket is for its owner alone",
    proves: "No other user of this machine can open the socket, which stands in place of a credential.",
    subject: Subject::Access,
    remedy: "Let the data directory and the socket in it belong to you and be closed to others (`chmod 700` and `chmod 600`).",
    owner: "operator",
};

/// Whether the socket of the plane is for its owner alone.
pub(crate) struct Socket;

#[async_trait::async_trait]
impl Check for Socket {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way == Way::Socket
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let address = context.link.connection().base_url;
    let path = Path::new(address.trim_start_matches("unix:"));
    let Some((answer, wrong)) = looked_at(path, &context.core.data_dir) else {
        return Err(Silence::Nothing("The socket cannot be looked at, so nothing can be said of who may open it."));
    };
    Ok(match wrong {
        None => Outcome::new(
            CheckStatus::Pass,
            REQUEST,
            answer,
            "Only its owner can open it, and the plane serves only its owner.",
        ),
        Some(wrong) => Outcome::new(CheckStatus::Fail, REQUEST, answer, wrong),
    })
}

/// What it is, and what is wrong with that.
#[cfg(unix)]
fn looked_at(socket: &Path, ours: &Path) -> Option<(String, Option<&'static str>)> {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let (file, folder) = (std::fs::metadata(socket).ok()?, std::fs::metadata(socket.parent()?).ok()?);
    let owner = std::fs::metadata(ours).ok()?.uid();
    let (mode, around) = (file.mode() & 0o777, folder.mode() & 0o777);
    let answer = format!("mode {mode:03o} in a folder of mode {around:03o}");
    let wrong = if !file.file_type().is_socket() {
        Some("It is no socket.")
    } else if file.uid() != owner {
        Some("It belongs to another user, who may pretend to be the plane.")
    } else if mode & 0o077 != 0 && around & 0o077 != 0 {
        Some("Others can open it.")
    } else {
        None
    };
    Some((answer, wrong))
}

#[cfg(not(unix))]
fn looked_at(_socket: &Path, _ours: &Path) -> Option<(String, Option<&'static str>)> {
    None
}
