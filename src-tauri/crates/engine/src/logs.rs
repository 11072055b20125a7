//! What steps print, on its way to the store: cleaned, capped, and written in batches.
//!
//! A tool must never wait for the disk, so lines are collected in memory and flushed every 50 ms or 256 lines. The lines
//! that are still in memory when an attempt ends are written right before its result, so that a reader who sees the end
//! has seen everything. What memory can hold is bounded: slots times the cap of an attempt, where each line counts for
//! more than its text, so that a flood of empty lines is bounded too.

use crate::{
    Error,
    store::{Claim, PendingLine, Store},
    tools::{LINE_COST, LogSink},
};
use domain::{Clock, LogStream, RunId, StepId};
use parking_lot::Mutex;
use std::{
    borrow::Cow,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::Notify;

/// Longest time that a line stays in memory only.
const EVERY: Duration = Duration::from_millis(50);
/// Lines that are not waited for.
const LINES: usize = 256;
/// Lines written at once, so that other changes get their turn in between.
const BATCH: usize = 2_000;
/// Longest line in bytes.
const LINE_CAP: usize = 8 * 1024;

/// Collects the lines of all attempts and flushes them.
#[derive(Debug)]
pub(crate) struct LogKeeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    cap: usize,
    open: Mutex<Vec<Weak<AttemptLog>>>,
    /// Lines that a flush could not write. Held while flushing, so that flushes keep the order.
    left: tokio::sync::Mutex<Vec<PendingLine>>,
    some: Notify,
    many: Notify,
}

/// The log of one attempt.
#[derive(Debug)]
pub(crate) struct AttemptLog {
    keeper: Arc<LogKeeper>,
    run: RunId,
    step: StepId,
    attempt: u32,
    state: Mutex<Buffered>,
}

#[derive(Debug, Default)]
struct Buffered {
    pending: Vec<PendingLine>,
    bytes: usize,
    lost_lines: u64,
    lost_bytes: u64,
    closed: bool,
}

impl LogKeeper {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, cap: usize) -> Arc<Self> {
        Arc::new(Self {
            store,
            clock,
            cap,
            open: Mutex::default(),
            left: tokio::sync::Mutex::default(),
            some: Notify::new(),
            many: Notify::new(),
        })
    }

    /// Opens the log of an attempt.
    pub(crate) fn open(self: &Arc<Self>, claim: &Claim) -> Arc<AttemptLog> {
        let log = Arc::new(AttemptLog {
            keeper: Arc::clone(self),
            run: claim.run.clone(),
            step: claim.step.clone(),
            attempt: claim.attempt,
            state: Mutex::default(),
        });
        let mut open = self.open.lock();
        open.retain(|log| log.strong_count() > 0);
        open.push(Arc::downgrade(&log));
        log
    }

    /// Flushes for ever.
    pub(crate) async fn serve(&self) {
        loop {
            self.some.notified().await;
            // Whether the time is over or there are many lines makes no difference.
            let _ = tokio::time::timeout(EVERY, self.many.notified()).await;
            if let Err(error) = self.flush().await {
                tracing::warn!(%error, "log lines could not be written; they are kept and tried again");
                tokio::time::sleep(Duration::from_millis(500)).await;
                self.some.notify_one();
            }
        }
    }

    /// Writes everything that is in memory.
    pub(crate) async fn flush(&self) -> Result<(), Error> {
        let mut left = self.left.lock().await;
        let mut lines = std::mem::take(&mut *left);
        for log in self.open.lock().iter().filter_map(Weak::upgrade) {
            lines.append(&mut log.state.lock().pending);
        }
        if lines.is_empty() {
            return Ok(());
        }
        while !lines.is_empty() {
            let rest = lines.split_off(lines.len().min(BATCH));
            let batch = Arc::new(lines);
            if let Err(error) = self.store.append_logs(Arc::clone(&batch)).await {
                *left = Arc::unwrap_or_clone(batch);
                left.extend(rest);
                return Err(error);
            }
            lines = rest;
        }
        Ok(())
    }
}

