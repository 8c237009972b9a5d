//! The statements of a table: rendered once for each name, and constants from then on.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use crate::db::{Sql, fnv1a};

/// Expired rows that go at once.
pub(super) const SWEEP_BATCH: i64 = 1_000;

/// When a value expires that is put in now; `$n` is microseconds, and NULL for ever. It is PostgreSQL's clock, and not that
/// of the transaction, which stands still in a test.
macro_rules! expiry {
    ($parameter:literal) => {
        concat!(
            "COALESCE(statement_timestamp() + ",
            $parameter,
            "::int8 * interval '1 microsecond', 'infinity')"
        )
    };
}

/// For how many microseconds a value will be there; NULL is for ever.
macro_rules! left {
    () => {
        "CASE WHEN expires_at < 'infinity' \
         THEN (extract(epoch FROM expires_at - statement_timestamp()) * 1000000)::int8 END"
    };
}

/// Rows are locked in the order of their keys wherever several are waited for, so that no two statements wait for each other.
pub(super) struct Statements {
    /// Its name, as SQL has it.
    pub(super) table: String,
    /// The same for all who use the table; PostgreSQL's advisory locks are of a database.
    pub(super) lock: i64,
    pub(super) get: Sql<'static>,
    pub(super) get_many: Sql<'static>,
    /// The same with how long they will be there.
    pub(super) get_lasting: Sql<'static>,
    pub(super) get_many_lasting: Sql<'static>,
    pub(super) has: Sql<'static>,
    pub(super) set: Sql<'static>,
    pub(super) set_many: Sql<'static>,
    pub(super) add: Sql<'static>,
    pub(super) incr: Sql<'static>,
    pub(super) touch: Sql<'static>,
    pub(super) delete: Sql<'static>,
    pub(super) delete_many: Sql<'static>,
    pub(super) clear: Sql<'static>,
    pub(super) count: Sql<'static>,
    pub(super) check: Sql<'static>,
    pub(super) exists: Sql<'static>,
    pub(super) sweep: Sql<'static>,
    pub(super) rows: Sql<'static>,
    pub(super) cull: Sql<'static>,
    /// What makes it, `UNLOGGED` and not.
    pub(super) create: [String; 2],
}

