//! Changing rows: `create`, `update`, `delete`, and `copy_in` for very many.

mod copy;
mod create;
mod update;
pub use copy::CopyColumns;
