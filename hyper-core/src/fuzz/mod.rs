//! What fuzzing feeds with bytes: each parser of this crate, and what must hold whatever the bytes are.
//!
//! A target panics when something does not hold. It returns what it made of the input, coarsely, so that a driver without
//! instrumentation keeps one input of each kind. Not for use by hand: it changes without notice.

mod patterns;
mod routes;

pub use patterns::paths;
pub use routes::routes;

#[cfg(feature = "memcached")]
pub use crate::cache::fuzz_memcached as memcached;
#[cfg(any(feature = "gzip", feature = "brotli", feature = "zstd"))]
pub use crate::http::fuzz::accept_encoding;
pub use crate::http::fuzz::{
    accept, conditions, content_type, cookies, disposition, file_name, form, forwarded, host, json_body,
    led_to, multipart, normalise, origin, part_head, proxies, query, ranges, signatures,
};
pub use crate::server::fuzz_framing as framing;

/// A target: it panics when something does not hold, and says what kind of input it was.
pub type Target = fn(&[u8]) -> u64;

/// All targets, by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("accept", accept),
    #[cfg(any(feature = "gzip", feature = "brotli", feature = "zstd"))]
    ("accept-encoding", accept_encoding),
    ("conditions", conditions),
    ("content-type", content_type),
    ("cookies", cookies),
    ("disposition", disposition),
    ("file-name", file_name),
    ("form", form),
    ("forwarded", forwarded),
    ("framing", framing),
    ("host", host),
    ("json", json_body),
    #[cfg(feature = "memcached")]
    ("memcached", memcached),
    ("multipart", multipart),
    ("normalise", normalise),
    ("origin", origin),
    ("part-head", part_head),
    ("paths", paths),
    ("proxies", proxies),
    ("query", query),
    ("ranges", ranges),
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
