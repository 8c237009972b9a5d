//! What a column's values must be, checked before every write. The rules are constants from the field
//! attributes; email, URL and length are the `validator` crate's checks; the sentences are Django's.

mod batch;
mod check;
mod cross;
mod pattern;
mod rules;

pub use batch::{Broken, Integer};
pub use check::Check;
pub use cross::CrossCheck;
pub use pattern::{Pattern, Regex};
pub use rules::{Limit, Rules};
pub(crate) use rules::{is_slug, is_url};
