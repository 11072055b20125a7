//! `ARCHITECTURE.md` and the code agree: rooms, arrows, heavy dependencies, names, sizes.
//!
//! The tables are read from the document itself, so that neither can be changed alone. Each check answers with every
//! fault that it finds, because mending one at a time is tedious.

#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
    process::Command,
};

type Arrows = BTreeMap<String, BTreeSet<String>>;

const LONGEST_FILE: usize = 600;
const LONGEST_DOCUMENT: usize = 300;
const VAGUE_NAMES: &[&str] = &["utils", "helpers", "common", "misc", "types", "manager"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn document() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there")
}

/// The lines of the fenced block that follows a heading.
fn block<'a>(document: &'a str, heading: &str) -> Vec<&'a str> {
    let after =
        document.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("ARCHITECTURE.md has {heading:?}")).1;
    let fenced = after.split("```").nth(1).unwrap_or_else(|| panic!("a fenced block follows {heading:?}"));
    fenced.lines().skip(1).filter(|line| !line.trim().is_empty()).collect()
}

/// `a, b -> c, d` read as: a and b each lead to c and d.
fn arrows(lines: &[&str]) -> Arrows {
    let names = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    let mut table = Arrows::new();
    for line in lines {
        let (from, to) = line.split_once("->").unwrap_or_else(|| panic!("{line:?} has an arrow"));
        for name in names(from) {
            table.entry(name).or_default().extend(names(to));
        }
    }
    table
}

/// What each package depends on outside of tests, by cargo's own word.
fn dependencies() -> Arrows {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo can be called");
    assert!(output.status.success(), "cargo metadata answers: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata answers in JSON");
    let text = |value: &Value| value.as_str().expect("names are text").to_owned();
    let packages = metadata["packages"].as_array().expect("there are packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("each package lists its dependencies");
            let outside_tests = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
            (text(&package["name"]), outside_tests.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

/// Every way in which what is differs from what is drawn.
fn arrow_faults(drawn: &Arrows, actual: &Arrows) -> Vec<String> {
    let mut faults = Vec::new();
    for name in actual.keys().filter(|name| !drawn.contains_key(*name)) {
        faults.push(format!("{name} is in no line of the table"));
    }
    for (name, targets) in drawn {
        let Some(dependencies) = actual.get(name) else {
            faults.push(format!("{name} is drawn, but there is no such package"));
            continue;
        };
        let ours: BTreeSet<_> =
            dependencies.iter().filter(|dependency| actual.contains_key(*dependency)).cloned().collect();
        faults.extend(ours.difference(targets).map(|target| format!("{name} -> {target} is not drawn")));
        faults.extend(targets.difference(&ours).map(|target| format!("{name} -> {target} is drawn, but not there")));
    }
    faults
}

/// Every package that has a heavy dependency which is not for its room. A trailing `*` stands for any ending.
fn heavy_faults(rooms: &Arrows, actual: &Arrows) -> Vec<String> {
    let mut faults = Vec::new();
    for (heavy, allowed) in rooms {
        let is_it = |name: &str| heavy.strip_suffix('*').map_or(name == heavy, |beginning| name.starts_with(beginning));
        let may = |name: &str| {
            allowed
                .iter()
                .any(|room| room.strip_suffix('*').map_or(name == room, |beginning| name.starts_with(beginning)))
        };
        for (name, dependencies) in actual.iter().filter(|(name, _)| !may(name)) {
            let found = dependencies.iter().filter(|dependency| is_it(dependency));
            faults.extend(
                found.map(|dependency| format!("{name} depends on {dependency}, which belongs to {allowed:?}")),
            );
        }
    }
    faults
}

/// Every file below a folder that somebody wrote.
fn written(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, "node_modules" | "dist" | "gen" | "target" | ".sqlx" | "snapshots" | "screenshots") {
                files.extend(written(&path));
            }
        } else {
            files.push(path);
        }
    }
    files
}

fn sources(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let root = root();
    ["src-tauri", "tests", "ui"]
        .iter()
        .flat_map(|folder| written(&root.join(folder)))
        .filter(|path| path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.strip_prefix(&root).expect("it is below the root").to_path_buf(), text)
        })
        .collect()
}

fn is_generated(path: &Path) -> bool {
    path == Path::new("ui/src/rpc/schema.ts")
}

/// What a TypeScript or Svelte file imports: quoted text after `from`, `import` or `import(`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for keyword in ["from", "import"] {
        for (at, _) in text.match_indices(keyword) {
            let rest = text[at + keyword.len()..].trim_start_matches([' ', '(', '\n']);
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
            found.extend(rest[1..].split(quote).next().map(str::to_owned));
        }
    }
    found
}

/// The view that a file belongs to, e.g. `runs` for `ui/src/views/runs/List.svelte`.
fn view(path: &Path) -> Option<String> {
    let rest = path.strip_prefix("ui/src/views").ok()?;
    (rest.components().count() > 1)
        .then(|| rest.components().next())?
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
}

/// Where an import leads, from the root of the repository; packages lead nowhere.
fn destination(from: &Path, import: &str) -> Option<PathBuf> {
    if let Some((_, inside)) = import.split_once("views/").filter(|_| !import.starts_with('.')) {
        return Some(Path::new("ui/src/views").join(inside));
    }
    let mut path = from.parent()?.to_path_buf();
    for part in Path::new(import.strip_prefix('.').map(|_| import)?).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    Some(path)
}

