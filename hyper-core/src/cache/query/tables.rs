//! Versions of tables: each write moves one on, and what was read under an older one is stale.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, RwLock};

use super::followers::Followers;
use super::scan::{Written, names};
use crate::db::{DatabaseError, Db};

/// How often it is asked what changes with what while tables are being made.
const TRIES: u32 = 3;

/// The version of a name.
pub(super) type Version = Arc<AtomicU64>;

/// The versions of all names that statements have, most of which are of no table.
#[derive(Default)]
pub(super) struct Tables {
    versions: RwLock<HashMap<String, Version>>,
    /// Of everything.
    generation: Version,
    followers: RwLock<Known>,
}

/// What changes with what, and in which generation that was so.
#[derive(Default)]
struct Known {
    of: Option<u64>,
    followers: Followers,
}

/// What a statement reads, with the versions of that when it was looked at.
#[derive(Clone)]
pub(super) struct Seen {
    names: Arc<[Version]>,
    versions: Box<[u64]>,
}

impl Seen {
    /// Looks at the versions now.
    pub(super) fn now(names: &Arc<[Version]>) -> Self {
        Self { names: names.clone(), versions: names.iter().map(|version| version.load(SeqCst)).collect() }
    }

    /// Whether they still are as they were.
    pub(super) fn is_current(&self) -> bool {
        self.names.iter().zip(&self.versions).all(|(name, version)| name.load(SeqCst) == *version)
    }
}

impl Tables {
    /// What a statement may read: the versions of all names in it, and that of everything.
    pub(super) fn read_by(&self, sql: &str) -> Arc<[Version]> {
        let mut versions = vec![self.generation.clone()];
        versions.extend(names(sql).into_iter().map(|name| self.version(name)));
        versions.into()
    }

    /// What moves on with these tables: their own versions, and that of everything.
    pub(super) fn of(&self, tables: &[&str]) -> u64 {
        let of = |table: &&str| self.version((*table).to_owned()).load(SeqCst);
        // Each only ever grows, so the sum is another as soon as one is.
        tables.iter().map(of).fold(self.generation.load(SeqCst), u64::wrapping_add)
    }

    fn version(&self, name: String) -> Version {
        if let Some(version) = self.versions.read().expect("no panic while held").get(&name) {
            return version.clone();
        }
        self.versions.write().expect("no panic while held").entry(name).or_default().clone()
    }

    /// All that changes when these are written, themselves included, and whether rows of it may go; none is anything.
    pub(super) fn followed_by(&self, written: &Written) -> Option<Vec<(String, bool)>> {
        self.followers.read().expect("no panic while held").followers.of_statement(written)
    }

    /// All that changes with a table that has changed.
    pub(super) fn followed(&self, table: &str, removes: bool) -> Option<Vec<(String, bool)>> {
        self.followers.read().expect("no panic while held").followers.of_table(table, removes)
    }

    /// Leaves of the functions that a statement calls those that may write.
    pub(super) fn keep_writers(&self, calls: &mut Vec<String>) {
        if self.is_known() {
            let known = self.followers.read().expect("no panic while held");
            calls.retain(|function| known.followers.is_written_by(function));
        }
    }

    /// That a table has changed.
    pub(super) fn move_on(&self, table: &str) {
        if let Some(version) = self.versions.read().expect("no panic while held").get(table) {
            version.fetch_add(1, SeqCst);
        }
    }

    /// That everything may have changed, tables themselves included.
    pub(super) fn move_all_on(&self) {
        self.generation.fetch_add(1, SeqCst);
    }

    /// Whether it is known what changes with what.
    fn is_known(&self) -> bool {
        let generation = self.generation.load(SeqCst);
        self.followers.read().expect("no panic while held").of == Some(generation)
    }

    /// Asks the database what changes with what, unless that is known. False where tables change faster than it can be asked.
    pub(super) async fn learn(&self, db: &Db) -> Result<bool, DatabaseError> {
        for _ in 0..TRIES {
            if self.is_known() {
                return Ok(true);
            }
            let generation = self.generation.load(SeqCst);
            let followers = Followers::ask(db).await?;
            let mut known = self.followers.write().expect("no panic while held");
            // Somebody who began earlier may come later.
            if known.of <= Some(generation) {
                *known = Known { of: Some(generation), followers };
            }
        }
        Ok(self.is_known())
    }
}
