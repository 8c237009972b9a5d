//! Changing rows: `create`, `update`, `delete`, and `copy_in` for very many.

mod create;
mod update;
