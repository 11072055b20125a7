//! Whether a request was let in, told by its answer.

use crate::readiness::{check::ProbeContext, seen::Silence};
use control_plane::Heard;
use serde_json::Value;

/// Whether a stranger who asked for something that is there was let in. A limit that is used up says nothing, and is not.
pub(super) const fn lets_in(heard: &Heard) -> bool {
    !matches!(heard.status, 400 | 401 | 403 | 404 | 405 | 421 | 429)
}

/// Nothing can open a door that stands open.
pub(super) async fn is_shut(context: &ProbeContext<'_>) -> Result<(), Silence> {
    if lets_in(&context.refusals().await?.stranger) {
        return Err(Silence::Nothing(
            "The list of runs is answered to every stranger, so there is nothing to get round.",
        ));
    }
    Ok(())
}

/// The words of a refusal: its code and its message.
pub(super) fn said(heard: &Heard) -> Option<String> {
    let json = heard.json()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let error = &json["error"];
    let code = text(&error["code"]).or_else(|| text(&json["code"])).unwrap_or_default();
    let words = text(&error["message"]).or_else(|| text(&json["message"])).or_else(|| text(error))?;
    Some(format!("{code}: {words}"))
}
