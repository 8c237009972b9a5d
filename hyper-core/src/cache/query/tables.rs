//! Versions of tables: each write moves one on, and what was read under an older one is stale.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, RwLock};

use super::scan::{Written, names};
use crate::db::{DatabaseError, Db, Reader, Sql};

/// What else changes with a table: rows that go or change with those they refer to, and views on it.
const FOLLOWERS: Sql<'static> = Sql::new(
    "SELECT f.relname::text, t.relname::text, confupdtype NOT IN ('c', 'n', 'd') \
     FROM pg_constraint JOIN pg_class f ON f.oid = confrelid JOIN pg_class t ON t.oid = conrelid \
     WHERE contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd')) \
     UNION ALL SELECT f.relname::text, v.relname::text, false FROM pg_rewrite \
     JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid AND refclassid = 'pg_class'::regclass \
     JOIN pg_class f ON f.oid = refobjid JOIN pg_class v ON v.oid = ev_class \
     WHERE v.oid <> f.oid AND f.relnamespace <> 'pg_catalog'::regnamespace \
     UNION ALL SELECT p.relname::text, c.relname::text, false FROM pg_inherits \
     JOIN pg_class p ON p.oid = inhparent JOIN pg_class c ON c.oid = inhrelid \
     UNION ALL SELECT c.relname::text, p.relname::text, false FROM pg_inherits \
     JOIN pg_class p ON p.oid = inhparent JOIN pg_class c ON c.oid = inhrelid",
);

/// What changes with a table.
#[derive(Default)]
struct Followers {
    /// When its rows do.
    always: HashMap<String, Vec<String>>,
    /// When rows of it go.
    removed: HashMap<String, Vec<String>>,
}

/// The version of a name.
pub(super) type Version = Arc<AtomicU64>;

/// The versions of all names that statements have, most of which are of no table.
#[derive(Default)]
pub(super) struct Tables {
    versions: RwLock<HashMap<String, Version>>,
    /// Of everything.
    generation: Version,
    followers: RwLock<Followers>,
    /// Whether `followers` are those of the database as it is.
    is_known: AtomicBool,
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

    /// All that changes when these are written, themselves included.
    pub(super) fn followed_by(&self, written: &Written) -> Vec<String> {
        let followers = self.followers.read().expect("no panic while held");
        let mut all: HashSet<&String> = HashSet::new();
        let mut next: Vec<&String> = written.tables.iter().collect();
        while let Some(table) = next.pop() {
            if all.insert(table) {
                next.extend(followers.always.get(table).into_iter().flatten());
                if written.removes {
                    next.extend(followers.removed.get(table).into_iter().flatten());
                }
            }
        }
        all.into_iter().cloned().collect()
    }

    /// The same of one table.
    pub(super) fn followed(&self, table: &str, removes: bool) -> Vec<String> {
        self.followed_by(&Written { tables: vec![table.to_owned()], removes, anything: false })
    }

    /// That a table has changed.
    pub(super) fn move_on(&self, table: &str) {
        if let Some(version) = self.versions.read().expect("no panic while held").get(table) {
            version.fetch_add(1, SeqCst);
        }
    }

    /// That everything may have changed, tables themselves included.
    pub(super) fn move_all_on(&self) {
        self.is_known.store(false, SeqCst);
        self.generation.fetch_add(1, SeqCst);
    }

    /// Whether it is known what changes with what.
    pub(super) fn is_known(&self) -> bool {
        self.is_known.load(SeqCst)
    }

    /// Asks the database what changes with what.
    pub(super) async fn learn(&self, db: &Db) -> Result<(), DatabaseError> {
        let before = self.generation.load(SeqCst);
        let mut followers = Followers::default();
        db.primary()
            .read(FOLLOWERS, &[], |row| {
                let Followers { always, removed } = &mut followers;
                let of = if row.try_get(2)? { removed } else { always };
                of.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
                Ok(())
            })
            .await?;
        *self.followers.write().expect("no panic while held") = followers;
        // Changed meanwhile, it is asked again.
        if self.generation.load(SeqCst) == before {
            self.is_known.store(true, SeqCst);
        }
        Ok(())
    }
}
