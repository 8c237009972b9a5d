//! `Range`, byte by byte.

use crate::fuzz::{about, kind};
use crate::http::file::{Wanted, parse_ranges};

/// For each range that is asked for, whether each byte is in it; `None` for what is passed over.
fn naive(field: &str, length: u64) -> Option<Vec<Vec<bool>>> {
    let (unit, set) = field.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    // Digits beyond any length are as good as one of them.
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
        let digits = digits.trim_start_matches('0');
        is_number.then(|| {
            if digits.len() > 19 { u64::MAX } else { format!("0{digits}").parse().unwrap_or(u64::MAX) }
        })
    };
    let mut ranges = Vec::new();
    for spec in set.split(',').map(|spec| spec.trim_matches([' ', '\t'])).filter(|spec| !spec.is_empty()) {
        let (first, last) = spec.split_once('-')?;
        let is_in: Box<dyn Fn(u64) -> bool> = match (first, last) {
            ("", last) => {
                let last = number(last)?;
                Box::new(move |byte| length - byte <= last)
            }
            (first, "") => {
                let first = number(first)?;
                Box::new(move |byte| byte >= first)
            }
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                if last < first {
                    return None;
                }
                Box::new(move |byte| byte >= first && byte <= last)
            }
        };
        ranges.push((0..length).map(is_in).collect());
    }
    (1..=16).contains(&ranges.len()).then_some(ranges)
}

/// The ranges of a body, whose length the first byte is, are the bytes they name.
pub fn ranges(data: &[u8]) -> u64 {
    let Some((length, field)) = data.split_first() else { return 0 };
    let Ok(field) = std::str::from_utf8(field) else { return 0 };
    let length = u64::from(*length);
    let wanted = parse_ranges(field, length);
    let expected = naive(field, length).filter(|ranges| {
        let twice = |byte: u64| ranges.iter().filter(|range| range[byte as usize]).count() > 1;
        !(0..length).any(twice)
    });
    let found = match &wanted {
        Wanted::Whole => None,
        Wanted::Nothing => Some(Vec::new()),
        Wanted::Parts(parts) => {
            assert!(!parts.is_empty());
            Some(
                parts
                    .iter()
                    .map(|part| (0..length).map(|byte| part.contains(&byte)).collect::<Vec<_>>())
                    .collect(),
            )
        }
    };
    let expected = expected.map(|mut ranges| {
        ranges.retain(|range| range.contains(&true));
        ranges
    });
    assert_eq!(found, expected, "{field:?} of {length}");
    kind([match wanted {
        Wanted::Whole => 1 + u64::from(naive(field, length).is_some()),
        Wanted::Nothing => 3,
        Wanted::Parts(parts) => 4 + about(parts.len()),
    }])
}
