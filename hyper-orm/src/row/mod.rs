//! From PostgreSQL's rows to structs, or straight to JSON: columns are read by position, in order, from the
//! bytes as they came.

mod json;
mod reader;

pub use json::JsonRows;
pub use reader::RowReader;
