//! What a route's path is made of, in the form the tree compares.

use super::Converter;

/// One piece of a path between two slashes.
#[derive(Debug, Clone, Copy)]
pub enum Segment {
    /// Text that must stand there, percent-encoded as a normalised request path is.
    Literal(Literal),
    /// `{name}`: any text without a slash, at least one byte; `{name:int}`: what the converter takes.
    Param(&'static str, Converter),
    /// `{*name}` or `{name:path}`: the whole rest of the path, at least one byte.
    Rest(&'static str),
}

impl Segment {
    /// The piece `text`, its key computed at compile time.
    #[must_use]
    pub const fn literal(text: &'static str) -> Self {
        Self::Literal(Literal { text, key: Key::of(text.as_bytes()) })
    }
}

/// A fixed piece of a path and its key.
#[derive(Debug, Clone, Copy)]
pub struct Literal {
    /// The text itself.
    pub text: &'static str,
    pub(super) key: Key,
}

/// The first and the last eight bytes of a segment. With the length they are the whole segment up
/// to 16 bytes, so most comparisons touch no memory but this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) head: u64,
    pub(super) tail: u64,
}

impl Key {
    #[inline]
    pub(super) const fn of(segment: &[u8]) -> Self {
        if let (Some(head), Some(tail)) = (segment.first_chunk::<8>(), segment.last_chunk::<8>()) {
            return Self { head: u64::from_le_bytes(*head), tail: u64::from_le_bytes(*tail) };
        }
        if let (Some(head), Some(tail)) = (segment.first_chunk::<4>(), segment.last_chunk::<4>()) {
            let (head, tail) = (u32::from_le_bytes(*head), u32::from_le_bytes(*tail));
            return Self { head: head as u64 | (tail as u64) << 32, tail: 0 };
        }
        let head = match segment {
            [] => 0,
            [a] => *a as u64,
            [a, b] => *a as u64 | (*b as u64) << 8,
            [a, b, c, ..] => *a as u64 | (*b as u64) << 8 | (*c as u64) << 16,
        };
        Self { head, tail: 0 }
    }

    /// Spreads key and length over 64 bits; a node's multiplier then chooses among them.
    #[inline]
    pub(super) const fn mix(self, len: usize) -> u64 {
        self.head ^ self.tail.rotate_left(31) ^ (len as u64).rotate_left(56)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Key;

    proptest! {
        #[test]
        fn key_and_length_are_the_segment_up_to_16_bytes(
            a in proptest::collection::vec(97u8..99, 0..=16),
            b in proptest::collection::vec(97u8..99, 0..=16),
        ) {
            prop_assert_eq!(a == b, a.len() == b.len() && Key::of(&a) == Key::of(&b));
        }
    }
}
