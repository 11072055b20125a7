//! Where answers go: standard output for what was asked, standard error for everything else.

use crate::{
    arguments::Format,
    exit::Exit,
    render::{Colour, Table, moment},
    trouble::Trouble,
    visible::{visible, visible_json},
};
use domain::{Fault, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Where answers go, and in which form.
pub struct Screen<'a> {
    out: &'a mut (dyn Write + Send),
    err: &'a mut (dyn Write + Send),
    format: Format,
    colour: bool,
}

impl std::fmt::Debug for Screen<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("format", &self.format).field("colour", &self.colour).finish_non_exhaustive()
    }
}

impl<'a> Screen<'a> {
    /// `colour` only if `out` is a terminal and its user did not switch it off.
    pub fn new(out: &'a mut (dyn Write + Send), err: &'a mut (dyn Write + Send), format: Format, colour: bool) -> Self {
        Self { out, err, format, colour }
    }

    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// One document: laid out for `json`, on one line for `ndjson`.
    pub(crate) fn document(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Trouble> {
        let text = match self.format {
            Format::Ndjson => serde_json::to_string(value)?,
            Format::Json | Format::Table => serde_json::to_string_pretty(value)?,
        };
        Ok(writeln!(self.out, "{}", visible_json(&text))?)
    }

    /// Many documents, one per line.
    pub(crate) fn documents<T: Serialize>(&mut self, values: &[T]) -> Result<(), Trouble> {
        for value in values {
            writeln!(self.out, "{}", visible_json(&serde_json::to_string(value)?))?;
        }
        Ok(())
    }

    /// One line for people; `text` may hold anything.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", visible(text))
    }

    /// One line whose beginning says how it stands.
    pub(crate) fn marked_line(&mut self, mark: &str, colour: Colour, text: &str) -> io::Result<()> {
        let (on, off) = colour.codes(self.colour);
        writeln!(self.out, "{on}{}{off}{}", visible(mark), visible(text))
    }

    /// Lines that are made for a program; `text` may hold anything.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|line| self.line(line))
    }

    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        table.write(self.out, self.colour)
    }

    /// Shows what is there so far, before something is waited for.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Something that was not asked for but must be known, e.g. that an answer is old.
    pub fn note(&mut self, text: &str) {
        // With nowhere to say it, it cannot be said.
        let _ = match self.format {
            Format::Table => writeln!(self.err, "{}", visible(text)),
            Format::Json | Format::Ndjson => {
                writeln!(self.err, "{}", visible_json(&json!({ "note": text }).to_string()))
            }
        };
    }

    /// A token that was just made: the secret alone on standard output, so that it can be piped, the rest beside it.
    pub fn new_token(&mut self, id: &str, secret: &str) -> Exit {
        let written = if self.format == Format::Table {
            self.note(&format!("token {id}; this is shown once:"));
            self.line(secret).map_err(Trouble::from)
        } else {
            self.document(&json!({ "id": id, "secret": secret }))
        };
        self.settle(written)
    }

    /// Tokens: id, name, and when each was made.
    pub fn tokens(&mut self, tokens: &[(String, String, Timestamp)]) -> Exit {
        let document =
            |(id, name, at): &(String, String, Timestamp)| json!({ "id": id, "name": name, "created_at": at });
        let documents: Vec<_> = tokens.iter().map(document).collect();
        let written = match self.format {
            Format::Json => self.document(&documents),
            Format::Ndjson => self.documents(&documents),
            Format::Table => {
                let mut table = Table::new(vec!["TOKEN", "NAME", "CREATED"], "No tokens.");
                for (id, name, at) in tokens {
                    table.row([id.as_str().into(), name.as_str().into(), moment(*at).into()]);
                }
                self.table(&table).map_err(Trouble::from)
            }
        };
        self.settle(written)
    }

    /// The exit code of something written; what went wrong is told.
    pub(crate) fn settle(&mut self, written: Result<(), Trouble>) -> Exit {
        match written.and_then(|()| Ok(self.flush()?)) {
            Ok(()) => Exit::Done,
            Err(trouble) => {
                self.trouble(&trouble);
                trouble.exit()
            }
        }
    }

    /// Why there is no answer, when that is known before the console is asked. `code` decides the exit code.
    pub fn error(&mut self, code: &'static str, message: &str, hint: Option<String>, faults: &[Fault]) {
        self.trouble(&Trouble::Given { code, message: message.to_owned(), hint, faults: faults.to_vec() });
    }

    /// Why there is no answer.
    pub(crate) fn trouble(&mut self, trouble: &Trouble) {
        if trouble.is_closed_pipe() {
            return;
        }
        if self.format == Format::Table {
            for line in trouble.lines() {
                let _ = writeln!(self.err, "{}", visible(&line));
            }
        } else {
            let document: Value = trouble.document();
            let _ = writeln!(self.err, "{}", visible_json(&document.to_string()));
        }
    }
}
