//! Versions, and which of two is later: Debian Policy, 5.6.12.

use std::cmp::Ordering;
use std::fmt;

/// A version: `[epoch:]upstream[-revision]`.
///
/// ```
/// use catalog::control::Version;
///
/// let version = |text| Version::parse(text).unwrap();
/// assert!(version("1:0.9") > version("2.0"));
/// assert!(version("1.10") > version("1.9"));
/// // A tilde comes before everything, even the end.
/// assert!(version("2.0~rc1") < version("2.0"));
/// assert!(version("2.0") == version("2.0-0"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    text: &'a str,
    epoch: u32,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Version<'a> {
    /// Reads one. `None` is none: empty, with other characters than letters, digits and `.+-~:`, or with an epoch that is no
    /// number.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => {
                (epoch.bytes().all(|b| b.is_ascii_digit()).then(|| epoch.parse().ok())??, rest)
            }
            None => (0, text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".+-~:".contains(&byte);
        let whole = !upstream.is_empty() && rest.bytes().all(known) && !revision.contains(':');
        whole.then_some(Self { text, epoch, upstream, revision })
    }
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare(self.upstream.as_bytes(), other.upstream.as_bytes()))
            .then_with(|| compare(self.revision.as_bytes(), other.revision.as_bytes()))
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version<'_> {}

impl fmt::Display for Version<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// Where a character stands among those that are no digits; the end of the text among them.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    }
}

/// Turn by turn what are no digits, by weight, and what are, as numbers of any length.
fn compare(mut a: &[u8], mut b: &[u8]) -> Ordering {
    let digit = |text: &[u8]| text.first().is_some_and(u8::is_ascii_digit);
    while !a.is_empty() || !b.is_empty() {
        while !a.is_empty() && !digit(a) || !b.is_empty() && !digit(b) {
            match weight(a.first()).cmp(&weight(b.first())) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
            // Of equal weight, and one of them no digit: both are.
            (a, b) = (a.get(1..).unwrap_or(&[]), b.get(1..).unwrap_or(&[]));
        }
        let (first, second);
        (first, a) = number(a);
        (second, b) = number(b);
        match first.len().cmp(&second.len()).then_with(|| first.cmp(second)) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    Ordering::Equal
}

/// The digits a text begins with, without leading zeros, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let (digits, rest) = text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count());
    (&digits[digits.iter().take_while(|byte| **byte == b'0').count()..], rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_later_is_greater() {
        // In order, as `dpkg --compare-versions` has them.
        let ordered = [
            "0~",
            "0~a",
            "0",
            "0.1",
            "1~~",
            "1~~a",
            "1~",
            "1",
            "1a",
            "1+",
            "1.0~rc1",
            "1.0",
            "1.0-0.1",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0-10",
            "1.0a",
            "1.0.1",
            "1.9",
            "1.10",
            "9999999999999999999999",
            "1:0",
            "1:0-1",
            "2:0",
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                let (a, b) = (Version::parse(a).unwrap(), Version::parse(b).unwrap());
                assert_eq!(a.cmp(&b), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(Version::parse("1.01"), Version::parse("0:1.1-0"));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", ":1", "a:1", "1:", "-1", "1_2", "1 2", "\u{fc}", "99999999999:1", "+1:1", "1\0"] {
            assert!(Version::parse(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_two_are_ordered_one_way(
            a in "[0-9]{0,2}:?[0-9a-c.+~-]{1,8}", b in "[0-9]{0,2}:?[0-9a-c.+~-]{1,8}", c in "[0-9a-c.+~-]{1,8}"
        ) {
            if let (Some(a), Some(b)) = (Version::parse(&a), Version::parse(&b)) {
                prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
                prop_assert_eq!(a.cmp(&a), Ordering::Equal);
                if let Some(c) = Version::parse(&c) && a <= b && b <= c {
                    prop_assert!(a <= c, "{} {} {}", a, b, c);
                }
            }
        }

        #[test]
        fn any_text_is_a_version_or_none(text in ".{0,20}") {
            if let Some(version) = Version::parse(&text) {
                prop_assert_eq!(version.to_string(), text);
            }
        }
    }
}
