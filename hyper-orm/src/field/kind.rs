//! What can be done with a column's values beyond reading and writing them, as types, so that the compiler knows.

/// One value.
#[derive(Debug, Clone, Copy)]
pub struct Single;

/// Several values.
#[derive(Debug, Clone, Copy)]
pub struct Array;

/// A value that is encrypted differently each time.
#[derive(Debug, Clone, Copy)]
pub struct Sealed;

/// A kind of values that arrays can hold.
#[diagnostic::on_unimplemented(
    message = "PostgreSQL does not tell arrays of arrays from arrays",
    label = "an array in an array",
    note = "keep them as `Jsonb<Vec<Vec<_>>>`, or in a table of their own"
)]
pub trait Element {
    /// The kind of such an array.
    type Array;
}

impl Element for Single {
    type Array = Array;
}

impl Element for Sealed {
    type Array = Sealed;
}

/// A kind of values that can be compared in the database.
#[diagnostic::on_unimplemented(
    message = "what is encrypted cannot be compared",
    label = "is another text in the database each time it is encrypted",
    note = "find the row by another column, and compare what `expose()` returns"
)]
pub trait Comparable {}

impl Comparable for Single {}
impl Comparable for Array {}
