//! What statements are made of.

use hyper_core::db::fnv1a;

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
    /// All these columns of the table at the end of a path, separated by commas.
    Columns(&'static PathNode, &'static [&'static str]),
    /// A column's bare name: what `SET` and `INSERT` take.
    Name(&'static str),
    /// The statement's table and the joins for all paths the statement mentions.
    From,
    /// `WHERE` and a condition, or nothing when that is empty.
    Where(Rope),
    /// As `Where`, for statements that take no joins: a condition over a path becomes `key IN (SELECT ..)`.
    WhereKey(&'static str, Rope),
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
}

impl PathNode {
    /// The table a statement is about.
    #[must_use]
    pub const fn root(table: &'static str) -> Self {
        Self { id: 0, parent: None, table, field: "", column: "", key: "", nullable: false }
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
        let id = (parent.id ^ fnv1a(column.as_bytes())).wrapping_mul(0x0000_0100_0000_01b3) | 1;
        Self { id, parent: Some(parent), table, field, column, key, nullable: nullable || parent.nullable }
    }
}
