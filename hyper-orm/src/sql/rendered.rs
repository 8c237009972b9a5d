//! A statement's text before it is cut to size.

/// A rendered statement before it is cut to size.
#[derive(Debug)]
pub struct Rendered<const LONGEST: usize = 8192> {
    pub(super) bytes: [u8; LONGEST],
    pub(super) len: usize,
    pub(super) params: usize,
    /// What is wrong with it; empty for nothing.
    pub(super) problem: &'static str,
}

impl<const LONGEST: usize> Rendered<LONGEST> {
    /// The text's length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many parameters it takes.
    #[must_use]
    pub const fn params(&self) -> usize {
        self.params
    }

    /// The first `N` bytes, of which [`len`](Self::len) are the text.
    #[must_use]
    pub const fn cut<const N: usize>(&self) -> [u8; N] {
        match self.bytes.first_chunk::<N>() {
            Some(bytes) => *bytes,
            None => panic!("no statement is that long"),
        }
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("parts are UTF-8, and so is what is made of them"),
        }
    }
}
