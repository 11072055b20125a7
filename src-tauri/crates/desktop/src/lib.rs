//! Face: the window. One Tauri command, one event channel.
//!
//! All logic lives in `console`, behind the commands of `rpc`. The window comes in two steps, because the console is
//! assembled before any window exists, yet preferences belong to a plugin of the window: [`prepare`] makes the
//! application and its plugins, [`Prepared::open`] shows the console in it. Deliberately absent: a second command (what
//! the page may do is decided behind `rpc`), and any network call of its own unless updates are configured, and a tray icon.

#[cfg(target_os = "linux")]
mod bus;
mod command;
#[cfg(not(target_os = "linux"))]
mod no_bus;
mod notices;
mod preferences;
mod update;
mod window;

pub use preferences::WindowPreferences;
pub use window::{Context, DesktopError, Prepared, Settings, prepare};
