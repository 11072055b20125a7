//! What the system itself must have, how to see that it is there, and how to install it.
//!
//! Presence is probed by what is needed (a program, a library), never by package name, so that any distribution that
//! has it will do. Installing is done for Debian and its relatives; elsewhere the missing things are named.

use crate::{failure::Failure, headline, process};
use std::path::Path;

/// One thing that must be there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Requirement {
    /// The Debian package that brings it.
    package: &'static str,
    /// What it is, for people on other systems.
    what: &'static str,
    probe: Probe,
}

#[derive(Debug, Clone, Copy)]
enum Probe {
    /// One of these programs is on the path.
    Program(&'static [&'static str]),
    /// pkg-config knows this library.
    Library(&'static str),
    /// Python knows this module.
    Module(&'static str),
    /// There is a font.
    Font,
}

const fn program(package: &'static str, what: &'static str, names: &'static [&'static str]) -> Requirement {
    Requirement { package, what, probe: Probe::Program(names) }
}

/// What building takes.
pub(crate) const BUILD: &[Requirement] = &[
    program("build-essential", "a C compiler (gcc or clang) and make", &["cc"]),
    program("g++", "a C++ compiler (g++ or clang++), for fuzzing", &["c++", "g++"]),
    program("pkg-config", "pkg-config", &["pkg-config", "pkgconf"]),
    program("curl", "curl", &["curl"]),
    program("file", "file", &["file"]),
    Requirement {
        package: "libwebkit2gtk-4.1-dev",
        what: "development files of WebKitGTK 4.1 (Fedora: webkit2gtk4.1-devel, Arch: webkit2gtk-4.1)",
        probe: Probe::Library("webkit2gtk-4.1"),
    },
];

/// What the tests of the window and the page take besides.
pub(crate) const FACES: &[Requirement] = &[
    program("xvfb", "Xvfb and xvfb-run (Fedora: xorg-x11-server-Xvfb)", &["xvfb-run"]),
    program("xauth", "xauth", &["xauth"]),
    program("webkit2gtk-driver", "WebKitWebDriver (part of webkit2gtk on Fedora and Arch)", &["WebKitWebDriver"]),
    program("dbus", "dbus-run-session", &["dbus-run-session"]),
    program("gnome-keyring", "gnome-keyring-daemon", &["gnome-keyring-daemon"]),
    program("chromium", "Chromium", &["chromium", "chromium-browser", "google-chrome"]),
    Requirement { package: "fonts-dejavu-core", what: "any TrueType font, e.g. DejaVu", probe: Probe::Font },
    program("imagemagick", "ImageMagick", &["import"]),
    program("git", "git", &["git"]),
];

/// What asking the plane for everything in its document takes.
pub(crate) const OPENAPI: &[Requirement] = &[
    Requirement { package: "python3-venv", what: "Python 3.10 or later with venv", probe: Probe::Module("ensurepip") },
    program("curl", "curl", &["curl"]),
];

/// Sees to it that everything is there.
pub(crate) fn ensure(needed: &[Requirement]) -> Result<(), Failure> {
    let missing = missing(needed);
    if missing.is_empty() {
        headline::note("system packages: all there");
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|requirement| requirement.package).collect();
    if !process::on_path("apt-get") {
        let list: Vec<_> = missing.iter().map(|requirement| format!("\n  - {}", requirement.what)).collect();
        return Err(Failure::by_hand(
            "this system has no apt-get, so these cannot be installed from here",
            format!("Install the following, then call this again:{}", list.concat()),
        ));
    }
    install(&packages)?;
    match self::missing(needed).as_slice() {
        [] => Ok(()),
        still => Err(Failure::by_hand(
            format!("apt-get succeeded, yet this is still not found: {}", still[0].what),
            "Install it by hand, then call this again.",
        )),
    }
}

fn missing(needed: &[Requirement]) -> Vec<Requirement> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    needed.iter().copied().filter(|requirement| !requirement.is_met()).collect()
}

fn install(packages: &[&str]) -> Result<(), Failure> {
    headline::note(&format!("system packages to install: {}", packages.join(" ")));
    let by_hand = format!("Install them by hand: sudo apt-get install {}", packages.join(" "));
    let mut words = Vec::new();
    if !rustix::process::geteuid().is_root() {
        if !process::on_path("sudo") {
            return Err(Failure::by_hand("installing needs root, and there is no sudo", by_hand));
        }
        headline::note("installing needs root: sudo may ask for your password");
        words.push("sudo");
    }
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]);
    let apt = |arguments: &[&str]| {
        let all: Vec<_> = words.iter().copied().chain(arguments.iter().copied()).collect();
        process::Job::new(all[0], &all[1..]).remedy(by_hand.clone()).run()
    };
    if apt(&["update"]).is_err() {
        headline::note("the package lists could not be refreshed; trying with those that are here");
    }
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments)
}

impl Requirement {
    fn is_met(&self) -> bool {
        match self.probe {
            Probe::Program(names) => names.iter().any(|name| process::on_path(name)),
            Probe::Library(name) => process::succeeds("pkg-config", &["--exists", name]),
            Probe::Module(name) => process::succeeds("python3", &["-c", &format!("import {name}")]),
            Probe::Font => {
                ["/usr/share/fonts", "/usr/local/share/fonts"].iter().any(|folder| has_file(Path::new(folder)))
            }
        }
    }
}

fn has_file(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.path().is_file() || has_file(&entry.path()))
}
