//! The `Range` header (RFC 9110, 14.2).

use std::ops::Range;

/// How many ranges are answered; who asks for more gets the whole.
const MOST: usize = 16;

/// What of a body of a known length is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) enum Wanted {
    /// All of it: nothing less is asked for, or in a way that is passed over.
    Whole,
    /// These bytes, in this order: at least one range, none empty, none in another.
    Parts(Vec<Range<u64>>),
    /// Only what is behind its end: 416.
    Nothing,
}

/// Reads the field for a body of `length` bytes.
///
/// Malformed fields and other units than bytes are passed over, as the RFC says; so are more than 16 ranges, and ranges
/// that overlap, by which a small request would ask for many times the body.
pub(in crate::http) fn parse(field: &str, length: u64) -> Wanted {
    let Some((unit, set)) = field.split_once('=') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let (mut parts, mut asked) = (Vec::new(), 0);
    for spec in set.split(',').map(|spec| spec.trim_matches([' ', '\t'])).filter(|spec| !spec.is_empty()) {
        asked += 1;
        match part(spec, length) {
            Some(range) if asked <= MOST => parts.extend(range),
            _ => return Wanted::Whole,
        }
    }
    if asked == 0 || overlap(&parts) {
        return Wanted::Whole;
    }
    if parts.is_empty() { Wanted::Nothing } else { Wanted::Parts(parts) }
}

/// `None` is malformed, `Some(None)` behind the end.
fn part(spec: &str, length: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = spec.split_once('-')?;
    let range = if first.is_empty() {
        length.saturating_sub(number(last)?)..length
    } else {
        let first = number(first)?;
        let last = if last.is_empty() { u64::MAX } else { number(last)? };
        if last < first {
            return None;
        }
        first..last.saturating_add(1).min(length)
    };
    Some((range.start < range.end).then_some(range))
}

/// Digits only; a number no file reaches is the largest.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn overlap(parts: &[Range<u64>]) -> bool {
    let mut sorted: Vec<&Range<u64>> = parts.iter().collect();
    sorted.sort_by_key(|range| range.start);
    sorted.windows(2).any(|pair| pair[0].end > pair[1].start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Wanted::{Nothing, Parts, Whole};
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "a list of one range is meant")]
    fn the_examples_of_the_rfc() {
        for (field, expected) in [
            ("bytes=0-499", Parts(vec![0..500])),
            ("bytes=500-999", Parts(vec![500..1000])),
            ("bytes=-500", Parts(vec![9500..10000])),
            ("bytes=9500-", Parts(vec![9500..10000])),
            ("bytes=0-0,-1", Parts(vec![0..1, 9999..10000])),
            ("bytes= 0-999, 4500-5499, -1000", Parts(vec![0..1000, 4500..5500, 9000..10000])),
            ("bytes=9999-20000", Parts(vec![9999..10000])),
            ("bytes=0-99999999999999999999999999", Parts(vec![0..10000])),
            ("bytes=-99999999999999999999999999", Parts(vec![0..10000])),
            ("BYTES=1-1", Parts(vec![1..2])),
            ("bytes=,, 1-1 ,", Parts(vec![1..2])),
            ("bytes=20000-, 1-1", Parts(vec![1..2])),
            ("bytes=9-9, 0-0", Parts(vec![9..10, 0..1])),
            ("bytes=10000-", Nothing),
            ("bytes=-0", Nothing),
            ("bytes=99999999999999999999999999-", Nothing),
            ("bytes=0-9,5-20", Whole),
            ("bytes=0-9,0-9", Whole),
            ("bytes=5-4", Whole),
            ("bytes=", Whole),
            ("bytes", Whole),
            ("lines=1-2", Whole),
            ("bytes=a-b", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=1", Whole),
            ("bytes=--1", Whole),
            ("bytes=1-2-3", Whole),
            ("bytes=1 - 2", Whole),
        ] {
            assert_eq!(parse(field, 10000), expected, "{field}");
        }
        let many = (0..17).map(|n| format!("{}-{}", n * 2, n * 2)).collect::<Vec<_>>().join(",");
        assert_eq!(parse(&format!("bytes={many}"), 10000), Whole);
        assert_eq!(parse("bytes=0-0", 0), Nothing);
    }

    proptest! {
        #[test]
        fn no_field_asks_for_more_than_there_is(
            field in "(bytes=)?[-0-9, a]{0,60}|.*", length in prop_oneof![0_u64..50, any::<u64>()],
        ) {
            if let Parts(parts) = parse(&field, length) {
                prop_assert!(!parts.is_empty() && parts.len() <= MOST);
                prop_assert!(parts.iter().all(|range| range.start < range.end && range.end <= length));
                prop_assert!(parts.iter().map(|range| range.end - range.start).sum::<u64>() <= length);
            }
        }

        #[test]
        fn one_range_is_the_bytes_it_names(first in 0_u64..200, more in 0_u64..200, length in 1_u64..150) {
            let last = first + more;
            let expected: Vec<u64> = (0..length).filter(|byte| (first..=last).contains(byte)).collect();
            match parse(&format!("bytes={first}-{last}"), length) {
                Parts(parts) => prop_assert_eq!(parts[0].clone().collect::<Vec<_>>(), expected),
                other => prop_assert!(other == Nothing && expected.is_empty()),
            }
            let suffix: Vec<u64> = (length.saturating_sub(more)..length).collect();
            match parse(&format!("bytes=-{more}"), length) {
                Parts(parts) => prop_assert_eq!(parts[0].clone().collect::<Vec<_>>(), suffix),
                other => prop_assert!(other == Nothing && suffix.is_empty()),
            }
        }
    }
}