fn import_faults(path: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for import in imports(text) {
        if import.starts_with("@tauri-apps/") && path != Path::new("ui/src/platform/tauri.ts") {
            faults.push(format!("{}: {import} belongs into ui/src/platform/tauri.ts", path.display()));
        }
        let (here, there) = (view(path), destination(path, &import).and_then(|path| view(&path)));
        if here.is_some() && there.is_some() && here != there {
            faults.push(format!("{}: imports {import} of another view", path.display()));
        }
    }
    faults
}

fn none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

#[test]
fn arrows_are_as_drawn() {
    let drawn = arrows(&block(&document(), "## Arrows"));
    none(&arrow_faults(&drawn, &dependencies()), "ARCHITECTURE.md draws exactly the arrows that there are");
}

#[test]
fn heavy_dependencies_stay_in_their_rooms() {
    let rooms = arrows(&block(&document(), "## Heavy dependencies"));
    none(&heavy_faults(&rooms, &dependencies()), "a heavy dependency has one room");
}

#[test]
fn every_room_is_described_with_what_it_does_without() {
    let document = document();
    let code_map = document.split_once("\n## Code map\n").expect("there is a code map").1;
    let mut faults = Vec::new();
    for name in dependencies().keys().filter(|name| *name != "breakwater") {
        let heading = format!("\n### `{name}`\n");
        match code_map.split_once(&heading).map(|(_, after)| after.split("\n#").next().unwrap_or_default()) {
            None => faults.push(format!("{name} has no heading in the code map")),
            Some(text) if !text.contains("Invariant:") => faults.push(format!("{name} has no invariant")),
            Some(_) => {}
        }
    }
    none(&faults, "each room has a paragraph and an invariant");
    let lines = document.lines().count();
    assert!(lines <= LONGEST_DOCUMENT, "ARCHITECTURE.md stays readable at one sitting: {lines} lines");
}

#[test]
fn nothing_else_lies_at_the_top() {
    let document = document();
    let allowed: BTreeSet<_> = block(&document, "## Top level").into_iter().flat_map(str::split_whitespace).collect();
    let entries = fs::read_dir(root()).expect("the root can be read").flatten();
    let faults: Vec<_> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !allowed.contains(name.as_str()))
        .collect();
    none(&faults, "the top level is fixed; ARCHITECTURE.md lists it");
}

#[test]
fn modules_say_what_they_are_for() {
    let faults: Vec<_> = sources(&["rs"])
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    none(&faults, "every Rust module opens with `//!`");
}

#[test]
fn files_are_small_and_named_for_what_they_hold() {
    let mut faults = Vec::new();
    for (path, text) in sources(&["rs", "ts", "svelte", "css"]) {
        let lines = text.lines().count();
        if lines > LONGEST_FILE && !is_generated(&path) {
            faults.push(format!("{} has {lines} lines; at most {LONGEST_FILE}", path.display()));
        }
        let stem =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next()).unwrap_or_default();
        if VAGUE_NAMES.contains(&stem) && path != Path::new("ui/src/platform/types.ts") {
            faults.push(format!("{} is named for nothing", path.display()));
        }
    }
    none(&faults, "files are small rooms with telling names");
}

#[test]
fn the_page_reaches_out_through_its_doors_only() {
    let page = sources(&["ts", "svelte"]);
    let faults: Vec<_> = page
        .iter()
        .filter(|(path, _)| path.starts_with("ui/src"))
        .flat_map(|(path, text)| import_faults(path, text))
        .collect();
    none(&faults, "views stand alone, and one file knows of Tauri");
}

#[test]
fn a_wrong_arrow_is_noticed() {
    let drawn = arrows(&["a, b -> c", "c ->"]);
    let actual = arrows(&["a -> c, serde", "b -> a, c", "c ->", "d ->"]);
    let expected = ["d is in no line of the table", "b -> a is not drawn"];
    assert_eq!(arrow_faults(&drawn, &actual), expected, "what is not drawn is named; foreign packages are no arrows");
    let missing = arrow_faults(&arrows(&["a -> b", "b ->"]), &arrows(&["a ->", "b ->"]));
    assert_eq!(missing, ["a -> b is drawn, but not there"], "a stale arrow is named too");
    let heavy = heavy_faults(&arrows(&["tauri* -> desktop"]), &arrows(&["desktop -> tauri", "web -> tauri-utils"]));
    assert_eq!(heavy.len(), 1, "a heavy dependency in a wrong room is named: {heavy:?}");
}

#[test]
fn a_wrong_import_is_noticed() {
    let list = Path::new("ui/src/views/runs/List.svelte");
    let good =
        "import { Pill } from '../../components/Pill.svelte'\nimport './row.css'\nimport Row from \"./Row.svelte\"";
    assert_eq!(import_faults(list, good), Vec::<String>::new(), "the kit and the own folder are open to a view");
    for bad in ["import X from '../run/X.svelte'", "const X = await import('$lib/views/run/X.svelte')"] {
        assert_eq!(import_faults(list, bad).len(), 1, "another view is not: {bad}");
    }
    let api = "import { invoke } from '@tauri-apps/api/core'";
    assert_eq!(import_faults(list, api).len(), 1, "Tauri has one door");
    assert!(import_faults(Path::new("ui/src/platform/tauri.ts"), api).is_empty(), "and this is it");
}
