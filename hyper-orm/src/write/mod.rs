//! Changing rows: one by one, all of a query, many in one statement, and by `COPY` for very many.

mod always;
mod bulk;
mod bulk_update;
mod conflict;
mod copy;
mod copy_in;
mod copy_into;
mod copy_out;
mod copy_rows;
mod create;
mod or_create;
mod patch;
mod related;
mod save;
mod update;

pub use bulk::BulkRow;
pub use conflict::{
    Anything, Conflict, ConflictAction, ConflictTarget, Excluded, Ignore, OnConflict, Refuse, Replace, SetTo,
    Target, These, Where, excluded,
};
pub use copy::CopyColumns;
pub use copy_into::IntoRow;
pub(crate) use copy_into::copy_into;
pub use copy_out::CopiedRow;
pub use copy_rows::{CopyRow, CopyRows, OfIterator, OfStream};
pub use or_create::Lookup;
pub use save::{Edit, Instance};
