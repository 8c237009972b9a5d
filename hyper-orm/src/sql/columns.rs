//! Lists of a table's columns, as statements that write take them.

use super::part::Part;
use super::render::Renderer;

impl<const LONGEST: usize> Renderer<LONGEST> {
    /// Writes a part that is a list of columns.
    pub(super) const fn columns(&mut self, part: &Part) {
        match part {
            Part::Named(names) => {
                let mut i = 0;
                while i < names.len() {
                    self.comma(i);
                    self.quoted(names[i]);
                    i += 1;
                }
            }
            Part::Names(columns, names) => {
                let mut i = 0;
                while i < columns.len() {
                    self.comma(i);
                    self.quoted(names[columns[i]]);
                    i += 1;
                }
            }
            Part::Excluded(columns, names) => {
                let mut i = 0;
                while i < columns.len() {
                    self.comma(i);
                    self.quoted(names[columns[i]]);
                    self.text(" = EXCLUDED.");
                    self.quoted(names[columns[i]]);
                    i += 1;
                }
            }
            Part::Arrays(columns, metas) => {
                let mut i = 0;
                while i < columns.len() {
                    self.comma(i);
                    self.param();
                    self.text("::");
                    self.text(metas[columns[i]].declaration);
                    self.text("[]");
                    i += 1;
                }
            }
            Part::Same(table, columns, names, between) => {
                let mut i = 0;
                while i < columns.len() {
                    if i > 0 {
                        self.text(between);
                    }
                    if !table.is_empty() {
                        self.quoted(table);
                        self.byte(b'.');
                    }
                    self.quoted(names[columns[i]]);
                    self.text(" = \"values\".");
                    self.quoted(names[columns[i]]);
                    i += 1;
                }
            }
            Part::Saved(metas) => {
                let (mut i, mut written) = (0, 0);
                while i < metas.len() {
                    if metas[i].is_saved() {
                        self.comma(written);
                        self.quoted(metas[i].name);
                        self.text(" = ");
                        self.param();
                        written += 1;
                    }
                    i += 1;
                }
            }
            _ => {}
        }
    }

    const fn comma(&mut self, before: usize) {
        if before > 0 {
            self.text(", ");
        }
    }
}
