//! A keychain of the test's own: the test starts itself again inside a private session bus with an unlocked keyring.

use std::{fs, process::Command};

/// Set in the process that runs inside the private session.
const INSIDE: &str = "BREAKWATER_TEST_RECORD_SESSION";
const UNLOCKED: &str =
    r#"eval "$(printf test-password | gnome-keyring-daemon --unlock --components=secrets)"; exec "$@""#;

/// Whether this process has that keychain. If not, the test is run in one that has, and this one is done.
pub(crate) fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let home = tempfile::tempdir().expect("a folder");
    let runtime = home.path().join("runtime");
    fs::create_dir(&runtime).expect("a folder");
    fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("it is ours");
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", UNLOCKED, "keychain-session"])
        .arg(std::env::current_exe().expect("this executable"))
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env(INSIDE, "1")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_RUNTIME_DIR", &runtime)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .expect("dbus-run-session is there; install it with `apt-get install dbus gnome-keyring`");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("1 passed"), "it passes inside its session; it said:\n{told}");
    false
}
