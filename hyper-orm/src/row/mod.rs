//! From PostgreSQL's rows to structs, or straight to JSON: columns are read by position, in order, from the
//! bytes as they came.

mod any_json;
mod json;
mod reader;
mod room;

pub(crate) use any_json::AnyJson;
pub use json::{JsonRow, JsonRows};
pub use reader::RowReader;
pub(crate) use room::Room;
