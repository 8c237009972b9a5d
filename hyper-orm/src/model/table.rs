//! A table as data: what the schema is made from.

use std::borrow::Cow;

use hyper_core::db::types::Type;

use super::SingleKey;
use crate::field::Field;
use crate::sql::Rope;

/// A model's table.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order of the fields.
    pub columns: &'static [ColumnMeta],
    /// Its indexes, without those of the primary key and of unique columns.
    pub indexes: &'static [Index],
    /// What must hold for its rows, besides what must for single columns.
    pub constraints: &'static [Constraint],
    /// The tables between it and others, for relations many to many without a model in between.
    pub junctions: &'static [Self],
    /// PostgreSQL's extensions it needs.
    pub extensions: &'static [&'static str],
    /// What the database says of it.
    pub comment: Option<&'static str>,
    /// Whether it is faster to write, and empty after a crash of the server.
    pub unlogged: bool,
}

impl Table {
    /// A table without anything in it.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            columns: &[],
            indexes: &[],
            constraints: &[],
            junctions: &[],
            extensions: &[],
            comment: None,
            unlogged: false,
        }
    }

    /// The columns of its primary key, in order.
    pub fn key(&self) -> impl Iterator<Item = &'static ColumnMeta> + use<> {
        self.columns.iter().filter(|column| column.primary_key)
    }
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct ColumnMeta {
    /// Its name in the database: the field's, with `_id` for a foreign key.
    pub name: &'static str,
    /// The field's name: what errors are reported under.
    pub field: &'static str,
    /// The type of the field in the database, such as `bigint`. [`sql_type`](Self::sql_type) is that of the column.
    pub declaration: &'static str,
    /// The statement that makes that type where it is missing.
    pub create: Option<&'static str>,
    /// The only texts it can hold, where they are few.
    pub choices: &'static [&'static str],
    /// PostgreSQL's type of the values the program writes.
    pub ty: fn() -> Type,
    /// Whether it is an array.
    pub is_array: bool,
    /// Whether a column of this type can be read as the field's.
    pub accepts: fn(&Type) -> bool,
    /// Longest text, which makes it `varchar(n)`.
    pub max_length: Option<u64>,
    /// How many digits a decimal number has, and how many of them are behind the point.
    pub digits: Option<(u32, u32)>,
    /// Another type than the field's, as SQL.
    pub db_type: Option<&'static str>,
    /// How its texts are compared and ordered, where it is not the database's way.
    pub collation: Option<&'static str>,
    /// Whether it can be NULL.
    pub nullable: bool,
    /// Whether it is the primary key, or one of its columns.
    pub primary_key: bool,
    /// Whether PostgreSQL numbers it (an identity column).
    pub identity: bool,
    /// Whether no two rows can have the same value.
    pub unique: bool,
    /// The default, as SQL.
    pub default: Option<&'static str>,
    /// What it is computed from, as SQL; it is never written.
    pub generated: Option<&'static str>,
    /// Whether each update sets it to the time; [`AUTO_NOW`](super::Model::AUTO_NOW) says so.
    pub auto_now: bool,
    /// Whether it counts the row's changes.
    pub version: bool,
    /// What must hold for its values.
    pub checks: &'static [Constraint],
    /// What the database says of it.
    pub comment: Option<&'static str>,
    /// What a foreign key refers to.
    pub references: Option<Reference>,
}

impl ColumnMeta {
    /// A column of type `T` without anything else.
    #[doc(hidden)]
    #[must_use]
    pub const fn of<T: Field>(name: &'static str, field: &'static str) -> Self {
        Self {
            name,
            field,
            declaration: T::DECLARATION,
            create: T::CREATE,
            choices: T::CHOICES,
            ty: || T::TYPE,
            is_array: T::IS_ARRAY,
            accepts: T::accepts,
            max_length: None,
            digits: None,
            db_type: None,
            collation: None,
            nullable: T::NULLABLE,
            primary_key: false,
            identity: false,
            unique: false,
            default: None,
            generated: None,
            auto_now: false,
            version: false,
            checks: &[],
            comment: None,
            references: None,
        }
    }

    /// A column of a table between two others, which holds a key of `M`.
    #[doc(hidden)]
    #[must_use]
    pub const fn part_of_key<M: SingleKey>(name: &'static str) -> Self {
        Self::of::<M::Column>(name, name).primary_key().references(Reference::to::<M>())
    }

    /// Whether `save` writes what the row has for it: neither its key nor what the database sees to.
    #[must_use]
    pub const fn is_saved(&self) -> bool {
        !self.primary_key && !self.auto_now && !self.version && self.generated.is_none()
    }

    /// Whether an insert must give it a value.
    #[must_use]
    pub const fn required(&self) -> bool {
        !self.nullable && !self.identity && self.default.is_none() && self.generated.is_none()
    }

    /// Its type in the database: `varchar(200)`, `numeric(12, 2)`, `bigint`.
    #[must_use]
    pub fn sql_type(&self) -> Cow<'static, str> {
        match (self.db_type, self.max_length, self.digits) {
            (Some(ty), ..) => ty.into(),
            (None, Some(length), _) if self.declaration == "text" => format!("varchar({length})").into(),
            (None, _, Some((digits, places))) if self.declaration == "numeric" => {
                format!("numeric({digits}, {places})").into()
            }
            _ => self.declaration.into(),
        }
    }
}

/// What a foreign key refers to.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The table.
    pub table: &'static str,
    /// Its primary key.
    pub column: &'static str,
    /// What happens to the row when the other is deleted, as SQL: `CASCADE`, `SET NULL`, `RESTRICT`, ...
    pub on_delete: &'static str,
    /// When it is checked, as SQL: `DEFERRABLE INITIALLY DEFERRED` is at the end of the transaction.
    pub deferrable: &'static str,
    /// Whether the database checks it at all.
    pub constraint: bool,
}

impl Reference {
    /// To the key of `M`, with Django's behaviour: rows that refer to each other can be written in any order.
    #[doc(hidden)]
    #[must_use]
    pub const fn to<M: SingleKey>() -> Self {
        Self {
            table: M::TABLE,
            column: M::KEY[0],
            on_delete: "CASCADE",
            deferrable: "DEFERRABLE INITIALLY DEFERRED",
            constraint: true,
        }
    }
}

/// An index.
#[derive(Debug, Clone, Copy)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// Its columns and expressions in order, each with its operator class, and ` DESC` where descending.
    pub columns: Rope,
    /// Whether no two rows can have the same values.
    pub unique: bool,
    /// What kind it is: `btree`, `gin`, `gist`, ...
    pub using: &'static str,
    /// The rows it has, as SQL; `None` for all.
    pub condition: Option<&'static str>,
    /// Columns it holds besides those it is ordered by, so that they are read from it alone.
    pub include: &'static [&'static str],
}

impl Index {
    /// What most indexes are.
    #[doc(hidden)]
    pub const PLAIN: Self =
        Self { name: "", columns: &[], unique: false, using: "btree", condition: None, include: &[] };
}

/// Something that must hold for the rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    /// Its name, which errors give.
    pub name: &'static str,
    /// The constraint as SQL: `CHECK (..)` or `EXCLUDE ..`.
    pub definition: &'static str,
    /// What people are told whose row it refuses.
    pub message: Option<&'static str>,
}
