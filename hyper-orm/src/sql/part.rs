//! What statements are made of.

use hyper_core::db::fnv1a;

use crate::model::ColumnMeta;

/// A statement, or a part of one, as a constant tree of slices.
pub type Rope = &'static [Part];

/// One element of a rope.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// Text as it stands.
    Text(&'static str),
    /// The next parameter: `$1`, `$2`, ...
    Param,
    /// All of another rope.
    Rope(Rope),
    /// A column of the table at the end of a path.
    Column(&'static PathNode, &'static str),
    /// Columns of another table than the select's, which stands beside it under its own name.
    Of(&'static str, Rope),
    /// All these columns of the table at the end of a path, separated by commas.
    Columns(&'static PathNode, &'static [&'static str]),
    /// The table at the end of a path, by the name it has in the statement.
    Table(&'static PathNode),
    /// A column's bare name: what `SET` and `INSERT` take.
    Name(&'static str),
    /// These names, separated by commas.
    Named(&'static [&'static str]),
    /// The names of these columns, separated by commas.
    Names(&'static [usize], &'static [&'static str]),
    /// `"a" = EXCLUDED."a"` for these columns.
    Excluded(&'static [usize], &'static [&'static str]),
    /// `$1::bigint[], $2::text[]`: an array of the values of each of these columns.
    Arrays(&'static [usize], &'static [ColumnMeta]),
    /// `"a" = "values"."a"` for these columns, behind a table's name if it has one, with this between them.
    Same(&'static str, &'static [usize], &'static [&'static str], &'static str),
    /// `"a" = $1` for all columns that `save` writes.
    Saved(&'static [ColumnMeta]),
    /// The statement's table and the joins for all paths the statement mentions.
    From,
    /// The [`And`](Part::And)s in it, behind `WHERE`; nothing where there are none.
    Where(Rope),
    /// As `Where`, for statements that take no joins: a condition over a path becomes `key IN (SELECT ..)`.
    WhereKey(&'static [&'static str], Rope),
    /// One of the conditions that all must hold.
    And(Rope),
    /// These columns of the table at the end of a path, each equal to the next parameter.
    Equal(&'static PathNode, &'static [&'static str]),
    /// A rope that is there only if this bit of the statement's mask is set.
    Optional(u8, Rope),
    /// A rope that can have no columns beyond a foreign key, in a sentence that says where that is.
    Own(&'static str, Rope),
    /// A `SELECT` inside the statement, about this table: [`From`](Part::From) and columns in it are that table's.
    Select(&'static str, Rope),
    /// Inside a [`Select`](Part::Select), columns of the statement around it, which is about this table.
    Outer(&'static str, Rope),
}

/// A table as it is reached from a statement's own: by no foreign key, or by a chain of them.
#[derive(Debug)]
pub struct PathNode {
    /// Distinguishes paths of one root where addresses cannot, in constant evaluation.
    pub id: u64,
    /// The path without its last foreign key; `None` for the statement's own table.
    pub parent: Option<&'static PathNode>,
    /// The table at the end.
    pub table: &'static str,
    /// The last foreign key's field, from which the alias is made.
    pub field: &'static str,
    /// The column of that foreign key in the parent's table.
    pub column: &'static str,
    /// The primary key at the end, which that column holds.
    pub key: &'static str,
    /// Whether any foreign key on the way can be NULL, which makes the join a `LEFT JOIN`.
    pub nullable: bool,
    /// Whether the last step goes against a foreign key: then `key` is that foreign key, in the table at the end, and
    /// `column` what it refers to.
    pub backward: bool,
}

impl PathNode {
    /// The table a statement is about.
    #[must_use]
    pub const fn root(table: &'static str) -> Self {
        Self { id: 0, parent: None, table, field: "", column: "", key: "", nullable: false, backward: false }
    }

    /// One foreign key further.
    #[must_use]
    pub const fn via(
        parent: &'static Self,
        table: &'static str,
        field: &'static str,
        column: &'static str,
        key: &'static str,
        nullable: bool,
    ) -> Self {
        let id = step(parent.id, column);
        Self {
            id,
            parent: Some(parent),
            table,
            field,
            column,
            key,
            nullable: nullable || parent.nullable,
            backward: false,
        }
    }

    /// To the one row whose foreign key, the column `key` of `table`, refers to the parent's `column`; there may be
    /// none.
    #[must_use]
    pub const fn back(
        parent: &'static Self,
        table: &'static str,
        field: &'static str,
        column: &'static str,
        key: &'static str,
    ) -> Self {
        // Told apart from a foreign key of the parent's own by both names.
        let id = step(step(parent.id, field), key);
        Self { id, parent: Some(parent), table, field, column, key, nullable: true, backward: true }
    }
}

const fn step(id: u64, name: &str) -> u64 {
    (id ^ fnv1a(name.as_bytes())).wrapping_mul(0x0000_0100_0000_01b3) | 1
}
