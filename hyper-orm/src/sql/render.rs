//! From a rope to text, in one pass over it, in constant evaluation.
//!
//! What costs there is calling functions: short strings are copied byte by byte, and nothing is generic.

use super::part::{Part, PathNode, Rope};
use super::rendered::Rendered;

/// Longest statement the compiler writes, in bytes; a longer one does not compile.
const CONSTANT: usize = 8192;
/// Longest statement written at run time.
const AT_RUN_TIME: usize = 65_536;
/// As long as most of those are: the room for it is zeroed before.
const SHORT: usize = 1024;
/// Most joins of one statement, or of one `SELECT` inside it; more do not compile.
pub(super) const JOINS: usize = 24;
/// How deep a `SELECT` can stand inside others.
pub(super) const DEPTH: usize = 8;

/// Says that a statement is longer than there is room for.
const TOO_LONG: &str = "this query's SQL is longer than 8192 bytes; split it, or select fewer columns with `values`; \
                        built with `.dynamic()` it can have 65536";

/// Writes a statement about `table`, with those of its optional parts whose bit is set in `mask`.
///
/// # Panics
/// In constant evaluation, so when the program is compiled: the text is over 8 KiB, there are more than 24 joins, or
/// columns of a query around it are named where there is none.
#[must_use]
pub const fn render(table: &'static str, rope: &[Part], mask: u32) -> Rendered {
    render_from(table, rope, mask, 0)
}

/// As [`render`], for a part of a text that has so many parameters before it.
///
/// # Panics
/// As [`render`].
#[must_use]
pub const fn render_from(table: &'static str, rope: &[Part], mask: u32, params: usize) -> Rendered {
    let rendered = Renderer::<CONSTANT>::run(table, rope, mask, params);
    if !rendered.problem.is_empty() {
        panic!("{}", rendered.problem);
    }
    rendered
}

