//! Where the repository is.

use crate::failure::Failure;
use std::{
    env,
    path::{Path, PathBuf},
};

/// Makes the root of the repository the current folder and answers it.
pub(crate) fn enter() -> Result<PathBuf, Failure> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let found = manifest.ancestors().find(|folder| folder.join("tauri.conf.json").is_file()).map(Path::to_path_buf);
    let root = found.ok_or_else(|| {
        Failure::new(
            format!("no repository above {}", manifest.display()),
            "Call this as `cargo xtask` in a clone of the repository.",
        )
    })?;
    env::set_current_dir(&root).map_err(|error| Failure::io(&root, &error))?;
    Ok(root)
}

/// The folder of the UI.
pub(crate) fn ui(root: &Path) -> PathBuf {
    root.join("ui")
}

/// Where cargo puts what it builds with this profile.
pub(crate) fn built(root: &Path, release: bool) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join(if release { "release" } else { "debug" })
}

/// The console's executable.
pub(crate) fn executable(root: &Path, release: bool) -> PathBuf {
    built(root, release).join(format!("breakwater{}", env::consts::EXE_SUFFIX))
}
