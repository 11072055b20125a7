//! How a program is to be run, as a plan says it: the inputs that `shell` and `gate:` have in common.

use super::Program;
use crate::tools::{
    ToolCall, ToolFailure,
    given::{Given, Sources},
    inputs::{Fields, child, clip, fault, scalar_text, secret_in_plan},
    redact::Redactor,
};
use domain::{Fault, Secret};
use serde_json::Value;
use std::path::PathBuf;

/// What is passed on when the plan has no `env_allow` of its own.
const ALLOWED: [&str; 6] = ["PATH", "HOME", "LANG", "TERM", "USER", "TMPDIR"];
/// Most output that is logged for an attempt, unless the plan says otherwise.
const OUTPUT_CAP: usize = 1024 * 1024;
/// A variable whose name ends so holds a secret.
const SECRET_NAMES: [&str; 7] = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY"];

/// How a program is to be run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting {
    argv: Vec<String>,
    cwd: Option<PathBuf>,
    env: Vec<(String, Given)>,
    env_allow: Vec<String>,
    stdin: Option<Given>,
    output_cap: usize,
}

impl Setting {
    /// Reads the common inputs; faults stay with `fields`, and `None` means that there were some.
    pub(crate) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let argv = argv(fields);
        let cwd = cwd(fields);
        let env = env(fields);
        let env_allow = match fields.texts("env_allow", 1..=200) {
            Some(names) => names.into_iter().map(str::to_owned).collect(),
            None => ALLOWED.map(str::to_owned).to_vec(),
        };
        let stdin = fields.any("stdin").map(|value| Given::read(value, &fields.path("stdin")));
        let stdin = stdin.and_then(|read| read.map_err(|fault| fields.adopt([fault])).ok());
        let cap = fields.integer("max_output_bytes", 1024..=16 * 1024 * 1024);
        let output_cap = cap.and_then(|cap| usize::try_from(cap).ok()).unwrap_or(OUTPUT_CAP);
        Some(Self { argv: argv?, cwd, env, env_allow, stdin, output_cap })
    }

    /// The command as a person would recognise it. It stands in the plan, so it holds no secret.
    pub(crate) fn spelled(&self) -> String {
        clip(&self.argv.join(" "), 200)
    }

    /// Fetches what the plan only names.
    pub(crate) async fn program(
        self,
        call: &ToolCall,
        sources: &Sources,
        redactor: &mut Redactor,
        capture: bool,
    ) -> Result<Program, ToolFailure> {
        let mut env = Vec::new();
        for name in self.env_allow {
            let Some(value) = sources.environment.get(&name) else { continue };
            if may_be_secret(&name, &value) {
                redactor.hide(&Secret::new(&*value));
            }
            env.push((name, value));
        }
        for (name, given) in self.env {
            env.push((name, given.fetch(sources, &call.upstream, redactor).await?));
        }
        let stdin = match self.stdin {
            Some(given) => Some(given.fetch(sources, &call.upstream, redactor).await?),
            None => None,
        };
        let (marker, output_cap) = (call.attempt_marker.clone(), self.output_cap);
        Ok(Program { argv: self.argv, cwd: self.cwd, env, stdin, marker, output_cap, capture })
    }
}

fn argv(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    let (argv, script) = (fields.any("argv").is_some(), fields.text("script", 1..=100_000));
    let shell = fields.text("shell", 1..=500);
    if argv && fields.any("script").is_some() {
        fields.refuse("script", "conflict", "argv and script are both given.", "Keep one of them.");
        return None;
    }
    if shell.is_some() && script.is_none() {
        fields.refuse("shell", "conflict", "shell is given without a script.", "Remove it, or write a script.");
    }
    if let Some(script) = script {
        return Some(vec![shell.unwrap_or("/bin/sh").to_owned(), "-c".to_owned(), script.to_owned()]);
    }
    if !argv {
        if fields.any("script").is_none() {
            fields.missing("argv", "Write the program and its arguments as a list of texts, or a script.");
        }
        return None;
    }
    let list = fields.list("argv")?;
    if list.is_empty() || list.first().and_then(Value::as_str).is_some_and(|program| program.trim().is_empty()) {
        fields.refuse("argv", "empty", "argv names no program.", "Write the program as its first element.");
        return None;
    }
    fields.words("argv", 0..=100_000)
}

fn cwd(fields: &mut Fields<'_>) -> Option<PathBuf> {
    let path = PathBuf::from(fields.text("cwd", 1..=4096)?);
    if !path.is_absolute() {
        let remedy = "Write the full path of the folder; the control plane does not share your terminal's folder.";
        fields.refuse("cwd", "relative_path", "cwd is not a full path.", remedy);
    }
    Some(path)
}

fn env(fields: &mut Fields<'_>) -> Vec<(String, Given)> {
    let (mut env, mut faults) = (Vec::new(), Vec::<Fault>::new());
    for (name, value) in fields.object("env").into_iter().flatten() {
        let path = child(&fields.path("env"), name);
        if name.is_empty() || name.contains(['=', '\0']) || name.len() > 200 {
            faults.push(fault(
                path,
                "not_a_name",
                "This cannot be the name of a variable.",
                "Write 1 to 200 characters without \"=\".",
            ));
            continue;
        }
        let read = scalar_text(value).map_or_else(|| Given::read(value, &path), |text| Ok(Given::Literal(text)));
        match read {
            Ok(given) if given.is_literal() && names_a_secret(name) => faults.push(secret_in_plan(path, name)),
            Ok(given) => env.push((name.clone(), given)),
            Err(fault) => faults.push(fault),
        }
    }
    fields.adopt(faults);
    env
}

/// Whether a variable that is passed on should be hidden in what the program prints. Hiding an ordinary word would blot
/// out text, so a value is hidden if a part of its name says so, or if it looks like nothing but a secret.
fn may_be_secret(name: &str, value: &str) -> bool {
    const PARTS: [&str; 10] =
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASS", "PAT", "KEY", "AUTH", "CREDENTIAL", "CREDENTIALS"];
    let has = |is: fn(&char) -> bool| value.chars().any(|c| is(&c));
    let is_dense =
        value.len() >= 20 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_+=".contains(&byte));
    !ALLOWED.contains(&name)
        && (name.to_ascii_uppercase().split('_').any(|part| PARTS.contains(&part))
            || names_a_secret(name)
            || (is_dense && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic)))
}

fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SECRET_NAMES.iter().any(|end| name.ends_with(end))
}
