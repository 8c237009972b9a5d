//! What a select sees: its own table and joins, and in a select inside another those around it.

use super::part::{Part, PathNode, Rope};
use super::render::{DEPTH, JOINS, Renderer, Root, equal};

impl<const LONGEST: usize> Renderer<LONGEST> {
    /// A select inside the statement: its own table, joins and conditions, and then again those around it.
    pub(super) const fn select(&mut self, table: &'static str, rope: Rope) {
        let (joins, join_count, conditions) = (self.joins, self.join_count, self.conditions);
        let number = if self.is_taken(table) { self.depth as u8 + 2 } else { 0 };
        if self.depth + 1 == DEPTH {
            return self.fail("this query has more than 7 selects inside each other");
        }
        self.depth += 1;
        self.roots[self.depth] = Root { table, number };
        self.join_count = 0;
        self.conditions = 0;
        self.find_joins(rope, 0);
        self.rope(rope);
        self.depth -= 1;
        (self.joins, self.join_count, self.conditions) = (joins, join_count, conditions);
    }

    /// Whether a table's name means something else around, in the text so far.
    const fn is_taken(&self, table: &str) -> bool {
        let mut i = 0;
        while i <= self.depth {
            if equal(self.roots[i].table, table) {
                return true;
            }
            i += 1;
        }
        // Further in, the first select's joins are not known any more.
        if self.depth > 0 {
            return true;
        }
        i = 0;
        while i < self.join_count {
            if let Some(path) = self.joins[i]
                && equal(path.field, table)
            {
                return true;
            }
            i += 1;
        }
        false
    }

    pub(super) const fn outer(&mut self, table: &str, rope: Rope) {
        if self.depth == 0 {
            return self.fail("`outer(..)` stands in a query that is inside no other; it is for `exists`, `subquery` and the like");
        }
        self.depth -= 1;
        if !equal(self.roots[self.depth].table, table) {
            self.fail(
                "`outer(..)` takes columns of the query around this one, and that is about another model",
            );
        }
        self.rope(rope);
        self.depth += 1;
    }

    /// Notes the joins a select needs: for its own columns, and for those that selects inside it take from it. `inside`
    /// is how many selects further in `rope` stands.
    pub(super) const fn find_joins(&mut self, rope: &[Part], inside: usize) {
        let mut i = 0;
        while i < rope.len() {
            match &rope[i] {
                Part::Rope(inner) | Part::Where(inner) | Part::And(inner) | Part::Own(_, inner) => {
                    self.find_joins(inner, inside);
                }
                Part::Optional(bit, inner) if self.mask & (1 << *bit) != 0 => self.find_joins(inner, inside),
                Part::Select(_, inner) => self.find_joins(inner, inside + 1),
                Part::Outer(_, inner) if inside > 0 => self.find_joins(inner, inside - 1),
                Part::Column(path, name) if inside == 0 => match path.parent {
                    Some(parent) if !path.backward && equal(name, path.key) => self.join(parent),
                    _ => self.join(path),
                },
                Part::Columns(path, _) | Part::Equal(path, _) | Part::Table(path) if inside == 0 => {
                    self.join(path)
                }
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
            return self.fail("this query joins more than 24 tables");
        }
        self.joins[self.join_count] = Some(path);
        self.join_count += 1;
    }
}
