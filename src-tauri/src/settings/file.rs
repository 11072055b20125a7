//! `plane.toml` itself.

use domain::Fault;
use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};
use toml::Table;

/// Most bytes of the file.
const MOST: u64 = 256 * 1024;

/// What the file says; nothing if there is none. A fault of the whole file has an empty path.
pub(super) fn read(path: &Path, faults: &mut Vec<Fault>) -> Table {
    let mut add = |rule: &str, message: String, remedy: &str| {
        faults.push(Fault { path: String::new(), rule: rule.to_owned(), message, remedy: remedy.to_owned() });
    };
    let text = match open(path) {
        Ok(None) => return Table::new(),
        Ok(Some((text, is_ours_alone))) => {
            if !is_ours_alone {
                let message = "Other users of this machine may change plane.toml.".to_owned();
                add("private", message, "Take that right away with chmod go-w, and look through what it says.");
            }
            text
        }
        Err(error) => {
            let message = format!("The file plane.toml cannot be read: {}.", error.kind());
            add("readable", message, "Make it a text file of at most 256 KiB that this user may read.");
            return Table::new();
        }
    };
    text.parse().unwrap_or_else(|error: toml::de::Error| {
        // The text round the fault is left out, since it may be a secret.
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let message = format!("The file plane.toml is not TOML: line {line}: {}.", error.message());
        add("toml", message, "Mend this line; the other settings are judged once the file can be read.");
        Table::new()
    })
}

/// The text of the file, and whether nobody else may change it.
fn open(path: &Path) -> io::Result<Option<(String, bool)>> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(found) if !found.is_file() || found.len() > MOST => return Err(io::ErrorKind::InvalidData.into()),
        Ok(_) => {}
    }
    let file = File::open(path)?;
    let is_ours_alone = is_ours_alone(&file.metadata()?);
    let mut text = String::new();
    file.take(MOST).read_to_string(&mut text)?;
    Ok(Some((text, is_ours_alone)))
}

#[cfg(unix)]
fn is_ours_alone(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let of_others = metadata.permissions().mode() & 0o022;
    of_others == 0
}

#[cfg(not(unix))]
const fn is_ours_alone(_: &std::fs::Metadata) -> bool {
    true
}
