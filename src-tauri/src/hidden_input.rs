//! Asks at the terminal for something secret, without showing what is typed.
//!
//! The terminal itself is asked, and not standard input, which may be a pipe. Deliberately absent: anything for systems whose
//! terminals work otherwise; there it is read from standard input.

use domain::Secret;
use std::io;

/// Longest line that is read, in bytes.
#[cfg(unix)]
const LONGEST: u64 = 4 * 1024;

/// What somebody types, without its line end; `None` where there is no terminal.
#[cfg(unix)]
pub(crate) fn ask(question: &str) -> io::Result<Option<Secret>> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    use std::{
        fs::OpenOptions,
        io::{BufRead as _, BufReader, Read as _, Write as _},
    };

    let Ok(mut terminal) = OpenOptions::new().read(true).write(true).open("/dev/tty") else { return Ok(None) };
    let as_it_was = tcgetattr(&terminal)?;
    let mut hidden = as_it_was.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    hidden.local_modes.insert(LocalModes::ECHONL);
    write!(terminal, "{question}: ")?;
    terminal.flush()?;
    tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
    let mut line = String::new();
    let read = BufReader::new(&terminal).take(LONGEST).read_line(&mut line);
    // However the reading went, what is typed next is seen again.
    tcsetattr(&terminal, OptionalActions::Flush, &as_it_was)?;
    read?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Some(Secret::new(line)))
}

/// Nothing is asked for here.
#[cfg(not(unix))]
pub(crate) fn ask(_question: &str) -> io::Result<Option<Secret>> {
    Ok(None)
}
