//! Quiet hours: minutes of a day on the clock on the wall, which may cross midnight.

use crate::view::QuietHours;

/// Minutes of an hour, and hours of a day.
const HOUR: u16 = 60;
const DAY: u16 = 24;

/// The minute of the day that `HH:MM` names.
pub(super) fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let is_number = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < DAY && minutes < HOUR).then_some(hours * HOUR + minutes)
}

/// Whether a minute of the day lies in quiet hours; hours that cannot be read are none.
pub(super) fn holds(hours: Option<&QuietHours>, now: u16) -> bool {
    let Some((from, to)) = hours.and_then(|hours| minute(&hours.from).zip(minute(&hours.to))) else { return false };
    if from <= to { (from..to).contains(&now) } else { now >= from || now < to }
}

#[cfg(test)]
mod tests {
    use super::{holds, minute};
    use crate::view::QuietHours;

    #[test]
    fn hours_may_cross_midnight_and_end_at_their_minute() {
        let hours = |from: &str, to: &str| QuietHours { from: from.to_owned(), to: to.to_owned() };
        let (night, noon) = (hours("22:00", "07:30"), hours("12:00", "13:00"));
        for (hours, at, expected) in [
            (&night, "21:59", false),
            (&night, "22:00", true),
            (&night, "23:59", true),
            (&night, "00:00", true),
            (&night, "07:29", true),
            (&night, "07:30", false),
            (&noon, "12:30", true),
            (&noon, "00:30", false),
            (&noon, "13:00", false),
        ] {
            assert_eq!(holds(Some(hours), minute(at).unwrap()), expected, "{at} in {hours:?}");
        }
        assert!(!holds(None, 0), "without hours it is never quiet");
        for wrong in ["24:00", "7:30", "07:60", "0730", "+7:30", "07:3o", ""] {
            assert_eq!(minute(wrong), None, "{wrong:?} is no time of a day");
        }
    }
}
