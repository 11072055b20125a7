//! A data directory and the processes over it, with everything that they print.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::JoinHandle,
};

/// A data directory, and beside it a home and what processes print.
#[derive(Debug)]
pub(crate) struct House {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl House {
    /// `environment` is given to every process.
    pub(crate) fn new(environment: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["data", "home"] {
            let path = folder.path().join(name);
            fs::create_dir(&path).expect("a folder");
            let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(path, private).expect("it is ours");
        }
        Self { folder, environment }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A file outside of the data directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("temporary paths are UTF-8").to_owned()
    }

    /// The same, which nobody else may read.
    pub(crate) fn private_file(&self, name: &str, text: &str) -> String {
        let path = self.file(name, text);
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&path, private).expect("it is ours");
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_breakwater"));
        command.args(arguments).arg("--data-dir").arg(self.data()).stdin(Stdio::null());
        command.env("HOME", self.home());
        for variable in ["DISPLAY", "WAYLAND_DISPLAY", "BREAKWATER_LOG", "BREAKWATER_TOKEN"] {
            command.env_remove(variable);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn say(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it starts")
    }

    /// The same with a line on standard input.
    pub(crate) fn say_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut pipe = child.stdin.take().expect("stdin is piped");
        // Whoever refuses before it reads closes the pipe.
        let _ = writeln!(pipe, "{input}");
        drop(pipe);
        child.wait_with_output().expect("it ends")
    }

    /// Starts a process that stays, and answers it with the first word that begins so.
    pub(crate) fn stay(&self, arguments: &[&str], beginning: &str) -> (Staying, String) {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut err = child.stderr.take().expect("stderr is piped");
        let complained = std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = err.read_to_end(&mut said);
            said
        });
        let mut said = Vec::new();
        let address = loop {
            let mut line = String::new();
            if out.read_line(&mut line).expect("it speaks") == 0 {
                let complaint = complained.join().expect("it was read");
                panic!("it says where it is, not {}", String::from_utf8_lossy(&complaint));
            }
            said.extend_from_slice(line.as_bytes());
            if let Some(word) = line.split_whitespace().find(|word| word.starts_with(beginning)) {
                break word.to_owned();
            }
        };
        let printed = std::thread::spawn(move || {
            let _ = out.read_to_end(&mut said);
            said
        });
        (Staying { child, printed: Some(printed), complained: Some(complained) }, address)
    }
}

/// A process that stays until it is ended, however the test ends.
#[derive(Debug)]
pub(crate) struct Staying {
    child: Child,
    printed: Option<JoinHandle<Vec<u8>>>,
    complained: Option<JoinHandle<Vec<u8>>>,
}

impl Staying {
    /// Asks it to end as an init system would, and answers everything that it printed.
    pub(crate) fn end(mut self) -> Vec<u8> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        let status = self.child.wait().expect("it can be waited for");
        assert_eq!(status.code(), Some(0), "it ends in good order");
        let both = [self.printed.take(), self.complained.take()];
        both.into_iter().flatten().flat_map(|reader| reader.join().expect("it was read")).collect()
    }
}

impl Drop for Staying {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&path)),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
    found
}
