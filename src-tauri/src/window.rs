//! The window, with the built-in control plane in this process unless another one has it.

use crate::{
    assembly::{self, Choice},
    custody::Custody,
    data_dir::DataDir,
    signals,
    start_error::StartError,
};
use sha2::{Digest as _, Sha256};
use std::{env, fmt::Write as _, sync::Arc};
use tokio::runtime::Runtime;

/// Opens the window and stays until it is closed. Must be called on the main thread.
pub(crate) fn run(runtime: &Runtime, dir: &DataDir, offline: bool) -> Result<(), StartError> {
    if cfg!(target_os = "linux") && !["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_set) {
        return Err(StartError::NoDisplay);
    }
    draw_without_gpu_if_there_is_none();
    let settings = desktop::Settings {
        data_dir: dir.path().to_owned(),
        single_instance: single_instance(dir),
        runtime: runtime.handle().clone(),
    };
    let prepared = desktop::prepare(tauri::generate_context!(), &settings)?;
    let (custody, console, asked) = runtime.block_on(async {
        let asked = signals::watch();
        let custody = if offline { Custody::none(dir) } else { Custody::open(dir).await? };
        let mut choice = Choice::live(&custody).await;
        choice.preferences = Some(Arc::new(prepared.preferences()));
        choice.updates_configured = prepared.updates_configured();
        Ok::<_, StartError>((custody, assembly::console(dir, choice).await, asked))
    })?;
    let holding = {
        let (console, asked) = (console.clone(), asked.clone());
        runtime.spawn(async move { custody.hold(&console, &asked).await })
    };
    let opened = prepared.open(console.clone(), &asked);
    asked.cancel();
    runtime.block_on(async {
        let ((), held) = tokio::join!(assembly::end(&console), holding);
        if let Err(error) = held {
            tracing::error!(%error, "the built-in control plane was not ended in order");
        }
    });
    Ok(opened?)
}

/// One window for each data directory. Tests that open several on one session bus switch this off.
fn single_instance(dir: &DataDir) -> Option<String> {
    if env::var_os("BREAKWATER_SINGLE_INSTANCE").is_some_and(|value| value == "off") {
        return None;
    }
    // A part of a bus name may not begin with a digit.
    let mut name = "dev.breakwater.console.d".to_owned();
    for byte in Sha256::digest(dir.path().as_os_str().as_encoded_bytes()).iter().take(8) {
        let _ = write!(name, "{byte:02x}");
    }
    Some(name)
}

/// `WebKitGTK` draws through the GPU even where there is none, which costs start time and memory. The switch is an
/// environment variable that must be there from the beginning, so the program begins again with it.
fn draw_without_gpu_if_there_is_none() {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::process::CommandExt as _;
        const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
        if env::var_os(SWITCH).is_some() || std::path::Path::new("/dev/dri").exists() {
            return;
        }
        if let Ok(executable) = env::current_exe() {
            let error = std::process::Command::new(executable).args(env::args_os().skip(1)).env(SWITCH, "1").exec();
            tracing::warn!(%error, "the program could not begin again without the GPU");
        }
    }
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}
