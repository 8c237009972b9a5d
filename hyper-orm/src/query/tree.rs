//! JSON of rows with others inside, kept in pieces until all of it is there: each byte is copied once.

use std::sync::Arc;

use hyper_core::db::DatabaseError;

/// A row's JSON, and the rows that belong to it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Tree {
    /// Of an object to which members are added, without the closing brace.
    json: Vec<u8>,
    open: bool,
    members: Vec<(&'static str, Option<Arc<Vec<Tree>>>)>,
}

impl Tree {
    /// A row that is complete.
    pub(super) fn leaf(json: Vec<u8>) -> Self {
        Self { json, open: false, members: Vec::new() }
    }

    /// A row that is an object, and gets members.
    pub(super) fn object(mut json: Vec<u8>) -> Self {
        json.pop();
        Self { json, open: true, members: Vec::with_capacity(1) }
    }

    /// Adds rows; several owners can have the same ones, by many to many.
    pub(super) fn add(&mut self, name: &'static str, rows: Option<Arc<Vec<Self>>>) {
        self.members.push((name, rows));
    }

    /// How many bytes it will be.
    pub(super) fn len(&self) -> usize {
        let members = self.members.iter().map(|(name, rows)| {
            let rows = rows.iter().flat_map(|rows| rows.iter());
            name.len() + 6 + rows.map(|row| row.len() + 1).sum::<usize>()
        });
        self.json.len() + usize::from(self.open) + members.sum::<usize>()
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.json);
        for (name, rows) in &self.members {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            write_array(rows.iter().flat_map(|rows| rows.iter()), out);
        }
        if self.open {
            out.push(b'}');
        }
    }
}

/// Writes them as an array.
pub(super) fn write_array<'t>(rows: impl Iterator<Item = &'t Tree>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (i, row) in rows.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        row.write(out);
    }
    out.push(b']');
}

/// Most that is reserved for a row before it comes.
const MOST: usize = 4096;

/// Room for a row's JSON, made in one piece: a little more than the one before it needed.
#[derive(Debug, Default)]
pub(super) struct Room(usize);

impl Room {
    /// What `write` writes.
    pub(super) fn write(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), DatabaseError>,
    ) -> Result<Vec<u8>, DatabaseError> {
        let mut json = Vec::with_capacity(self.0);
        write(&mut json)?;
        self.0 = (json.len() + json.len() / 8).min(MOST);
        Ok(json)
    }
}
