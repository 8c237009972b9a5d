//! A table as data: what the schema is made from.

use hyper_core::db::types::Type;

use super::Model;
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
    /// The tables between it and others, for relations many to many without a model in between.
    pub junctions: &'static [Self],
}

impl Table {
    #[doc(hidden)]
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self { name, columns: &[], indexes: &[], junctions: &[] }
    }
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct ColumnMeta {
    /// Its name in the database: the field's, with `_id` for a foreign key.
    pub name: &'static str,
    /// The field's name: what errors are reported under.
    pub field: &'static str,
    /// Its type in the database, such as `bigint`.
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
    /// Whether it can be NULL.
    pub nullable: bool,
    /// Whether it is the primary key.
    pub primary_key: bool,
    /// Whether PostgreSQL numbers it (an identity column).
    pub identity: bool,
    /// Whether no two rows can have the same value.
    pub unique: bool,
    /// The default, as SQL.
    pub default: Option<&'static str>,
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
            nullable: T::NULLABLE,
            primary_key: false,
            identity: false,
            unique: false,
            default: None,
            references: None,
        }
    }

    /// A column of a table between two others, which holds a key of `M`.
    #[doc(hidden)]
    #[must_use]
    pub const fn part_of_key<M: Model<Key: Field>>(name: &'static str) -> Self {
        Self {
            primary_key: true,
            references: Some(Reference { table: M::TABLE, column: M::KEY[0], on_delete: "CASCADE" }),
            ..Self::of::<M::Key>(name, name)
        }
    }

    /// Whether `save` writes it.
    #[must_use]
    pub const fn is_saved(&self) -> bool {
        !self.primary_key
    }

    /// Whether an insert must give it a value.
    #[must_use]
    pub const fn required(&self) -> bool {
        !self.nullable && !self.identity && self.default.is_none()
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
}

/// An index.
#[derive(Debug, Clone, Copy)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// Its columns in order, each with ` DESC` where descending.
    pub columns: Rope,
    /// Whether no two rows can have the same values.
    pub unique: bool,
}
