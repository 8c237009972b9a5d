//! What `#[derive(Model)]` makes of a struct: a table, its columns as constants, and the ways from one table to
//! another.
//!
//! The derive emits a constant of the struct's own name, which leaves the type alone: `Post` is the struct, and
//! `Post.title` the column. Columns beyond a foreign key are fields of it, `Post.author.name`: each
//! relation dereferences to the columns of the table it leads to, so that models can refer to each other in circles.

mod column;
mod database;
mod foreign_key;
mod key;
mod many;
mod one;
pub mod part;
mod path;
mod relation;
mod serialize;
mod signals;
mod table;

use hyper_core::ValidationErrors;
use hyper_core::db::types::ToSql;
use hyper_core::db::{DatabaseError, Param};

use crate::connections::Databases;
use crate::expr::function::Carries;
use crate::query::{Everything, QuerySet, Whole};
use crate::row::{Members, RowReader};
use crate::sql::Rope;
use crate::validation::{Check, Rules};

#[doc(hidden)]
pub use database::{Is, same_database};
pub use foreign_key::ForeignKey;
pub use key::{Key, SingleKey};
pub use many::{HasMany, Link, Refers, RefersOne, ToMany};
pub use one::{Back, HasOne, OneToOne, ToOne};
pub use part::{Part, PartField, PartKey};
pub use path::{HasForeignKey, Loaded, Path, Root, Via};
pub use relation::Relation;
#[doc(hidden)]
pub use serialize::serialize_row;
pub use signals::{ManyChange, NoSignals, Signals};
pub use table::{ColumnMeta, Constraint, Index, Reference, Table};

/// A struct that is a table's row, by `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "no table belongs to this type",
    note = "add `#[derive(Model)]` to `{Self}`"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The primary key's type; a tuple where it has several columns.
    type Key: Key;
    /// Who is told as rows change.
    type Signals: Signals<Self>;
    /// The part of an application that has its table: `Db`, or what `database = ..` says.
    type Database: Databases;
    /// The columns as seen from a query on `R`, at the end of path `P`.
    type Columns<R: 'static, P: Path>: ColumnSet;

    /// The table's name.
    const TABLE: &'static str;
    /// The primary key's columns.
    const KEY: &'static [&'static str];
    /// The numbers of those among all columns.
    const KEY_COLUMNS: &'static [usize];
    /// All columns, in the order of the fields.
    const NAMES: &'static [&'static str];
    /// Everything else about the table: types, defaults, indexes.
    const META: &'static Table = <Self::Columns<Self, Root<Self>> as ColumnSet>::META;
    /// Whether its rows are always read from the primary, never from a replica: what `primary_reads` and `unlogged` say.
    const PRIMARY_READS: bool = false;
    /// For how many seconds results of its queries are kept, where there is a [query
    /// cache](hyper_core::cache::QueryCache), if they do not say themselves: what `cache_ttl` says; 0 is not at all.
    const CACHE_TTL: u32 = 0;
    /// The order rows come in when a query names none; empty for any.
    const ORDERING: Rope = &[];
    /// The opposite order.
    const ORDERING_REVERSED: Rope = &[];
    /// What holds for the rows [`objects`](Self::objects) is about, as a condition; empty for all rows. With a
    /// `soft_delete` field, that the row is not deleted.
    const SCOPE: Rope = &[];
    /// What every update sets besides what it is told to, as in `"updated" = now()`; empty without an `auto_now` field.
    const AUTO_NOW: Rope = &[];
    /// The number of the column that says when a row was deleted: the field marked `soft_delete`.
    const SOFT_DELETE: Option<usize> = None;
    /// The number of the column that counts a row's changes: the field marked `version`.
    const VERSION: Option<usize> = None;
    /// What the values of each column must be, as far as a column has rules.
    #[doc(hidden)]
    const RULES_BY_COLUMN: &'static [Rules] = &[];

    /// Reads the columns, in the order of [`NAMES`](Self::NAMES).
    ///
    /// # Errors
    /// A value cannot be read as its field's type.
    fn decode(row: &mut RowReader<'_>) -> Result<Self, DatabaseError>;

    /// Writes the columns as a JSON object's members, without those that are secret and those in `without`.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    #[inline]
    fn write_json(
        row: &mut RowReader<'_>,
        without: &[usize],
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError> {
        let mut to = Members { row, next: 0, without, out, result: Ok(()) };
        Self::write_members(&mut to);
        to.result
    }

    /// Writes the columns in order.
    #[doc(hidden)]
    fn write_members(to: &mut Members<'_, '_>);

    /// The primary key's value.
    fn key(&self) -> Self::Key;

    /// A column's value as a parameter, by the column's number; the key for a foreign key. Nothing is copied.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let user = User { id: 7, name: "ana".into() };
    /// assert_eq!(format!("{:?}", user.column(1)), r#""ana""#);
    /// ```
    ///
    /// # Panics
    /// There is no column of that number.
    #[inline]
    fn column(&self, number: usize) -> Param<'_> {
        self.stored(number)
    }

    /// The field of a column, by the column's number.
    #[doc(hidden)]
    fn stored(&self, number: usize) -> &dyn Stores;

    /// Checks all fields against the rules in their attributes.
    ///
    /// # Errors
    /// All that is wrong, by field.
    fn validate(&self) -> Result<(), ValidationErrors> {
        broken_rules(self).into_result()
    }

    /// Starts a query over all rows; of a model with a `soft_delete` field, over those that are not deleted.
    fn objects() -> QuerySet<Self> {
        QuerySet::new()
    }

    /// Starts a query over all rows, deleted or not.
    ///
    /// ```
    /// use hyperdjango::orm::model::part::SoftDelete;
    /// use hyperdjango::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(table = "notes")]
    /// pub struct Note {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    ///     #[field(part)]
    ///     pub soft: SoftDelete,
    /// }
    ///
    /// assert!(Note::objects().sql().ends_with(r#" FROM "notes" WHERE "notes"."deleted" IS NULL"#));
    /// assert!(Note::all_objects().sql().ends_with(r#" FROM "notes""#));
    /// ```
    fn all_objects() -> QuerySet<Self, Whole, Everything<false>> {
        QuerySet::new()
    }
}

