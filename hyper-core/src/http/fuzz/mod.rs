//! Targets for what requests bring: each reader is held against another one that is obviously right, or against what
//! must hold of all it reads.

mod accept;
mod basics;
mod conditions;
mod cookies;
mod fields;
mod forwarded;
mod hosts;
mod multipart;
mod ranges;
mod redirects;

pub use accept::accept;
#[cfg(any(feature = "gzip", feature = "brotli", feature = "zstd"))]
pub use accept::accept_encoding;
pub use basics::{normalise, query, signatures};
pub use conditions::conditions;
pub use cookies::cookies;
pub use fields::{content_type, disposition, form, json_body};
pub use forwarded::{forwarded, proxies};
pub use hosts::{host, origin};
pub use multipart::{file_name, multipart, part_head};
pub use ranges::ranges;
pub use redirects::led_to;

use crate::Result;
use crate::fuzz::kind;

/// A refusal is the client's fault, and says what; any value is of kind 1.
fn answered<T>(result: &Result<T>) -> u64 {
    let Err(error) = result else { return 1 };
    assert!(error.status().is_client_error() && !error.detail().is_empty(), "{error:?}");
    assert!(error.status() != 422 || error.errors().is_some_and(|errors| !errors.is_empty()), "{error:?}");
    // Without what is quoted, which is the input's own.
    let said = error.detail().split('`').step_by(2).flat_map(str::bytes).map(u64::from);
    kind([u64::from(error.status().as_u16())].into_iter().chain(said))
}
