//! Preferences: free keys, bounded in number of characters and bytes, kept where the composition root says.

use crate::{
    core::Core,
    error::{Error, fault},
    view::{Preference, Preferences},
};

/// Most bytes of one value.
const VALUE_MAX: usize = 64 * 1024;
/// Most characters of a key.
const KEY_MAX: usize = 100;

pub(crate) async fn all(core: &Core) -> Result<Preferences, Error> {
    match &core.preferences {
        Some(store) => store.all().await.map_err(kept_elsewhere),
        None => Ok(Preferences(core.read.preferences().await?)),
    }
}

/// Keeps or forgets one.
pub(crate) async fn set(core: &Core, preference: Preference) -> Result<Preferences, Error> {
    let Preference { key, value } = preference;
    let mut faults = Vec::new();
    let key_is_good =
        key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
    if key.is_empty() || key.len() > KEY_MAX || !key_is_good {
        faults.push(fault(
            "key",
            "characters",
            "a key has 1 to 100 characters of a-z, 0-9, dot, dash and underscore",
            "Write e.g. runs.columns.",
        ));
    }
    if value.to_string().len() > VALUE_MAX {
        faults.push(fault("value", "length", "a value has at most 64 KiB", "Keep less in it."));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let value = (!value.is_null()).then_some(&value);
    match &core.preferences {
        Some(store) => {
            store.set(&key, value).await.map_err(kept_elsewhere)?;
            core.announcer.stale([crate::view::Tag::Preferences]);
        }
        None => core.write.set_preference(&key, value).await?,
    }
    all(core).await
}

fn kept_elsewhere(error: domain::WireError) -> Error {
    Error::Internal { doing: "keeping preferences", detail: error.message }
}
