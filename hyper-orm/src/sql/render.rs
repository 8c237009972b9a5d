//! From a rope to text, in one pass over it, in constant evaluation.
//!
//! What costs there is calling functions: short strings are copied byte by byte, and nothing is generic.

use super::part::{Part, PathNode, Rope};

/// Longest statement, in bytes; a longer one does not compile.
const LONGEST: usize = 8192;
/// Most joins of one statement; more do not compile.
const JOINS: usize = 24;

/// A rendered statement before it is cut to size.
#[derive(Debug)]
pub struct Rendered {
    bytes: [u8; LONGEST],
    len: usize,
    params: usize,
}

impl Rendered {
    /// The text's length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many parameters it takes.
    #[must_use]
    pub const fn params(&self) -> usize {
        self.params
    }

    /// The first `N` bytes, of which [`len`](Self::len) are the text.
    #[must_use]
    pub const fn cut<const N: usize>(&self) -> [u8; N] {
        match self.bytes.first_chunk::<N>() {
            Some(bytes) => *bytes,
            None => panic!("no statement is that long"),
        }
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("parts are UTF-8, and so is what is made of them"),
        }
    }
}

/// Writes a statement about `table`.
///
/// # Panics
/// In constant evaluation, so when the program is compiled: the text is over 8 KiB, or has more than 24 joins.
#[must_use]
pub const fn render(table: &'static str, rope: Rope) -> Rendered {
    let mut renderer = Renderer {
        out: Rendered { bytes: [0; LONGEST], len: 0, params: 0 },
        table,
        joins: [None; JOINS],
        join_count: 0,
    };
    renderer.find_joins(rope);
    renderer.rope(rope);
    renderer.out
}

struct Renderer {
    out: Rendered,
    table: &'static str,
    joins: [Option<&'static PathNode>; JOINS],
    join_count: usize,
}

impl Renderer {
    const fn rope(&mut self, rope: Rope) {
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
                Part::Name(name) => self.quoted(name),
                Part::From => self.from(),
                Part::Where(condition) => {
                    if !condition.is_empty() {
                        self.text(" WHERE ");
                        self.rope(condition);
                    }
                }
                Part::WhereKey(key, condition) => self.where_key(key, condition),
            }
            i += 1;
        }
    }

    const fn byte(&mut self, byte: u8) {
        if self.out.len == LONGEST {
            panic!(
                "this query's SQL is longer than 8192 bytes; split it, or select fewer columns with `values`"
            );
        }
        self.out.bytes[self.out.len] = byte;
        self.out.len += 1;
    }

    const fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if self.out.len + bytes.len() > LONGEST {
            panic!(
                "this query's SQL is longer than 8192 bytes; split it, or select fewer columns with `values`"
            );
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

    const fn quoted(&mut self, name: &str) {
        self.byte(b'"');
        self.text(name);
        self.byte(b'"');
    }

    const fn param(&mut self) {
        self.out.params += 1;
        let n = self.out.params;
        self.byte(b'$');
        if n >= 100 {
            self.byte(b'0' + (n / 100) as u8);
        }
        if n >= 10 {
            self.byte(b'0' + (n / 10 % 10) as u8);
        }
        self.byte(b'0' + (n % 10) as u8);
    }

    const fn column(&mut self, path: &'static PathNode, name: &str) {
        match path.parent {
            // A foreign key's column holds the key it refers to: no join for `Post.author.id`.
            Some(parent) if equal(name, path.key) => self.column_of(parent, path.column),
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
    /// named like the statement's table gets an underscore, as both could not be told apart.
    const fn alias(&mut self, path: &'static PathNode) {
        match path.parent {
            None => self.text(self.table),
            Some(parent) => {
                if parent.parent.is_some() {
                    self.alias(parent);
                    self.text("__");
                    self.text(path.field);
                } else {
                    self.text(path.field);
                    if equal(path.field, self.table) {
                        self.byte(b'_');
                    }
                }
            }
        }
    }

    const fn from(&mut self) {
        self.quoted(self.table);
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

    const fn where_key(&mut self, key: &'static str, condition: Rope) {
        if condition.is_empty() {
            return;
        }
        self.text(" WHERE ");
        self.join_count = 0;
        self.find_joins(condition);
        if self.join_count == 0 {
            self.rope(condition);
            return;
        }
        self.quoted(key);
        self.text(" IN (SELECT ");
        self.quoted(self.table);
        self.byte(b'.');
        self.quoted(key);
        self.text(" FROM ");
        self.from();
        self.text(" WHERE ");
        self.rope(condition);
        self.byte(b')');
    }

    const fn find_joins(&mut self, rope: Rope) {
        let mut i = 0;
        while i < rope.len() {
            match &rope[i] {
                Part::Rope(inner) | Part::Where(inner) => self.find_joins(inner),
                Part::Column(path, name) => match path.parent {
                    Some(parent) if equal(name, path.key) => self.join(parent),
                    _ => self.join(path),
                },
                Part::Columns(path, _) => self.join(path),
                _ => {}
            }
            i += 1;
        }
    }

    /// Parents first, so that each join can refer to the one before.
    const fn join(&mut self, path: &'static PathNode) {
        let Some(parent) = path.parent else { return };
        let mut i = 0;
        while i < self.join_count {
            if let Some(known) = self.joins[i]
                && known.id == path.id
            {
                return;
            }
            i += 1;
        }
        self.join(parent);
        if self.join_count == JOINS {
            panic!("this query joins more than 24 tables");
        }
        self.joins[self.join_count] = Some(path);
        self.join_count += 1;
    }
}

const fn equal(a: &str, b: &str) -> bool {
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
            Part::Where(&[Part::Column(&CITY, "name"), Part::Text(" = "), Part::Param]),
        ];
        const SQL: Rendered = render("posts", ROPE);
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
            &[Part::From, Part::Where(&[Part::Column(&AUTHOR, "id"), Part::Text(" = "), Part::Param])],
        );
        assert_eq!(SQL.as_str(), r#""posts" WHERE "posts"."author_id" = $1"#);
    }

    #[test]
    fn statements_without_joins_take_a_subselect() {
        const CONDITION: Rope = &[Part::Column(&AUTHOR, "name"), Part::Text(" = "), Part::Param];
        const SQL: Rendered = render(
            "posts",
            &[Part::Text("DELETE FROM "), Part::Name("posts"), Part::WhereKey("id", CONDITION)],
        );
        assert_eq!(
            SQL.as_str(),
            r#"DELETE FROM "posts" WHERE "id" IN (SELECT "posts"."id" FROM "posts" JOIN "users" AS "author" ON "author"."id" = "posts"."author_id" WHERE "author"."name" = $1)"#
        );
    }

    #[test]
    fn parameters_are_numbered_in_order() {
        const ROPE: [Part; 120] = [Part::Param; 120];
        let sql = render("t", &ROPE);
        assert!(sql.as_str().starts_with("$1$2$3"));
        assert!(sql.as_str().ends_with("$119$120"));
    }

    #[test]
    fn a_foreign_key_named_like_the_table_is_told_apart() {
        const OWN: PathNode = PathNode::root("parent");
        const UP: PathNode = PathNode::via(&OWN, "parent", "parent", "parent_id", "id", true);
        let sql = render("parent", &[Part::Column(&UP, "name"), Part::Text(" FROM "), Part::From]);
        assert_eq!(
            sql.as_str(),
            r#""parent_"."name" FROM "parent" LEFT JOIN "parent" AS "parent_" ON "parent_"."id" = "parent"."parent_id""#
        );
    }
}
