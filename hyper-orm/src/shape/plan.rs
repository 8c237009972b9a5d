//! What a field of a shape, or a whole shape, is read from.

use hyper_core::db::{Column, DatabaseError, Reader};

use crate::error::Result;
use crate::row::RowReader;
use crate::sql::{Params, Rope};

/// Text that belongs into JSON written before: the rows that were loaded behind.
#[derive(Debug)]
pub struct Hole {
    /// Where.
    pub(crate) at: usize,
    /// What.
    pub(crate) json: Vec<u8>,
}

/// How one value comes out of a row, and out of the statements behind it.
///
/// Rows are read one after the other, and the keys of those that have many others belonging to them are noted in
/// `Owners`. Behind the last row the many are loaded, for all at once, and filled in in the same order.
pub trait Plan: Send + Sync {
    /// The value.
    type Value: Send;
    /// The keys of rows whose many are to be loaded.
    type Owners: Default + Send;
    /// Those many, in the order of the keys.
    type Many: Send;
    /// The columns, separated by commas.
    const ROPE: Rope;
    /// How many columns there are.
    const COLUMNS: usize;
    /// Whether anything is loaded behind the statement.
    const MANY: bool = false;

    /// Hands over the values in [`ROPE`](Self::ROPE).
    fn bind<'a>(&'a self, params: &mut Params<'a>);

    /// Whether the columns PostgreSQL returns can be read.
    ///
    /// # Errors
    /// A sentence that names the column, what is expected and what is found.
    fn check(columns: &[Column]) -> Result<(), String>;

    /// Reads the value; what is loaded behind is empty in it.
    ///
    /// # Errors
    /// A value cannot be read as its field's type.
    fn decode(row: &mut RowReader<'_>, owners: &mut Self::Owners) -> Result<Self::Value, DatabaseError>;

    /// Writes the value as JSON, with room for what is loaded behind.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn write_json(
        &self,
        row: &mut RowReader<'_>,
        owners: &mut Self::Owners,
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError>;

    /// Loads what belongs to the rows that were read.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    fn load(&self, db: &impl Reader, owners: Self::Owners)
    -> impl Future<Output = Result<Self::Many>> + Send;

    /// The same as JSON, with the places where it belongs.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn load_json(
        &self,
        db: &impl Reader,
        owners: Self::Owners,
    ) -> impl Future<Output = Result<Vec<Hole>>> + Send;

    /// Gives the next value what was loaded for it.
    fn fill(value: Self::Value, many: &mut Self::Many) -> Self::Value;
}

/// The part of a [`Plan`] that loads nothing behind the statement.
macro_rules! nothing_behind {
    () => {
        type Owners = ();
        type Many = ();

        fn load(
            &self,
            _: &impl ::hyper_core::db::Reader,
            (): (),
        ) -> impl Future<Output = $crate::error::Result<()>> + Send {
            ::std::future::ready(Ok(()))
        }

        fn load_json(
            &self,
            _: &impl ::hyper_core::db::Reader,
            (): (),
        ) -> impl Future<Output = $crate::error::Result<Vec<$crate::shape::Hole>>> + Send {
            ::std::future::ready(Ok(Vec::new()))
        }

        fn fill(value: Self::Value, (): &mut ()) -> Self::Value {
            value
        }
    };
}
pub(super) use nothing_behind;
