//! What fuzzing feeds with bytes: each parser of this crate, and what must hold whatever the bytes are.
//!
//! A target panics when something does not hold. It returns what it made of the input, coarsely, so that a driver without
//! instrumentation keeps one input of each kind. Not for use by hand: it changes without notice.

mod http;
mod routes;

pub use http::{accept, cookies, form, normalise, query, signatures};
pub use routes::{paths, routes};

pub use crate::server::fuzz_framing as framing;

/// A target: it panics when something does not hold, and says what kind of input it was.
pub type Target = fn(&[u8]) -> u64;

/// All targets, by name.
pub const TARGETS: [(&str, Target); 9] = [
    ("accept", accept),
    ("cookies", cookies),
    ("form", form),
    ("framing", framing),
    ("normalise", normalise),
    ("paths", paths),
    ("query", query),
    ("routes", routes),
    ("signatures", signatures),
];

/// Some numbers as one.
pub(crate) fn kind(parts: impl IntoIterator<Item = u64>) -> u64 {
    parts.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| (hash ^ part).wrapping_mul(0x100_0000_01b3))
}

/// A count, coarsely: 0, 1, 2, up to 4, up to 8 ..
pub(crate) fn about(count: usize) -> u64 {
    u64::from(usize::BITS - count.leading_zeros())
}
