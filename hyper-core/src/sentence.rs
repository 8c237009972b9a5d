//! Sentences about the user's mistakes, put together while the program is compiled.

const CAPACITY: usize = 1024;

/// A sentence that grows piece by piece; what is too long is cut off.
#[derive(Clone, Copy)]
pub(crate) struct Sentence {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Sentence {
    pub(crate) const fn new(text: &str) -> Self {
        Self { bytes: [0; CAPACITY], len: 0 }.push(text)
    }

    pub(crate) const fn push(mut self, text: &str) -> Self {
        let (text, mut i) = (text.as_bytes(), 0);
        while i < text.len() && self.len < CAPACITY {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    pub(crate) const fn number(self, n: u32) -> Self {
        let text = if n >= 10 { self.number(n / 10) } else { self };
        let digit = [b'0' + (n % 10) as u8];
        match std::str::from_utf8(&digit) {
            Ok(digit) => text.push(digit),
            Err(_) => text,
        }
    }

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // Only a sentence cut off inside a character gets here.
            Err(_) => "the sentence about this mistake is too long",
        }
    }
}

/// Whether two texts are the same; `==` is not to be had there.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
