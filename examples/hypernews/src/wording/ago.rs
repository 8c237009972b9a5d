//! Relative times.

use std::fmt;

use jiff::Timestamp;
use sailfish::runtime::{Buffer, Render, RenderError};

/// How long ago something was, in the largest whole unit: `3 hours ago`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ago {
    count: i64,
    unit: &'static str,
}

const UNITS: [(i64, &str); 6] = [
    (365 * 86_400, "year"),
    (30 * 86_400, "month"),
    (7 * 86_400, "week"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
];

/// Says how long before `now` something was.
///
/// Less than a minute, and the future, are `just now`: clocks differ a little.
///
/// ```
/// use hypernews::wording::ago;
/// let at = |s: &str| s.parse::<jiff::Timestamp>().unwrap();
/// assert_eq!(ago(at("2026-01-01T09:00:00Z"), at("2026-01-01T12:59:00Z")).to_string(), "3 hours ago");
/// assert_eq!(ago(at("2026-01-01T09:00:00Z"), at("2026-01-01T09:00:59Z")).to_string(), "just now");
/// ```
#[must_use]
pub fn ago(then: Timestamp, now: Timestamp) -> Ago {
    let seconds = now.as_second() - then.as_second();
    for (length, unit) in UNITS {
        if seconds >= length {
            return Ago { count: seconds / length, unit };
        }
    }
    Ago { count: 0, unit: "" }
}

impl fmt::Display for Ago {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            0 => f.write_str("just now"),
            1 => write!(f, "1 {} ago", self.unit),
            count => write!(f, "{count} {}s ago", self.unit),
        }
    }
}

impl Render for Ago {
    fn render(&self, b: &mut Buffer) -> Result<(), RenderError> {
        use fmt::Write;
        Ok(write!(b, "{self}")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn say(seconds: i64) -> String {
        let then = Timestamp::from_second(1_700_000_000).unwrap();
        ago(then, Timestamp::from_second(1_700_000_000 + seconds).unwrap()).to_string()
    }

    #[test]
    fn every_unit_begins_where_the_one_before_ends() {
        for (seconds, text) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (86_399, "23 hours ago"),
            (86_400, "1 day ago"),
            (7 * 86_400, "1 week ago"),
            (30 * 86_400, "1 month ago"),
            (364 * 86_400, "12 months ago"),
            (365 * 86_400, "1 year ago"),
            (800 * 86_400, "2 years ago"),
        ] {
            assert_eq!(say(seconds), text);
        }
    }

    #[test]
    fn the_future_is_now() {
        assert_eq!(say(-500), "just now");
    }

    proptest! {
        #[test]
        fn any_two_instants_can_be_said(a in -1_000_000_000i64..4_000_000_000, b in -1_000_000_000i64..4_000_000_000) {
            let said = ago(Timestamp::from_second(a).unwrap(), Timestamp::from_second(b).unwrap()).to_string();
            prop_assert!(said == "just now" || said.ends_with(" ago"));
        }
    }
}
