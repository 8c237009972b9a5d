//! What else changes when a table is written: asked of the database, which knows its foreign keys, views and triggers.

use std::collections::{HashMap, HashSet};

use super::scan::{Written, names, written};
use crate::db::{DatabaseError, Db, Reader, Sql};

/// What is written, what changes with it, and how: `always`, when its rows are `removed`, what is written `through` it, and the
/// function that a `trigger` of it calls.
const DEPENDENTS: Sql<'static> = Sql::new(
    "WITH used AS ( \
       SELECT classid, objid, relname::text AS name FROM pg_depend \
       JOIN pg_class c ON refclassid = 'pg_class'::regclass AND c.oid = refobjid \
       WHERE classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass) \
       AND relnamespace <> 'pg_catalog'::regnamespace \
       UNION SELECT classid, objid, proname::text FROM pg_depend \
       JOIN pg_proc p ON refclassid = 'pg_proc'::regclass AND p.oid = refobjid \
       WHERE classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass) \
     ), views AS ( \
       SELECT used.name, v.relname::text AS view, relkind FROM used \
       JOIN pg_rewrite r ON classid = 'pg_rewrite'::regclass AND objid = r.oid \
       JOIN pg_class v ON v.oid = ev_class WHERE v.relname::text <> used.name \
     ), heirs AS ( \
       SELECT p.relname::text AS parent, c.relname::text AS child FROM pg_inherits \
       JOIN pg_class p ON p.oid = inhparent JOIN pg_class c ON c.oid = inhrelid \
     ) \
     SELECT f.relname::text, t.relname::text, \
       CASE WHEN confupdtype IN ('c', 'n', 'd') THEN 'always' ELSE 'removed' END \
       FROM pg_constraint JOIN pg_class f ON f.oid = confrelid JOIN pg_class t ON t.oid = conrelid \
       WHERE contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd')) \
     UNION ALL SELECT name, view, 'always' FROM views \
     UNION ALL SELECT view, name, 'through' FROM views WHERE relkind <> 'm' \
     UNION ALL SELECT parent, child, 'always' FROM heirs \
     UNION ALL SELECT child, parent, 'always' FROM heirs \
     UNION ALL SELECT name, t.relname::text, 'always' FROM used \
       JOIN pg_policy p ON classid = 'pg_policy'::regclass AND objid = p.oid \
       JOIN pg_class t ON t.oid = polrelid WHERE t.relname::text <> name \
     UNION ALL SELECT name, proname::text, 'always' FROM used \
       JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid \
     UNION ALL SELECT t.relname::text, proname::text, 'trigger' FROM pg_trigger \
       JOIN pg_class t ON t.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal",
);

/// Functions that are no part of PostgreSQL or an extension: name, text, and whether the text is SQL.
const FUNCTIONS: Sql<'static> = Sql::new(
    "SELECT proname::text, coalesce(pg_get_function_sqlbody(p.oid), prosrc), lanname IN ('sql', 'plpgsql') \
     FROM pg_proc p JOIN pg_language l ON l.oid = prolang \
     WHERE lanname NOT IN ('internal', 'c') AND pronamespace <> 'pg_catalog'::regnamespace \
     AND pronamespace <> 'information_schema'::regnamespace AND NOT EXISTS \
       (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')",
);

/// What changes with a table, or with a function as if it were one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Followers {
    /// When its rows do.
    always: HashMap<String, Vec<String>>,
    /// When rows of it go.
    removed: HashMap<String, Vec<String>>,
    /// When it is written by a statement that names it: a view's tables, and those of rules.
    through: HashMap<String, Vec<String>>,
    /// What its triggers write.
    triggers: HashMap<String, Written>,
    /// What calling a function writes.
    calls: HashMap<String, Written>,
}

/// Functions of the database.
#[derive(Default)]
struct Functions {
    /// The texts of those whose text is SQL, of all that have the name.
    texts: HashMap<String, String>,
    /// The others.
    opaque: HashSet<String>,
}

