//! Where the table of a model is.

use hyper_core::db::{AsDb, Db};

use crate::model::Table;

/// A part of an application that models have their tables in: a database, or [`Connections`](super::Connections).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a database",
    label = "expected `Db`, a type that `database! {{ pub Archive = \"archive\"; }}` makes, or `Connections`"
)]
pub trait Databases: Send + Sync + 'static {
    /// Those that a table is created in.
    fn of(&self, table: &Table) -> Vec<&Db>;

    /// Whether foreign keys from one table to another are constraints, where both are in one database.
    fn relate(&self, from: &Table, to: &Table) -> bool;
}

#[diagnostic::do_not_recommend]
impl<D: AsDb> Databases for D {
    fn of(&self, _: &Table) -> Vec<&Db> {
        vec![self.as_db()]
    }

    fn relate(&self, _: &Table, _: &Table) -> bool {
        true
    }
}
