//! The prepared statements of one connection.
//!
//! The key is the FNV-1a of the text, computed when the program was compiled, so a look-up of a constant hashes
//! nothing: it is one probe of a table, and a comparison of two addresses. Equal keys with different
//! texts cannot be excluded, and equal texts can have several addresses (one for each codegen unit, or for each time
//! one was rendered), so a hit needs the same address or, failing that, the same text.
//!
//! Texts rendered at run time can be any number. The table keeps as many statements as it is told, those used last: each look-up
//! notes when it was, and what makes room is found by looking at them all, which happens beside a round trip to prepare
//! the new one. A statement that goes is closed in PostgreSQL when nothing runs it any more.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use tokio_postgres::Column;

use super::sql::Sql;
use super::statement_stats::StatementStats;

pub(super) struct Table<S> {
    by_key: HashMap<u64, Entry<S>, BuildHasherDefault<AsItIs>>,
    most: usize,
    /// How often one was found, or put in.
    looked_up: u64,
    inserted: u64,
    evicted: u64,
}

struct Entry<S> {
    text: Cow<'static, str>,
    statement: S,
    check: fn(&[Column]) -> Result<(), String>,
    /// What `looked_up` was then.
    used: u64,
}

impl<S> Entry<S> {
    #[inline]
    fn is_of(&self, sql: &Sql<'_>) -> bool {
        // Both are alive, so that at one address there is one text.
        std::ptr::eq(&*self.text, sql.text) || self.text == sql.text
    }
}

impl<S: Clone> Table<S> {
    /// One that keeps so many, at least one.
    pub(super) fn of_size(most: usize) -> Self {
        Self { by_key: HashMap::default(), most: most.max(1), looked_up: 0, inserted: 0, evicted: 0 }
    }

    /// How it was used.
    pub(super) fn stats(&self) -> StatementStats {
        StatementStats {
            hits: self.looked_up - self.inserted,
            misses: self.inserted,
            evictions: self.evicted,
            entries: self.by_key.len() as u64,
        }
    }

    /// A statement that was prepared, and whether what it returns has been checked in the way this one wants it.
    pub(super) fn get(&mut self, sql: &Sql<'_>) -> Option<(S, bool)> {
        let entry = self.by_key.get_mut(&sql.key)?;
        entry.is_of(sql).then(|| {
            self.looked_up += 1;
            entry.used = self.looked_up;
            // Two models of one table can send the same text. A function can have two addresses: then it is called twice.
            (entry.statement.clone(), std::ptr::fn_addr_eq(entry.check, sql.check))
        })
    }

    /// What [`get`](Self::get) gives if nothing is left to check; none of it where nobody has prepared it. Only the former
    /// is counted.
    pub(super) fn ready(&mut self, sql: &Sql<'_>) -> Option<Option<S>> {
        let entry = self.by_key.get_mut(&sql.key)?;
        if !entry.is_of(sql) || !std::ptr::fn_addr_eq(entry.check, sql.check) {
            return Some(None);
        }
        self.looked_up += 1;
        entry.used = self.looked_up;
        Some(Some(entry.statement.clone()))
    }

    /// Whether it is there, which is not counted.
    pub(super) fn has(&self, sql: &Sql<'_>) -> bool {
        self.by_key.contains_key(&sql.key)
    }

    pub(super) fn insert(&mut self, sql: Sql<'_>, statement: S) {
        if self.by_key.len() >= self.most && !self.by_key.contains_key(&sql.key) {
            let oldest = self.by_key.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key);
            oldest.and_then(|key| self.by_key.remove(&key));
            self.evicted += 1;
        }
        self.looked_up += 1;
        self.inserted += 1;
        let entry = Entry { text: sql.kept(), statement, check: sql.check, used: self.looked_up };
        self.by_key.insert(sql.key, entry);
    }

    pub(super) fn remove(&mut self, sql: Sql<'_>) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 256;

    fn get(table: &mut Table<usize>, sql: Sql<'_>) -> Option<usize> {
        table.get(&sql).map(|(statement, _)| statement)
    }

    #[test]
    fn what_was_used_last_stays() {
        let mut table = Table::of_size(MOST);
        let texts: Vec<String> = (0..=MOST).map(|n| format!("SELECT {n}")).collect();
        for (n, text) in texts[..MOST].iter().enumerate() {
            table.insert(Sql::rendered(text), n);
        }
        assert_eq!(get(&mut table, Sql::new("SELECT 0")), Some(0), "the same text elsewhere");
        table.insert(Sql::rendered(&texts[MOST]), MOST);
        assert_eq!(table.by_key.len(), MOST);
        assert_eq!(get(&mut table, Sql::rendered("SELECT 1")), None, "it made room");
        assert_eq!(get(&mut table, Sql::rendered("SELECT 0")), Some(0));
        assert_eq!(get(&mut table, Sql::rendered(&texts[MOST])), Some(MOST));
        // Again, with what is there already: nobody has to go.
        table.insert(Sql::rendered("SELECT 2"), 7);
        assert_eq!((table.by_key.len(), get(&mut table, Sql::new("SELECT 2"))), (MOST, Some(7)));
        let stats = table.stats();
        assert_eq!((stats.hits, stats.misses, stats.evictions, stats.entries), (4, 258, 1, 256));
    }

    #[test]
    fn a_statement_is_checked_for_each_who_reads_it() {
        let mut table = Table::of_size(MOST);
        let sql = Sql::new("SELECT 1");
        table.insert(sql, 1);
        assert_eq!(table.get(&sql), Some((1, true)));
        let other = sql.checked(|columns| if columns.is_empty() { Ok(()) } else { Err("too many".into()) });
        assert_eq!(table.get(&other), Some((1, false)));
        assert_eq!((table.ready(&sql), table.ready(&other)), (Some(Some(1)), Some(None)));
        assert_eq!(table.ready(&Sql::new("SELECT 2")), None);
        assert_eq!(table.stats().hits, 3);
    }

    #[test]
    fn equal_keys_do_not_make_equal_statements() {
        let mut table = Table::of_size(MOST);
        let one = Sql::new("SELECT 1");
        table.insert(one, 1);
        let mut other = Sql::new("SELECT 2");
        other.key = one.key;
        assert_eq!(get(&mut table, other), None);
    }

    #[test]
    fn a_constant_is_kept_where_it_is_and_another_text_as_a_copy() {
        let text = "SELECT 1";
        assert!(matches!(Sql::new(text).kept(), Cow::Borrowed(kept) if std::ptr::eq(kept, text)));
        assert!(matches!(Sql::rendered(text).checked(|_| Ok(())).kept(), Cow::Owned(_)));
    }
}
