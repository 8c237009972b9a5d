//! What a column's values must be, checked before every write. The rules are constants from the field
//! attributes; email, URL, length and range are the `validator` crate's checks; the sentences are Django's.

mod check;
mod rules;

pub use check::Check;
pub use rules::{Limit, Rules};
