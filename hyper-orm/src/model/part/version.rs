//! How often a row changed.

use hyper_macros::Part;

/// A number that grows with each change of a row, from 1, so that who saves a row that somebody else changed meanwhile is
/// told (an optimistic lock).
///
/// ```
/// use hyperdjango::orm::model::part::Version;
/// use hyperdjango::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "pages")]
/// pub struct Page {
///     #[field(primary_key)]
///     pub id: i64,
///     pub text: String,
///     #[field(part)]
///     pub lock: Version,
/// }
///
/// assert_eq!(Page::VERSION, Some(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Part)]
pub struct Version {
    /// How many times it was written.
    #[field(version)]
    pub version: i32,
}