/// As [`render`], at run time: a statement of at most 64 KiB.
///
/// # Errors
/// Says what [`render`] would panic with.
pub(crate) fn render_now(table: &'static str, rope: &[Part], mask: u32) -> Result<String, &'static str> {
    let short = Renderer::<SHORT>::run(table, rope, mask, 0);
    if short.problem.is_empty() { Ok(short.as_str().to_owned()) } else { render_long(table, rope, mask) }
}

#[cold]
fn render_long(table: &'static str, rope: &[Part], mask: u32) -> Result<String, &'static str> {
    let rendered = Renderer::<AT_RUN_TIME>::run(table, rope, mask, 0);
    if rendered.problem.is_empty() { Ok(rendered.as_str().to_owned()) } else { Err(rendered.problem) }
}

/// The table a `SELECT` is about, and the number that tells it from the same table further out; 0 for none.
#[derive(Clone, Copy)]
pub(super) struct Root {
    pub(super) table: &'static str,
    pub(super) number: u8,
}

pub(super) struct Renderer<const LONGEST: usize> {
    out: Rendered<LONGEST>,
    pub(super) mask: u32,
    /// The tables of the statement and of the selects in it down to where the text is.
    pub(super) roots: [Root; DEPTH],
    pub(super) depth: usize,
    /// The joins of the select the text is in.
    pub(super) joins: [Option<&'static PathNode>; JOINS],
    pub(super) join_count: usize,
    /// How many conditions its `WHERE` has so far.
    pub(super) conditions: usize,
}

impl<const LONGEST: usize> Renderer<LONGEST> {
    const fn run(table: &'static str, rope: &[Part], mask: u32, params: usize) -> Rendered<LONGEST> {
        let mut renderer = Self {
            out: Rendered { bytes: [0; LONGEST], len: 0, params, problem: "" },
            mask,
            roots: [Root { table, number: 0 }; DEPTH],
            depth: 0,
            joins: [None; JOINS],
            join_count: 0,
            conditions: 0,
        };
        renderer.find_joins(rope, 0);
        renderer.rope(rope);
        renderer.out
    }

    /// Notes what is wrong; what comes then does not matter.
    pub(super) const fn fail(&mut self, problem: &'static str) {
        self.out.problem = problem;
    }

    pub(super) const fn rope(&mut self, rope: &[Part]) {
        let mut i = 0;
        while i < rope.len() {
            match &rope[i] {
                Part::Text(text) => self.text(text),
                Part::Param => self.param(),
                Part::Rope(inner) => self.rope(inner),
                Part::Column(path, name) => self.column(path, name),
                Part::Columns(path, names) => {
                    let mut k = 0;
                    while k < names.len() {
                        if k > 0 {
                            self.text(", ");
                        }
                        self.column(path, names[k]);
                        k += 1;
                    }
                }
                Part::Table(path) => {
                    self.byte(b'"');
                    self.alias(path);
                    self.byte(b'"');
                }
                Part::Name(name) => self.quoted(name),
                Part::Named(_)
                | Part::Names(..)
                | Part::Excluded(..)
                | Part::Arrays(..)
                | Part::Same(..)
                | Part::Saved(..) => {
                    self.columns(&rope[i]);
                }
                Part::From => self.from(),
                Part::Where(conditions) => {
                    self.conditions = 0;
                    self.rope(conditions);
                }
                Part::WhereKey(key, conditions) => self.where_key(key, conditions),
                Part::And(condition) => {
                    self.text(if self.conditions == 0 { " WHERE " } else { " AND " });
                    self.conditions += 1;
                    self.rope(condition);
                }
                Part::Equal(path, names) => {
                    let mut k = 0;
                    while k < names.len() {
                        if k > 0 {
                            self.text(" AND ");
                        }
                        self.column(path, names[k]);
                        self.text(" = ");
                        self.param();
                        k += 1;
                    }
                }
                Part::Optional(bit, inner) => {
                    if self.mask & (1 << *bit) != 0 {
                        self.rope(inner);
                    }
                }
                Part::Own(place, inner) => self.own(place, inner),
                Part::Select(table, inner) => self.select(table, inner),
                Part::Outer(table, inner) => self.outer(table, inner),
                Part::Of(table, inner) => {
                    let root = self.roots[self.depth];
                    self.roots[self.depth] = Root { table, number: 0 };
                    self.rope(inner);
                    self.roots[self.depth] = root;
                }
            }
            i += 1;
        }
    }

    pub(super) const fn byte(&mut self, byte: u8) {
        if self.out.len == LONGEST {
            return self.fail(TOO_LONG);
        }
        self.out.bytes[self.out.len] = byte;
        self.out.len += 1;
    }

    pub(super) const fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if self.out.len + bytes.len() > LONGEST {
            return self.fail(TOO_LONG);
        }
        if bytes.len() > 64 {
            let room = self.out.bytes.split_at_mut(self.out.len).1;
            room.split_at_mut(bytes.len()).0.copy_from_slice(bytes);
        } else {
            let mut i = 0;
            while i < bytes.len() {
                self.out.bytes[self.out.len + i] = bytes[i];
                i += 1;
            }
        }
        self.out.len += bytes.len();
    }

    pub(super) const fn quoted(&mut self, name: &str) {
        self.byte(b'"');
        self.text(name);
        self.byte(b'"');
    }

    pub(super) const fn param(&mut self) {
        self.out.params += 1;
        let n = self.out.params;
        self.byte(b'$');
        if n >= 10_000 {
            self.byte(b'0' + (n / 10_000) as u8);
        }
        if n >= 1000 {
            self.byte(b'0' + (n / 1000 % 10) as u8);
        }
        if n >= 100 {
            self.byte(b'0' + (n / 100 % 10) as u8);
        }
        if n >= 10 {
            self.byte(b'0' + (n / 10 % 10) as u8);
        }
        self.byte(b'0' + (n % 10) as u8);
    }

    const fn column(&mut self, path: &'static PathNode, name: &str) {
        match path.parent {
            // A foreign key's column holds the key it refers to: no join for `Post.author.id`.
            Some(parent) if !path.backward && equal(name, path.key) => self.column_of(parent, path.column),
            _ => self.column_of(path, name),
        }
    }

    const fn column_of(&mut self, path: &'static PathNode, name: &str) {
        self.byte(b'"');
        self.alias(path);
        self.text("\".\"");
        self.text(name);
        self.byte(b'"');
    }

    /// `posts`, `author`, `post__author`: the table itself, or the foreign keys that lead to it. A foreign key
    /// named like the statement's table gets an underscore, as both could not be told apart. In a select inside
    /// another the table's name comes first, so that what is around stays visible.
    const fn alias(&mut self, path: &'static PathNode) {
        match path.parent {
            None => self.root(),
            Some(parent) => {
                if parent.parent.is_some() {
                    self.alias(parent);
                    self.text("__");
                    self.text(path.field);
                } else if self.depth > 0 {
                    self.root();
                    self.text("__");
                    self.text(path.field);
                } else {
                    self.text(path.field);
                    if equal(path.field, self.roots[0].table) {
                        self.byte(b'_');
                    }
                }
            }
        }
    }

    const fn root(&mut self) {
        let root = self.roots[self.depth];
        self.text(root.table);
        if root.number > 0 {
            self.byte(b'_');
            self.byte(b'0' + root.number);
        }
    }

    const fn from(&mut self) {
        self.quoted(self.roots[self.depth].table);
        if self.roots[self.depth].number > 0 {
            self.text(" AS \"");
            self.root();
            self.byte(b'"');
        }
        let mut i = 0;
        while i < self.join_count {
            if let Some(path) = self.joins[i]
                && let Some(parent) = path.parent
            {
                self.text(if path.nullable { " LEFT JOIN " } else { " JOIN " });
                self.quoted(path.table);
                self.text(" AS \"");
                self.alias(path);
                self.text("\" ON ");
                self.column_of(path, path.key);
                self.text(" = ");
                self.column_of(parent, path.column);
            }
            i += 1;
        }
    }

    const fn where_key(&mut self, key: &'static [&'static str], conditions: Rope) {
        self.join_count = 0;
        self.find_joins(conditions, 0);
        self.conditions = 0;
        if self.join_count == 0 {
            self.rope(conditions);
            return;
        }
        self.text(" WHERE ");
        self.key(key, false);
        self.text(" IN (SELECT ");
        self.key(key, true);
        self.text(" FROM ");
        self.from();
        self.rope(conditions);
        self.byte(b')');
    }

    const fn key(&mut self, key: &'static [&'static str], selected: bool) {
        let row = key.len() > 1 && !selected;
        if row {
            self.byte(b'(');
        }
        let mut i = 0;
        while i < key.len() {
            if i > 0 {
                self.text(", ");
            }
            if selected {
                self.byte(b'"');
                self.root();
                self.text("\".");
            }
            self.quoted(key[i]);
            i += 1;
        }
        if row {
            self.byte(b')');
        }
    }

    const fn own(&mut self, place: &'static str, rope: Rope) {
        let (joins, join_count) = (self.joins, self.join_count);
        self.join_count = 0;
        self.find_joins(rope, 0);
        if self.join_count > 0 {
            self.fail(place);
        }
        (self.joins, self.join_count) = (joins, join_count);
        self.rope(rope);
    }
}

