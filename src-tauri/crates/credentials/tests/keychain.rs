//! The real keychain: gnome-keyring on a session bus of its own, in a temporary home.
//!
//! The test starts itself again inside that session, because the platform's store is looked for once per process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a session that cannot be set up is a failed test")]

use credentials::{CredentialStore, Error, Keychain, KeychainStatus};
use domain::Secret;
use std::{
    path::Path,
    process::{Command, Output},
};

/// Set in the process that runs inside the private session.
const INSIDE: &str = "BREAKWATER_TEST_KEYCHAIN_SESSION";

const UNLOCKED: &str =
    r#"eval "$(printf test-password | gnome-keyring-daemon --unlock --components=secrets)"; exec "$@""#;

fn require(program: &str, package: &str) {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    assert!(found, "{program} is needed for this test: install it with `apt-get install {package}`");
}

/// Runs one test of this file again, with nothing of the real session in its environment.
fn again(test: &str, home: &Path, wrapper: &[&str]) -> Output {
    let runtime = home.join("runtime");
    std::fs::create_dir_all(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let this = std::env::current_exe().unwrap();
    let mut words: Vec<&std::ffi::OsStr> = wrapper.iter().map(AsRef::as_ref).collect();
    words.push(this.as_os_str());
    Command::new(words[0])
        .args(&words[1..])
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_RUNTIME_DIR", &runtime)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .output()
        .unwrap()
}

fn assert_passed(output: &Output) {
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the test passes inside its session; it said:\n{told}");
    assert!(told.contains("1 passed"), "exactly one test ran inside the session; it said:\n{told}");
}

fn inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

#[tokio::test]
async fn a_secret_goes_into_the_real_keychain_and_comes_back() {
    if !inside() {
        require("dbus-run-session", "dbus");
        require("gnome-keyring-daemon", "gnome-keyring");
        let home = tempfile::tempdir().unwrap();
        let name = "a_secret_goes_into_the_real_keychain_and_comes_back";
        let wrapper = ["dbus-run-session", "--", "sh", "-c", UNLOCKED, "keychain-session"];
        return assert_passed(&again(name, home.path(), &wrapper));
    }
    let keychain = Keychain::new("breakwater-test");
    assert_eq!(keychain.status().await, KeychainStatus::Available, "an unlocked keyring is available");
    assert_eq!(keychain.get("token").await, Ok(None), "a new keyring holds nothing");
    assert_eq!(keychain.set("token", &Secret::new("s3cret-ü")).await, Ok(()), "it takes a secret");
    assert_eq!(keychain.get("token").await, Ok(Some(Secret::new("s3cret-ü"))), "and gives back the same");
    assert_eq!(Keychain::new("other").get("token").await, Ok(None), "another service does not see it");
    assert_eq!(keychain.set("token", &Secret::new("second")).await, Ok(()), "a newer secret is taken");
    assert_eq!(keychain.get("token").await, Ok(Some(Secret::new("second"))), "and replaces the older one");
    assert_eq!(keychain.delete("token").await, Ok(()), "it forgets");
    assert_eq!(keychain.get("token").await, Ok(None), "what is forgotten is gone");
    assert_eq!(keychain.delete("token").await, Ok(()), "forgetting twice is no error");
}

#[tokio::test]
async fn without_a_session_bus_the_reason_names_the_bus() {
    if !inside() {
        let home = tempfile::tempdir().unwrap();
        return assert_passed(&again("without_a_session_bus_the_reason_names_the_bus", home.path(), &[]));
    }
    let error = Keychain::new("breakwater-test").get("token").await.unwrap_err();
    let Error::Unavailable { reason, remedy } = &error else { panic!("no bus means no keychain, not {error:?}") };
    assert!(reason.contains("session bus"), "the reason says what is missing, not {reason:?}");
    assert!(remedy.contains("dbus-run-session"), "the remedy says how to go on, not {remedy:?}");
}

#[tokio::test]
async fn a_bus_without_a_keychain_service_says_so() {
    if !inside() {
        require("dbus-run-session", "dbus");
        let home = tempfile::tempdir().unwrap();
        // A bus that knows no service files, as on a machine where no keychain is installed.
        let config = home.path().join("bus.conf");
        std::fs::write(
            &config,
            "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             </policy></busconfig>",
        )
        .unwrap();
        let option = format!("--config-file={}", config.display());
        let wrapper = ["dbus-run-session", option.as_str(), "--"];
        return assert_passed(&again("a_bus_without_a_keychain_service_says_so", home.path(), &wrapper));
    }
    let status = Keychain::new("breakwater-test").status().await;
    let KeychainStatus::Unavailable { reason, .. } = &status else { panic!("no service means no keychain") };
    assert!(reason.contains("No keychain service"), "the reason says what is missing, not {reason:?}");
}

#[tokio::test]
async fn a_keychain_that_was_never_unlocked_denies() {
    if !inside() {
        require("dbus-run-session", "dbus");
        require("gnome-keyring-daemon", "gnome-keyring");
        let home = tempfile::tempdir().unwrap();
        let started = "gnome-keyring-daemon --start --components=secrets >/dev/null; exec \"$@\"";
        let wrapper = ["dbus-run-session", "--", "sh", "-c", started, "keychain-session"];
        return assert_passed(&again("a_keychain_that_was_never_unlocked_denies", home.path(), &wrapper));
    }
    let error = Keychain::new("breakwater-test").set("token", &Secret::new("hunter2")).await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "a keychain that nobody unlocks refuses: {error:?}");
    assert!(!format!("{error:?}").contains("hunter2"), "and the refusal does not repeat the secret");
}
