//! From bytes that a program prints to lines that a person can read: cleaned, cut, counted.
//!
//! A program may print anything, for ever: bytes that are no text, terminal escapes that would repaint the reader's
//! screen, a gigabyte without a line end. What is kept is bounded, and what is lost is stated.

use crate::tools::{LINE_COST, LogSink, redact::Redactor};
use domain::LogStream;
use std::{fmt::Write as _, sync::Arc};

/// Longest line that is kept, in bytes as printed.
pub(crate) const MAX_LINE: usize = 8 * 1024;
/// How much of the end of the standard output is kept for the step's own output, in bytes.
pub(crate) const TAIL: usize = 4 * 1024;

/// Splits a stream of bytes into lines of bounded length.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pending: Vec<u8>,
    dropped: usize,
}

impl Lines {
    /// Takes bytes in and hands complete lines out, each with the number of bytes that it was printed with.
    pub(crate) fn push(&mut self, mut bytes: &[u8], mut line: impl FnMut(&str, usize)) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            self.keep(&bytes[..end]);
            self.emit(&mut line);
            bytes = &bytes[end + 1..];
        }
        self.keep(bytes);
    }

    /// Hands out what stands after the last line end, if anything does.
    pub(crate) fn finish(&mut self, mut line: impl FnMut(&str, usize)) {
        if !self.pending.is_empty() {
            self.emit(&mut line);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_LINE - self.pending.len();
        let kept = bytes.len().min(room);
        self.pending.extend_from_slice(&bytes[..kept]);
        self.dropped += bytes.len() - kept;
    }

    fn emit(&mut self, line: &mut impl FnMut(&str, usize)) {
        let printed = self.pending.len() + self.dropped;
        let mut text = clean(&String::from_utf8_lossy(&self.pending));
        if self.dropped > 0 {
            let _infallible = write!(text, " … [line cut, {} more bytes]", self.dropped);
        }
        line(&text, printed + 1);
        self.pending.clear();
        self.dropped = 0;
    }
}

/// Removes terminal escape sequences and every control character but the tab.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_escape(&mut characters),
            '\t' => clean.push('\t'),
            other if other.is_control() => {}
            other => clean.push(other),
        }
    }
    clean
}

fn skip_escape(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match characters.next_if(|next| matches!(next, '[' | ']' | '(' | ')')) {
        Some('[') => while characters.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
        Some(']') => while characters.next().is_some_and(|c| c != '\u{7}' && c != '\u{1b}') {},
        Some(_) => drop(characters.next()),
        None => {}
    }
}

/// Where the lines of one attempt go.
#[derive(Debug)]
pub(crate) struct Recorder {
    log: Arc<dyn LogSink>,
    redactor: Redactor,
    room: usize,
    cap: usize,
    capture: bool,
    captured: String,
    tail: String,
    lost_lines: u64,
    lost_bytes: u64,
}

impl Recorder {
    /// Logs at most `cap` bytes; with `capture` the standard output is also kept whole up to the same cap.
    pub(crate) fn new(log: Arc<dyn LogSink>, redactor: Redactor, cap: usize, capture: bool) -> Self {
        let (captured, tail) = (String::new(), String::new());
        Self { log, redactor, room: cap, cap, capture, captured, tail, lost_lines: 0, lost_bytes: 0 }
    }

    /// Takes one line that was printed with so many bytes.
    pub(crate) fn line(&mut self, stream: LogStream, text: &str, printed: usize) {
        let text = self.redactor.clean(text);
        if stream == LogStream::Stdout {
            append_tail(&mut self.tail, &text);
        }
        if self.lost_lines == 0 && text.len() + LINE_COST <= self.room {
            self.room -= text.len() + LINE_COST;
            self.log.line(stream, &text);
            if self.capture && stream == LogStream::Stdout {
                self.captured.push_str(&text);
                self.captured.push('\n');
            }
            return;
        }
        if self.lost_lines == 0 {
            self.log.line(
                LogStream::System,
                &format!(
                    "Output is cut here: this attempt has printed its {} bytes ({LINE_COST} counted for each line).",
                    self.cap
                ),
            );
        }
        self.lost_lines += 1;
        self.lost_bytes += u64::try_from(printed).unwrap_or(u64::MAX);
    }

    /// Says what was lost.
    pub(crate) fn state_loss(&self) {
        if self.lost_lines > 0 {
            let message =
                format!("{} lines ({} bytes) of output after the cut were not kept.", self.lost_lines, self.lost_bytes);
            self.log.line(LogStream::System, &message);
        }
    }

    /// Writes a line of the control plane's own.
    pub(crate) fn system(&self, text: &str) {
        self.log.line(LogStream::System, text);
    }

    /// What was kept, and how many bytes were not.
    pub(crate) fn into_kept(self) -> Kept {
        Kept { stdout: self.captured, stdout_tail: self.tail, lost_bytes: self.lost_bytes }
    }
}

/// What is kept of the output of a program.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The standard output up to the cap; empty unless asked for.
    pub(crate) stdout: String,
    /// The end of the standard output, cut or not.
    pub(crate) stdout_tail: String,
    /// Bytes after the cut.
    pub(crate) lost_bytes: u64,
}

fn append_tail(tail: &mut String, line: &str) {
    tail.push_str(line);
    tail.push('\n');
    if tail.len() > 2 * TAIL + MAX_LINE {
        trim_tail(tail);
    }
}

/// Shortens the text to its last 4 KiB, at a character's edge.
pub(crate) fn trim_tail(tail: &mut String) {
    if tail.len() > TAIL {
        let mut start = tail.len() - TAIL;
        while !tail.is_char_boundary(start) {
            start += 1;
        }
        tail.drain(..start);
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, MAX_LINE, clean};
    use proptest::prelude::*;

    fn lines_of(chunks: &[&[u8]]) -> Vec<String> {
        let (mut cutter, mut found) = (Lines::default(), Vec::new());
        for chunk in chunks {
            cutter.push(chunk, |line, _| found.push(line.to_owned()));
        }
        cutter.finish(|line, _| found.push(line.to_owned()));
        found
    }

    #[test]
    fn lines_are_cut_cleaned_and_joined_over_chunks() {
        assert_eq!(lines_of(&[b"ab", b"c\nd\r\n", b"\n", b"e"]), ["abc", "d", "", "e"], "chunks are not lines");
        assert_eq!(lines_of(&[b"a\xffb\n"]), ["a\u{fffd}b"], "bytes that are no text are marked");
        assert_eq!(
            clean("\u{1b}[31mred\u{1b}[0m\u{7} \u{1b}]0;title\u{7}end\tx"),
            "red end\tx",
            "escapes leave nothing behind"
        );
        let long = lines_of(&[&vec![b'x'; MAX_LINE + 10], b"yz\nnext\n"]);
        assert!(long[0].ends_with("[line cut, 12 more bytes]"), "the cut is stated: {}", &long[0][MAX_LINE..]);
        assert_eq!(long[1], "next", "the next line is whole");
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_cutter(bytes in proptest::collection::vec(any::<u8>(), 0..2000), at in 0usize..2000) {
            let at = at.min(bytes.len());
            let (left, right) = bytes.split_at(at);
            prop_assert_eq!(lines_of(&[left, right]), lines_of(&[&bytes]), "chunk borders do not matter");
            for line in lines_of(&[&bytes]) {
                prop_assert!(!line.chars().any(|c| c.is_control() && c != '\t'), "no control character gets through");
            }
        }
    }
}
