//! What the derive's code calls for each column of a row that becomes JSON. These are functions and no methods, and give no
//! `Result` to ask: that is less for the compiler to look up for each field of each model.

use hyper_core::db::DatabaseError;

use super::RowReader;
use crate::field::Field;

/// Where the columns of a row are written as members of a JSON object.
#[derive(Debug)]
pub struct Members<'a, 'r> {
    pub(crate) row: &'a mut RowReader<'r>,
    /// The number of the next column.
    pub(crate) next: usize,
    /// The columns to leave out.
    pub(crate) without: &'a [usize],
    pub(crate) out: &'a mut Vec<u8>,
    /// The first error, after which nothing is written.
    pub(crate) result: Result<(), DatabaseError>,
}

/// Writes the next column as a member; `key` is `,"name":`.
#[inline(always)]
pub fn member<T: Field>(to: &mut Members<'_, '_>, key: &'static str) {
    let number = to.next;
    to.next += 1;
    if to.result.is_err() {
        return;
    }
    if to.without.contains(&number) {
        to.row.skip(1);
        return;
    }
    // Inlined, the key is a constant, and it is copied without a call.
    if number == 0 || to.out.last() == Some(&b'{') {
        to.out.extend_from_slice(&key.as_bytes()[1..]);
    } else {
        to.out.extend_from_slice(key.as_bytes());
    }
    if let Err(error) = to.row.write_json::<T>(to.out) {
        to.result = Err(error);
    }
}

/// Passes over a column that is in no JSON.
#[inline]
pub fn secret(to: &mut Members<'_, '_>) {
    to.next += 1;
    to.row.skip(1);
}