pub(crate) const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTS: PathNode = PathNode::root("posts");
    const AUTHOR: PathNode = PathNode::via(&POSTS, "users", "author", "author_id", "id", false);
    const CITY: PathNode = PathNode::via(&AUTHOR, "cities", "city", "city_id", "id", true);

    #[test]
    fn joins_come_from_the_paths() {
        const ROPE: Rope = &[
            Part::Text("SELECT "),
            Part::Column(&POSTS, "id"),
            Part::Text(" FROM "),
            Part::From,
            Part::Where(&[Part::And(&[Part::Column(&CITY, "name"), Part::Text(" = "), Part::Param])]),
        ];
        const SQL: Rendered = render("posts", ROPE, 0);
        assert_eq!(
            SQL.as_str(),
            r#"SELECT "posts"."id" FROM "posts" JOIN "users" AS "author" ON "author"."id" = "posts"."author_id" LEFT JOIN "cities" AS "author__city" ON "author__city"."id" = "author"."city_id" WHERE "author__city"."name" = $1"#
        );
        assert_eq!(SQL.params(), 1);
    }

    #[test]
    fn the_key_of_a_relation_needs_no_join() {
        const SQL: Rendered = render(
            "posts",
            &[
                Part::From,
                Part::Where(&[Part::And(&[Part::Column(&AUTHOR, "id"), Part::Text(" = "), Part::Param])]),
            ],
            0,
        );
        assert_eq!(SQL.as_str(), r#""posts" WHERE "posts"."author_id" = $1"#);
    }

    #[test]
    fn statements_without_joins_take_a_subselect() {
        const CONDITION: Rope = &[Part::Column(&AUTHOR, "name"), Part::Text(" = "), Part::Param];
        const SQL: Rendered = render(
            "posts",
            &[
                Part::Text("DELETE FROM "),
                Part::Name("posts"),
                Part::WhereKey(&["id"], &[Part::And(CONDITION)]),
            ],
            0,
        );
        assert_eq!(
            SQL.as_str(),
            r#"DELETE FROM "posts" WHERE "id" IN (SELECT "posts"."id" FROM "posts" JOIN "users" AS "author" ON "author"."id" = "posts"."author_id" WHERE "author"."name" = $1)"#
        );
    }

    #[test]
    fn what_is_optional_takes_its_joins_with_it() {
        const ROPE: Rope = &[
            Part::From,
            Part::Where(&[
                Part::Optional(0, &[Part::And(&[Part::Column(&AUTHOR, "name")])]),
                Part::Optional(1, &[Part::And(&[Part::Column(&POSTS, "score")])]),
            ]),
        ];
        assert_eq!(render("posts", ROPE, 0).as_str(), r#""posts""#);
        assert_eq!(render("posts", ROPE, 2).as_str(), r#""posts" WHERE "posts"."score""#);
        assert_eq!(
            render("posts", ROPE, 3).as_str(),
            r#""posts" JOIN "users" AS "author" ON "author"."id" = "posts"."author_id" WHERE "author"."name" AND "posts"."score""#
        );
    }

    #[test]
    fn a_select_inside_has_its_own_names_and_sees_those_around() {
        const INNER: Rope = &[
            Part::Text("SELECT 1 FROM "),
            Part::From,
            Part::Where(&[
                Part::And(&[Part::Column(&AUTHOR, "name"), Part::Text(" = "), Part::Param]),
                Part::And(&[
                    Part::Column(&POSTS, "id"),
                    Part::Text(" < "),
                    Part::Outer("posts", &[Part::Column(&CITY, "size")]),
                ]),
            ]),
        ];
        const SQL: Rendered = render(
            "posts",
            &[
                Part::From,
                Part::Where(&[
                    Part::And(&[Part::Text("EXISTS ("), Part::Select("posts", INNER), Part::Text(")")]),
                    Part::And(&[Part::Column(&POSTS, "id")]),
                ]),
            ],
            0,
        );
        assert_eq!(
            SQL.as_str(),
            concat!(
                r#""posts" JOIN "users" AS "author" ON "author"."id" = "posts"."author_id" "#,
                r#"LEFT JOIN "cities" AS "author__city" ON "author__city"."id" = "author"."city_id" "#,
                r#"WHERE EXISTS (SELECT 1 FROM "posts" AS "posts_2" "#,
                r#"JOIN "users" AS "posts_2__author" ON "posts_2__author"."id" = "posts_2"."author_id" "#,
                r#"WHERE "posts_2__author"."name" = $1 AND "posts_2"."id" < "author__city"."size") "#,
                r#"AND "posts"."id""#
            )
        );
    }

    #[test]
    #[should_panic(expected = "is about another model")]
    fn outer_columns_are_those_of_the_query_around() {
        let _ = render("users", &[Part::Select("posts", &[Part::Outer("posts", &[])])], 0);
    }

    #[test]
    #[should_panic(expected = "inside no other")]
    fn outer_columns_need_a_query_around() {
        let _ = render("users", &[Part::Outer("posts", &[])], 0);
    }

    #[test]
    fn parameters_are_numbered_in_order() {
        const ROPE: [Part; 120] = [Part::Param; 120];
        let sql = render("t", &ROPE, 0);
        assert!(sql.as_str().starts_with("$1$2$3"));
        assert!(sql.as_str().ends_with("$119$120"));
    }

    #[test]
    fn a_foreign_key_named_like_the_table_is_told_apart() {
        const OWN: PathNode = PathNode::root("parent");
        const UP: PathNode = PathNode::via(&OWN, "parent", "parent", "parent_id", "id", true);
        let sql = render("parent", &[Part::Column(&UP, "name"), Part::Text(" FROM "), Part::From], 0);
        assert_eq!(
            sql.as_str(),
            r#""parent_"."name" FROM "parent" LEFT JOIN "parent" AS "parent_" ON "parent_"."id" = "parent"."parent_id""#
        );
    }
}
