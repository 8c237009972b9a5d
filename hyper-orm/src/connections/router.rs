//! Which database a table is in.

use crate::model::Table;

/// Says which of the [`Connections`](super::Connections) have a model's table, and which of those is used: Django's
/// `DATABASE_ROUTERS`. What a method leaves open is as by default.
///
/// ```
/// use hyperdjango::connections::{Connections, Router};
/// use hyperdjango::orm::model::Table;
///
/// /// Countries are the same everywhere and kept once; the rest is in each region.
/// #[derive(Default)]
/// struct ByRegion;
///
/// impl Router for ByRegion {
///     fn migrate(&self, database: &str, table: &Table) -> bool {
///         table.name != "countries" || database == "eu"
///     }
/// }
///
/// type Regions = Connections<ByRegion>;
/// ```
pub trait Router: Default + Send + Sync + 'static {
    /// The name of the database that rows of a table are read from (`db_for_read`); by default where they are written.
    fn read(&self, table: &Table) -> Option<&str> {
        let _ = table;
        None
    }

    /// The name of the database that rows of a table are written to (`db_for_write`); by default the first that has it.
    fn write(&self, table: &Table) -> Option<&str> {
        let _ = table;
        None
    }

    /// Whether PostgreSQL sees to it that rows of one table refer to rows there are of another one (`allow_relation`),
    /// where a database has both tables; by default it does.
    fn relation(&self, from: &Table, to: &Table) -> bool {
        let _ = (from, to);
        true
    }

    /// Whether a table is created in a database (`allow_migrate`); by default it is, in each of them.
    fn migrate(&self, database: &str, table: &Table) -> bool {
        let _ = (database, table);
        true
    }
}

/// All tables are in all databases.
impl Router for () {}
