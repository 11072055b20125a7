//! What an operator wants to be told: one preference, so that it is kept where preferences are.

use super::quiet;
use crate::{
    core::Core,
    error::{Error, fault},
    preferences,
    view::{NoticeSettings, Notices, Preference},
};

/// Under which name it is kept.
const KEY: &str = "notices";

/// What is wanted; what cannot be read is as it is at first.
pub(super) async fn wanted(core: &Core) -> Result<NoticeSettings, Error> {
    let mut kept = preferences::all(core).await?.0;
    Ok(kept.remove(KEY).and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}

/// Keeps what is wanted.
pub(crate) async fn set(core: &Core, settings: NoticeSettings) -> Result<Notices, Error> {
    let mut faults = Vec::new();
    if let Some(hours) = &settings.quiet {
        for (path, time) in [("quiet.from", &hours.from), ("quiet.to", &hours.to)] {
            if quiet::minute(time).is_none() {
                let rule = "a time of day is HH:MM, from 00:00 to 23:59".to_owned();
                faults.push(fault(path, "time", rule, "Write e.g. 22:00."));
            }
        }
        if faults.is_empty() && hours.from == hours.to {
            let rule = "quiet hours end at another time than they begin".to_owned();
            faults.push(fault("quiet.to", "differs", rule, "Choose another end, or switch every kind off."));
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let value = serde_json::to_value(&settings)
        .map_err(|error| Error::Internal { doing: "keeping what is to be told", detail: error.to_string() })?;
    preferences::set(core, Preference { key: KEY.to_owned(), value }).await?;
    core.notices.nudge.notify_one();
    super::list(core).await
}