impl AttemptLog {
    /// Says something in the name of the control plane; not subject to the cap.
    pub(crate) fn system(&self, text: &str) {
        self.state.lock().pending.push(self.pending(LogStream::System, text.to_owned()));
        self.keeper.some.notify_one();
    }

    /// Closes the log and answers what is not yet written, with the statement of what was cut.
    pub(crate) async fn close(&self) -> Vec<PendingLine> {
        // A flush under way has lines of this attempt that come before the rest.
        let _flushed = self.keeper.left.lock().await;
        let mut state = self.state.lock();
        state.closed = true;
        let mut lines = std::mem::take(&mut state.pending);
        if state.lost_lines > 0 {
            let text = format!(
                "Output cut after {} bytes: {} further lines ({} bytes) were not kept.",
                state.bytes, state.lost_lines, state.lost_bytes
            );
            lines.push(self.pending(LogStream::System, text));
        }
        lines
    }

    fn pending(&self, stream: LogStream, text: String) -> PendingLine {
        PendingLine {
            run: self.run.clone(),
            step: self.step.clone(),
            attempt: self.attempt,
            at: self.keeper.clock.now(),
            stream,
            text,
        }
    }
}

impl LogSink for AttemptLog {
    fn line(&self, stream: LogStream, text: &str) {
        let mut state = self.state.lock();
        if state.closed {
            return;
        }
        // What the plane itself says is little, and says among others what was cut.
        if stream != LogStream::System {
            let cost = text.len() + LINE_COST;
            if state.bytes + cost > self.keeper.cap || state.lost_lines > 0 {
                state.lost_lines += 1;
                state.lost_bytes += u64::try_from(text.len()).unwrap_or(u64::MAX);
                return;
            }
            state.bytes += cost;
        }
        let line = self.pending(stream, clean(text).into_owned());
        state.pending.push(line);
        let full = state.pending.len() >= LINES;
        drop(state);
        self.keeper.some.notify_one();
        if full {
            self.keeper.many.notify_one();
        }
    }
}

/// The line without escape sequences and control characters other than tab, cut with a mark if it is too long.
fn clean(text: &str) -> Cow<'_, str> {
    if text.len() <= LINE_CAP && !text.chars().any(|char| char.is_control() && char != '\t') {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len().min(LINE_CAP));
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\u{1b}' {
            skip_escape(&mut chars);
        } else if char == '\t' || !char.is_control() {
            if kept.len() + char.len_utf8() > LINE_CAP {
                kept.push_str(" … (line cut)");
                break;
            }
            kept.push(char);
        }
    }
    Cow::Owned(kept)
}

/// Skips the rest of a terminal escape sequence: CSI ends with a letter, OSC with BEL or ESC `\`, others are one character.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => while chars.next().is_some_and(|char| !('@'..='~').contains(&char)) {},
        Some(']') => {
            while let Some(char) = chars.next() {
                if char == '\u{7}' {
                    break;
                }
                if char == '\u{1b}' {
                    chars.next_if_eq(&'\\');
                    break;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_CAP, clean};

    #[test]
    fn what_a_terminal_would_obey_is_removed() {
        assert_eq!(clean("\u{1b}[31;1mred\u{1b}[0m\tok"), "red\tok", "colours go, tabs stay");
        assert_eq!(clean("\u{1b}]0;title\u{7}text\r"), "text", "titles and carriage returns go");
        assert_eq!(clean("\u{1b}]8;;http://x\u{1b}\\link"), "link", "hyperlinks keep their text");
        assert_eq!(clean("a\u{1b}"), "a", "an escape at the end is no sequence");
        assert_eq!(clean("plain"), "plain", "ordinary text is untouched");
    }

    #[test]
    fn a_long_line_is_cut_at_a_character_with_a_mark() {
        let long = "é".repeat(LINE_CAP);
        let cut = clean(&long);
        assert!(cut.ends_with("(line cut)"), "the cut is stated");
        assert!(cut.len() < LINE_CAP + 32, "the line is bounded");
    }
}
