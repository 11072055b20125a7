//! How progress is shown: one headline before each piece of work, one line after it.

use std::{io::IsTerminal as _, time::Duration};

/// Says what comes next.
pub(crate) fn headline(text: &str) {
    if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        println!("\n\u{1b}[1m==> {text}\u{1b}[0m");
    } else {
        println!("\n==> {text}");
    }
}

/// Says something about the work at hand.
pub(crate) fn note(text: &str) {
    println!("    {text}");
}

/// A duration for a person: `0.4 s`, `12 s`, `3 min 07 s`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_read_well_at_every_size() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s", "tenths while they matter");
        assert_eq!(duration(Duration::from_secs(75)), "75 s", "plain seconds below two minutes");
        assert_eq!(duration(Duration::from_secs(187)), "3 min 07 s", "minutes from then on");
    }
}
