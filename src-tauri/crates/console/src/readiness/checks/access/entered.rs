//! Which routes let somebody in who should have been refused.

use super::door::said;
use crate::readiness::{check::Outcome, seen::Walk};
use control_plane::Heard;
use domain::CheckStatus;

/// Routes that are named in a finding; the rest is counted.
const NAMED: usize = 12;

/// What became of somebody who tried every door. `unknown` is what the plane says where it has no path.
pub(super) fn judge(request: &str, walk: &Walk, unknown: &Heard) -> Outcome {
    let entered: Vec<_> = walk.heard.iter().filter(|(_, heard)| is_entered(heard, unknown)).collect();
    let tried = walk.heard.len();
    let mut answer = format!("{tried} routes asked, {} refused", tried - entered.len());
    if walk.spared > 0 {
        answer = format!("{answer}; {} not asked, because being let in would act", walk.spared);
    }
    if !entered.is_empty() {
        let name =
            |(route, heard): &&(control_plane::KnownRoute, Heard)| format!("{} ({})", route.name(), heard.status);
        let mut names: Vec<_> = entered.iter().take(NAMED).map(name).collect();
        if entered.len() > NAMED {
            names.push(format!("and {} more", entered.len() - NAMED));
        }
        return Outcome::new(CheckStatus::Fail, request, answer, format!("Not refused: {}.", names.join(", ")));
    }
    match &walk.ended {
        Some(why) => Outcome::new(CheckStatus::Unknown, request, answer, format!("Not every route was asked: {why}.")),
        None => Outcome::new(CheckStatus::Pass, request, answer, "Each of them is refused."),
    }
}

/// Whether an answer is anything but a refusal of who asks. What the plane does not serve at all lets nobody in.
fn is_entered(heard: &Heard, unknown: &Heard) -> bool {
    match heard.status {
        401 | 403 | 429 => false,
        404 | 405 => heard.json().is_some() && said(heard) != said(unknown),
        _ => true,
    }
}
