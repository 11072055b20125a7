//! `cargo xtask codegen`: writes what is generated from code and committed.

use crate::{failure::Failure, headline::headline, headline::note, process, process::Job, root};
use std::{fs, path::Path};

/// Crates with queries that are checked against their migrations at compile time.
const CRATES_WITH_QUERIES: &[&str] = &["cache", "engine"];

/// What to generate.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Also write `.sqlx`, the offline descriptions of all queries; needs the `sqlite3` program.
    #[arg(long)]
    queries: bool,
}

/// Writes `ui/src/rpc/schema.ts`, and `.sqlx` on request.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    if arguments.queries {
        for name in CRATES_WITH_QUERIES {
            queries(root, name)?;
        }
    }
    headline("ui/src/rpc/schema.ts");
    Job::new("cargo", &["test", "--locked", "--package", "rpc", "--test", "schema"])
        .env("UPDATE_SCHEMA", "1")
        .env("SQLX_OFFLINE", "true")
        .remedy("The crate `rpc` must compile first; read the output above.")
        .run()
}

/// Makes an empty database of the crate's migrations and lets the compiler describe every query against it.
fn queries(root: &Path, name: &str) -> Result<(), Failure> {
    headline(&format!("{name}/.sqlx"));
    let folder = root.join("src-tauri/crates").join(name);
    let database = root::built(root, false).join(format!("codegen-{name}.db"));
    if !process::on_path("sqlite3") {
        return Err(Failure::by_hand("there is no `sqlite3` on the PATH", "Install it: sudo apt-get install sqlite3"));
    }
    match fs::remove_file(&database) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Failure::io(&database, &error)),
        _ => note("a fresh database"),
    }
    let mut migrations: Vec<_> = fs::read_dir(folder.join("migrations"))
        .map_err(|error| Failure::io(&folder, &error))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    migrations.sort();
    for migration in migrations {
        let read = format!(".read '{}'", migration.display());
        Job::new("sqlite3", &["-bail", &database.to_string_lossy(), &read]).run()?;
    }
    let offline = folder.join(".sqlx");
    fs::create_dir_all(&offline).map_err(|error| Failure::io(&offline, &error))?;
    for entry in fs::read_dir(&offline).into_iter().flatten().flatten() {
        fs::remove_file(entry.path()).map_err(|error| Failure::io(&entry.path(), &error))?;
    }
    // The macros only run when the crate is compiled, which cargo skips if nothing is newer.
    let library = folder.join("src/lib.rs");
    let file = fs::File::options().append(true).open(&library).map_err(|error| Failure::io(&library, &error))?;
    #[expect(clippy::disallowed_methods, reason = "the date of a file is wall-clock time")]
    let now = std::time::SystemTime::now();
    file.set_modified(now).map_err(|error| Failure::io(&library, &error))?;
    Job::new("cargo", &["check", "--locked", "--package", name, "--all-targets"])
        .env("DATABASE_URL", format!("sqlite://{}", database.display()))
        .env("SQLX_OFFLINE_DIR", &offline)
        .env("SQLX_OFFLINE", "false")
        .remedy("A query does not fit the migrations; read the output above.")
        .run()
}
