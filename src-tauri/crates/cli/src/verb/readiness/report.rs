//! `readiness report`: one file with all evidence, all of it or nothing.

use crate::{exit::Exit, screen::Screen, trouble::Trouble, verb::Session};
use console::view::{ReadinessReport, ReadinessReportQuery, ReportFormat};
use domain::ConnectionId;
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

pub(super) async fn write(
    session: &Session<'_>,
    connection: Option<ConnectionId>,
    out: &Path,
    force: bool,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let format = format(out)?;
    let report: ReadinessReport = session.ask("readiness.report", ReadinessReportQuery { connection, format }).await?;
    put(out, &report.text, force).map_err(|error| trouble(out, &error))?;
    screen.note(&format!("written to {}", out.display()));
    Ok(Exit::Done)
}

fn format(out: &Path) -> Result<ReportFormat, Trouble> {
    match out.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("html") => Ok(ReportFormat::Html),
        Some("md") => Ok(ReportFormat::Markdown),
        _ => Err(Trouble::given("--out: the ending must be .html or .md", "It decides the form of the report.")),
    }
}

/// Writes beside the place and moves it there, so that nobody ever reads half a report.
fn put(out: &Path, text: &str, force: bool) -> io::Result<()> {
    if !force && out.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let beside = out.with_file_name(name);
    let moved = written(&beside, text).and_then(|()| fs::rename(&beside, out));
    if moved.is_err() {
        // What could not be written is no use to anybody; that it cannot be removed either adds nothing.
        let _ = fs::remove_file(&beside);
    }
    moved
}

fn written(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn trouble(out: &Path, error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Trouble::given(format!("{} is there already", out.display()), "Choose another name, or add --force.")
        }
        _ => Trouble::given(
            format!("{} cannot be written: {error}", out.display()),
            "Choose a folder that exists and that may be written to.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{format, put};
    use crate::exit::Exit;
    use console::view::ReportFormat;
    use std::{fs, io::ErrorKind, path::Path};

    #[test]
    fn a_file_is_written_whole_and_never_replaced_unasked() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let out = folder.path().join("report.md");
        put(&out, "first", false).expect("there was none");
        let refused = put(&out, "second", false).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::AlreadyExists), "what is there stays");
        assert_eq!(fs::read_to_string(&out).expect("it is there"), "first", "all of it");
        put(&out, "second", true).expect("it was asked for");
        assert_eq!(fs::read_to_string(&out).expect("it is there"), "second", "now it is replaced");
        let left = fs::read_dir(folder.path()).expect("the folder is there").count();
        assert_eq!(left, 1, "nothing is left beside it");
        assert!(put(&folder.path().join("none/report.md"), "x", false).is_err(), "there is no such folder");
    }

    #[test]
    fn the_ending_decides_the_form() {
        let form = |name: &str| format(Path::new(name)).map_err(|trouble| trouble.exit());
        assert_eq!(form("a.HTML"), Ok(ReportFormat::Html), "in any case of letters");
        assert_eq!(form("a.md"), Ok(ReportFormat::Markdown), "or Markdown");
        assert_eq!(form("report"), Err(Exit::Refused), "what has neither is refused");
    }
}
