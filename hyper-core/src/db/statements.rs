//! The prepared statements of one connection.
//!
//! The key is the FNV-1a of the text, computed when the program was compiled, so a look-up hashes
//! nothing: it is one probe of a table, and a comparison of two addresses. Equal keys with different
//! texts cannot be excluded, and equal texts can have several addresses (one for each codegen unit), so a
//! hit needs the same address or, failing that, the same text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use tokio_postgres::Statement;

use super::sql::Sql;

#[derive(Default)]
pub(super) struct Statements {
    by_key: HashMap<u64, (&'static str, Statement), BuildHasherDefault<AsItIs>>,
}

impl Statements {
    pub(super) fn get(&self, sql: Sql) -> Option<Statement> {
        let (text, statement) = self.by_key.get(&sql.key)?;
        (std::ptr::eq(*text, sql.text) || *text == sql.text).then(|| statement.clone())
    }

    pub(super) fn insert(&mut self, sql: Sql, statement: Statement) {
        self.by_key.insert(sql.key, (sql.text, statement));
    }

    pub(super) fn remove(&mut self, sql: Sql) {
        self.by_key.remove(&sql.key);
    }
}

/// The key is a hash already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are u64");
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