impl Statements {
    /// Those of a table, which may have the name of its schema before it: `cache.pages`. They stay until the program ends,
    /// once for each name.
    pub(super) fn of(table: &str) -> &'static Self {
        static KNOWN: LazyLock<Mutex<HashMap<String, &'static Statements>>> = LazyLock::new(Mutex::default);
        let mut known = KNOWN.lock().expect("no panic while held");
        if let Some(known) = known.get(table) {
            return known;
        }
        let statements: &'static Self = Box::leak(Box::new(Self::rendered(table)));
        known.insert(table.to_owned(), statements);
        statements
    }

    fn rendered(table: &str) -> Self {
        let name = table.split('.').map(quoted).collect::<Vec<_>>().join(".");
        let constant = |text: String| Sql::new(Box::leak(text.into_boxed_str())).apart();
        let sql = |text: &str| constant(text.replace("%T", &name));
        let lock = i64::from_ne_bytes(fnv1a(name.as_bytes()).to_ne_bytes());
        let index = quoted(&index(table));
        let create = ["UNLOGGED ", ""].map(|unlogged| {
            format!(
                "CREATE {unlogged}TABLE IF NOT EXISTS {name} (\
                 key text COLLATE \"C\" PRIMARY KEY, value bytea, counter bigint, \
                 expires_at timestamptz NOT NULL DEFAULT 'infinity'); \
                 CREATE INDEX IF NOT EXISTS {index} ON {name} (expires_at)"
            )
        });
        Self {
            get: sql("SELECT value, counter FROM %T \
                      WHERE key = $1::text AND expires_at > statement_timestamp()"),
            get_many: sql("SELECT key, value, counter FROM %T \
                           WHERE key = ANY ($1::text[]) AND expires_at > statement_timestamp()"),
            get_lasting: sql(concat!(
                "SELECT value, counter, ",
                left!(),
                " FROM %T WHERE key = $1::text AND expires_at > statement_timestamp()"
            )),
            get_many_lasting: sql(concat!(
                "SELECT key, value, counter, ",
                left!(),
                " FROM %T WHERE key = ANY ($1::text[]) AND expires_at > statement_timestamp()"
            )),
            has: sql("SELECT 1 FROM %T WHERE key = $1::text AND expires_at > statement_timestamp()"),
            set: sql(concat!(
                "INSERT INTO %T (key, value, counter, expires_at) VALUES ($1::text, $2::bytea, $3::int8, ",
                expiry!("$4"),
                ") ON CONFLICT (key) DO UPDATE SET \
                 value = EXCLUDED.value, counter = EXCLUDED.counter, expires_at = EXCLUDED.expires_at",
            )),
            set_many: sql(concat!(
                "INSERT INTO %T (key, value, counter, expires_at) SELECT new.key, new.value, new.counter, ",
                expiry!("$4"),
                " FROM unnest($1::text[], $2::bytea[], $3::int8[]) AS new (key, value, counter) \
                 ON CONFLICT (key) DO UPDATE SET \
                 value = EXCLUDED.value, counter = EXCLUDED.counter, expires_at = EXCLUDED.expires_at",
            )),
            add: sql(concat!(
                "INSERT INTO %T AS held (key, value, counter, expires_at) VALUES ($1::text, $2::bytea, $3::int8, ",
                expiry!("$4"),
                ") ON CONFLICT (key) DO UPDATE SET \
                 value = EXCLUDED.value, counter = EXCLUDED.counter, expires_at = EXCLUDED.expires_at \
                 WHERE held.expires_at <= statement_timestamp()",
            )),
            incr: sql("UPDATE %T SET counter = counter + $2::int8 \
                       WHERE key = $1::text AND expires_at > statement_timestamp() RETURNING counter"),
            touch: sql(concat!(
                "UPDATE %T SET expires_at = ",
                expiry!("$2"),
                " WHERE key = $1::text AND expires_at > statement_timestamp()"
            )),
            delete: sql("DELETE FROM %T WHERE key = $1::text RETURNING expires_at > statement_timestamp()"),
            delete_many: sql("WITH gone AS (DELETE FROM %T WHERE key IN (\
                              SELECT key FROM %T WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE) \
                              RETURNING expires_at > statement_timestamp() AS was_there) \
                              SELECT count(*) FILTER (WHERE was_there) FROM gone"),
            // Not TRUNCATE: it would wait for a backup that reads the table, and all others for it.
            clear: sql("DELETE FROM %T WHERE key IN (SELECT key FROM %T ORDER BY key FOR UPDATE)"),
            count: sql("SELECT count(*) FROM %T WHERE expires_at > statement_timestamp()"),
            check: sql("SELECT 1 FROM %T LIMIT 1"),
            exists: constant(format!("SELECT to_regclass('{}') IS NOT NULL", name.replace('\'', "''"))),
            // What somebody else is at is left to him.
            sweep: sql("DELETE FROM %T WHERE ctid = ANY (ARRAY(\
                        SELECT ctid FROM %T WHERE expires_at <= statement_timestamp() \
                        ORDER BY expires_at LIMIT $1::int8 FOR UPDATE SKIP LOCKED))"),
            rows: sql("SELECT count(*) FROM %T"),
            cull: sql("DELETE FROM %T WHERE ctid = ANY (ARRAY(\
                       SELECT ctid FROM %T ORDER BY expires_at LIMIT $1::int8 FOR UPDATE SKIP LOCKED))"),
            table: name,
            lock,
            create,
        }
    }
}

/// A name as SQL has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name of the index: in the schema of the table, and no longer than PostgreSQL's names are.
fn index(table: &str) -> String {
    let name = table.rsplit('.').next().unwrap_or(table);
    if name.len() <= 50 {
        return format!("{name}_expires_at");
    }
    format!("hyper_cache_{:016x}_expires_at", fnv1a(name.as_bytes()))
}

/// Takes its turn among those who cull a table.
pub(super) const TURN: Sql<'static> = Sql::new("SELECT pg_try_advisory_xact_lock($1::int8)");

/// Has who makes a table wait for who makes it as well: `IF NOT EXISTS` fails for the second of two at once.
pub(super) const ALONE: Sql<'static> = Sql::new("SELECT pg_advisory_xact_lock($1::int8)");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_its_statements_once() {
        let (one, same, other) =
            (Statements::of("hyper_cache"), Statements::of("hyper_cache"), Statements::of("my.\"Pages\""));
        assert!(std::ptr::eq(one, same));
        assert_eq!(one.table, "\"hyper_cache\"");
        assert_eq!(other.table, "\"my\".\"\"\"Pages\"\"\"");
        assert_ne!(one.lock, other.lock);
        assert_ne!(one.get.key, other.get.key);
        assert!(index(&"x".repeat(63)).len() <= 63);
    }
}