impl Followers {
    pub(super) async fn ask(db: &Db) -> Result<Self, DatabaseError> {
        let mut functions = Functions::default();
        let primary = db.primary();
        primary
            .read(FUNCTIONS, &[], |row| {
                let name: String = row.try_get(0)?;
                if row.try_get(2)? {
                    let text = functions.texts.entry(name).or_default();
                    text.push_str(";\n");
                    text.push_str(row.try_get(1)?);
                } else {
                    functions.opaque.insert(name);
                }
                Ok(())
            })
            .await?;
        let mut dependents: Vec<(String, String, String)> = Vec::new();
        primary
            .read(DEPENDENTS, &[], |row| {
                dependents.push((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
                Ok(())
            })
            .await?;
        Ok(Self::new(&functions, dependents))
    }

    fn new(functions: &Functions, dependents: Vec<(String, String, String)>) -> Self {
        let mut this = Self::default();
        for (function, text) in &functions.texts {
            for name in names(text) {
                this.always.entry(name).or_default().push(function.clone());
            }
        }
        for function in functions.texts.keys().chain(&functions.opaque) {
            let writes = functions.written_by(function, &mut HashSet::new());
            if !writes.is_nothing() {
                this.calls.insert(function.clone(), writes);
            }
        }
        for (of, follower, how) in dependents {
            let Self { always, removed, through, triggers, calls } = &mut this;
            let followers = match how.as_str() {
                "trigger" => {
                    if let Some(writes) = calls.get(&follower) {
                        triggers.entry(of).or_default().join(writes);
                    }
                    continue;
                }
                "removed" => removed,
                "through" => through,
                _ => always,
            };
            followers.entry(of).or_default().push(follower);
        }
        this
    }

    /// Whether calling this function writes.
    pub(super) fn is_written_by(&self, function: &str) -> bool {
        self.calls.contains_key(function)
    }

    /// All that changes when these are written, themselves included, and whether rows of it may go; none is anything.
    pub(super) fn of_statement(&self, written: &Written) -> Option<Vec<(String, bool)>> {
        let mut all = written.clone();
        written
            .calls
            .iter()
            .filter_map(|function| self.calls.get(function))
            .for_each(|calls| all.join(calls));
        if all.anything {
            return None;
        }
        let mut named = HashSet::new();
        let mut next: Vec<&str> = all.tables.iter().map(String::as_str).collect();
        while let Some(name) = next.pop() {
            if named.insert(name) {
                next.extend(self.through.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        self.closure(named.into_iter().map(|name| (name, all.removes)).collect())
    }

    /// All that changes with a table that has changed.
    pub(super) fn of_table(&self, table: &str, removes: bool) -> Option<Vec<(String, bool)>> {
        self.closure(vec![(table, removes)])
    }

    fn closure<'a>(&'a self, mut next: Vec<(&'a str, bool)>) -> Option<Vec<(String, bool)>> {
        let mut all: HashMap<&str, bool> = HashMap::new();
        while let Some((table, removes)) = next.pop() {
            let known = all.get(table).copied();
            if known == Some(true) || known == Some(removes) {
                continue;
            }
            all.insert(table, removes);
            let mut add = |tables: Option<&'a Vec<String>>, removes| {
                next.extend(tables.into_iter().flatten().map(|table| (table.as_str(), removes)));
            };
            add(self.always.get(table), removes);
            if removes {
                add(self.removed.get(table), true);
            }
            if let Some(trigger) = self.triggers.get(table) {
                if trigger.anything {
                    return None;
                }
                add(Some(&trigger.tables), trigger.removes);
            }
        }
        Some(all.into_iter().map(|(table, removes)| (table.to_owned(), removes)).collect())
    }
}

impl Functions {
    /// What a function writes, by itself and by those it calls.
    fn written_by<'a>(&'a self, function: &'a str, seen: &mut HashSet<&'a str>) -> Written {
        if self.opaque.contains(function) {
            return Written { anything: true, ..Written::default() };
        }
        let Some(text) = self.texts.get(function).filter(|_| seen.insert(function)) else {
            return Written::default();
        };
        let mut all = written(text);
        for called in std::mem::take(&mut all.calls) {
            if let Some((called, _)) = self.texts.get_key_value(&called) {
                all.join(&self.written_by(called, seen));
            } else if self.opaque.contains(&called) {
                all.anything = true;
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dependents: &[(&str, &str, &str)], functions: &[(&str, &str)]) -> Followers {
        let texts = functions.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let functions = Functions { texts, opaque: HashSet::from(["python".to_owned()]) };
        let owned = |(a, b, c): &(&str, &str, &str)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned());
        Followers::new(&functions, dependents.iter().map(owned).collect())
    }

    fn after(followers: &Followers, sql: &str) -> Option<Vec<String>> {
        let mut all: Vec<_> =
            followers.of_statement(&written(sql))?.into_iter().map(|(table, _)| table).collect();
        all.sort_unstable();
        Some(all)
    }

    #[test]
    fn a_view_changes_with_its_tables_and_is_written_through() {
        let views = of(
            &[
                ("posts", "best", "always"),
                ("users", "best", "always"),
                ("best", "posts", "through"),
                ("best", "users", "through"),
            ],
            &[],
        );
        assert_eq!(after(&views, "UPDATE posts SET a = 1").unwrap(), ["best", "posts"]);
        assert_eq!(after(&views, "UPDATE best SET a = 1").unwrap(), ["best", "posts", "users"]);
    }

    #[test]
    fn rows_go_with_those_they_refer_to() {
        let cascades = of(&[("a", "b", "removed"), ("b", "c", "removed"), ("c", "d", "always")], &[]);
        assert_eq!(after(&cascades, "UPDATE a SET x = 1").unwrap(), ["a"]);
        assert_eq!(after(&cascades, "DELETE FROM a").unwrap(), ["a", "b", "c", "d"]);
    }

    #[test]
    fn triggers_write_what_their_functions_do() {
        let triggers = of(
            &[("votes", "count_votes", "trigger"), ("a", "dynamic", "trigger"), ("b", "python", "trigger")],
            &[
                ("count_votes", "BEGIN PERFORM recount(NEW.post); RETURN NEW; END"),
                ("recount", "UPDATE posts SET votes = votes + 1; SELECT recount(2), count_votes()"),
                ("dynamic", "BEGIN EXECUTE format('UPDATE %I SET a = 1', TG_ARGV[0]); END"),
            ],
        );
        // With the functions, which name what has changed.
        let all = ["count_votes", "posts", "recount", "votes"];
        assert_eq!(after(&triggers, "INSERT INTO votes VALUES (1)").unwrap(), all);
        assert_eq!(after(&triggers, "SELECT count_votes()").unwrap(), ["count_votes", "posts", "recount"]);
        assert_eq!(after(&triggers, "UPDATE a SET x = 1"), None);
        assert_eq!(after(&triggers, "UPDATE b SET x = 1"), None);
        assert!(triggers.is_written_by("recount") && !triggers.is_written_by("votes"));
    }

    #[test]
    fn a_function_changes_with_what_it_reads() {
        let reads = of(&[], &[("best", "SELECT id FROM posts"), ("page", "SELECT * FROM best()")]);
        assert_eq!(after(&reads, "UPDATE posts SET a = 1").unwrap(), ["best", "page", "posts"]);
        assert!(!reads.is_written_by("best"));
    }
}