/// The struct of a model's columns, all of them zero bytes large.
pub trait ColumnSet: Copy + Sized + 'static {
    /// The one value.
    const ALL: &'static Self;
    /// [`Model::META`]. It is here because the compiler leaves constants of generic types alone until they are used:
    /// `cargo check` has not to evaluate the tables of models.
    #[doc(hidden)]
    const META: &'static Table;
}

/// A model's column number `I`, counted from 0 in the order of the fields.
pub trait HasColumn<const I: usize>: Model {
    /// The field's type; for a foreign key the type of the key it holds.
    type Type: Carries;
    /// [`Stored`], or [`Computed`] for a `generated` column, which cannot be set.
    type Source;
    /// What its values must be.
    const RULES: Rules = *rules::<Self>(I);
}

/// The rules of a column, by its number.
pub(crate) const fn rules<M: Model>(number: usize) -> &'static Rules {
    if number < M::RULES_BY_COLUMN.len() { &M::RULES_BY_COLUMN[number] } else { &Rules::NONE }
}

/// A field as it stands in a struct: a parameter, and held against the rules of its column.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "PostgreSQL has no column for this"
)]
pub trait Stores: ToSql + Sync + Check {}

impl<T: ToSql + Sync + Check> Stores for T {}

/// Where a column's values come from: [`Stored`] or [`Computed`].
#[diagnostic::on_unimplemented(
    message = "this column is computed by the database",
    label = "a `generated` column cannot be given a value",
    note = "set the columns it is computed from"
)]
pub trait Writable {}

/// Values are written by programs.
#[derive(Debug)]
pub struct Stored;

/// Values are computed by the database: a `generated` column.
#[derive(Debug)]
pub struct Computed;

impl Writable for Stored {}

/// What [`Model::validate`] finds by the rules of the columns.
#[doc(hidden)]
pub fn broken_rules<M: Model>(row: &M) -> ValidationErrors {
    let mut errors = ValidationErrors::new();
    for (number, column) in M::META.columns.iter().enumerate() {
        row.stored(number).check(rules::<M>(number), column.field, &mut errors);
    }
    errors
}

#[doc(hidden)]
#[cold]
#[track_caller]
pub fn no_such_column<M: Model>(number: usize) -> ! {
    panic!("table `{}` has {} columns, and number {number} was asked for", M::TABLE, M::NAMES.len())
}
