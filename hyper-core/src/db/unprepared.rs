//! Statements without prepared ones: text, values and answer in one round trip, as poolers want it.
//!
//! PostgreSQL takes values in the form of the types it expects, and only it knows these: `$1` beside a `bigint` is one.
//! So it is asked for them once for each text, and all connections remember. It is asked by one message that is a
//! transaction of its own, so that a pooler gives all of it to one connection, and nothing is left there.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::TryStreamExt;
use tokio_postgres::types::{Kind, Oid, Type};
use tokio_postgres::{Client, RowStream, SimpleQueryMessage};

use super::connection::{Connection, check};
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::executor::Each;
use super::pooler::first;
use super::sql::{Param, Sql};

impl Connection {
    /// What [`run`](Self::run) does where statements are not prepared.
    pub(super) async fn run_unprepared(
        &self,
        sql: &Sql<'_>,
        params: &[Param<'_>],
        each: &mut Each<'_>,
    ) -> Result<u64, DatabaseError> {
        let mut types = self.types(*sql, params.len()).await?;
        let mut sent = self.send_unprepared(sql, params, &types).await;
        // It was not sent: a value does not fit a type. The table may have been altered since that was asked for.
        if sent
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::SchemaMismatch && error.sqlstate().is_none())
        {
            self.forget(*sql);
            let now = self.types(*sql, params.len()).await?;
            if now != types {
                types = now;
                sent = self.send_unprepared(sql, params, &types).await;
            }
        }
        let rows = sent?;
        let typed = || params.iter().copied().zip(types.iter().cloned());
        let mut rows = std::pin::pin!(rows);
        let mut returned = 0;
        while let Some(row) = rows.try_next().await? {
            // The table may be another one each time.
            if returned == 0 {
                check(sql, row.columns()).inspect_err(|_| self.leave())?;
            }
            each(&row).inspect_err(|_| self.leave())?;
            returned += 1;
        }
        // EXPLAIN says that it touched none.
        let rows = rows.rows_affected().unwrap_or(0).max(returned);
        if returned == 0 && is_select(sql.text) {
            self.check_without_rows(sql, typed()).await?;
        }
        Ok(rows)
    }

    async fn send_unprepared(
        &self,
        sql: &Sql<'_>,
        params: &[Param<'_>],
        types: &[Type],
    ) -> Result<RowStream, DatabaseError> {
        let typed = params.iter().copied().zip(types.iter().cloned());
        // Of a statement without values nobody asked how many it wants.
        self.client.query_typed_raw(sql.text, typed).await.map_err(|error| {
            let error = DatabaseError::from(error);
            if error.sqlstate() == Some("08P01") { error.into_kind(ErrorKind::Other) } else { error }
        })
    }

    /// What a query without rows would return is known only if there is a row: one of NULLs is.
    async fn check_without_rows<'p>(
        &self,
        sql: &Sql<'_>,
        typed: impl Iterator<Item = (Param<'p>, Type)>,
    ) -> Result<(), DatabaseError> {
        let known = self.target.types.lock().expect("no panic while held").get(sql);
        if known.is_some_and(|(_, is_checked)| is_checked) {
            return Ok(());
        }
        let text = sql.text.trim_end().trim_end_matches(';');
        let text = format!("SELECT t.* FROM (VALUES (1)) v LEFT JOIN ({text}\n) t ON false");
        let typed: Vec<_> = typed.collect();
        let types: Arc<[Type]> = typed.iter().map(|(_, of)| of.clone()).collect();
        for row in self.client.query_typed(&text, &typed).await? {
            check(sql, row.columns())?;
        }
        self.target.types.lock().expect("no panic while held").insert(*sql, types);
        Ok(())
    }

    /// The types of a statement's parameters, as PostgreSQL has them.
    pub(super) async fn described(&self, sql: Sql<'_>, params: usize) -> Result<Arc<[Type]>, DatabaseError> {
        if params == 0 {
            return Ok(Arc::default());
        }
        let known = self.target.types.lock().expect("no panic while held").get(&sql);
        if let Some((types, _)) = known {
            return Ok(types);
        }
        let mut types = Vec::new();
        for oid in self.ask(sql.text).await? {
            types.push(self.of_oid(oid).await?);
        }
        let types: Arc<[Type]> = types.into();
        // What it returns is checked with its rows.
        let unchecked = sql.checked(|_| Ok(()));
        self.target.types.lock().expect("no panic while held").insert(unchecked, types.clone());
        Ok(types)
    }

    async fn ask(&self, text: &str) -> Result<Vec<Oid>, DatabaseError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if !is_one(text) {
            return Err(DatabaseError::new(
                ErrorKind::Other,
                "a statement with parameters has a `;` in it, which without prepared statements may only stand between \
                 plain quotes: give what it is in as a parameter",
            ));
        }
        let text = without_explain(text.trim_end().trim_end_matches(';'));
        let name = format!("hyper_{:x}_{}", fastrand::u64(..), NEXT.fetch_add(1, Ordering::Relaxed));
        // The line may end in a comment.
        let query = format!(
            "PREPARE {name} AS {text}\n; SELECT array_to_string(parameter_types::oid[], ',') FROM pg_prepared_statements \
             WHERE name = '{name}'; DEALLOCATE {name}"
        );
        let types = first(&self.client, &query).await?.pop().unwrap_or_default();
        types.split(',').filter(|oid| !oid.is_empty()).map(number).collect()
    }

    /// A type by its number: of PostgreSQL's own, or one that somebody made.
    fn of_oid(&self, oid: Oid) -> Pin<Box<dyn Future<Output = Result<Type, DatabaseError>> + Send + '_>> {
        Box::pin(async move {
            if let Some(known) = Type::from_oid(oid) {
                return Ok(known);
            }
            let query = format!(
                "SELECT t.typname, n.nspname, t.typtype, t.typelem, t.typbasetype, \
                 (SELECT string_agg(e.enumlabel, chr(10) ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = \
                 t.oid) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = {oid}"
            );
            let messages = self.client.simple_query(&query).await?;
            let row = messages.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row),
                _ => None,
            });
            let Some(row) = row else {
                let problem = format!("a parameter is of a type that is not there, {oid}");
                return Err(DatabaseError::new(ErrorKind::SchemaMismatch, problem));
            };
            let text = |column: usize| row.get(column).unwrap_or_default();
            let (element, base) = (number(text(3))?, number(text(4))?);
            let kind = match text(2) {
                "e" => Kind::Enum(text(5).split('\n').map(str::to_owned).collect()),
                "d" => Kind::Domain(self.of_oid(base).await?),
                _ if element != 0 => Kind::Array(self.of_oid(element).await?),
                _ => Kind::Simple,
            };
            Ok(Type::new(text(0).to_owned(), oid, kind, text(1).to_owned()))
        })
    }

    /// Has no name in the way of the one that tokio-postgres gives the statement of a COPY, where a pooler shares
    /// connections: whatever is prepared there is of a client that has gone, or that prepares it again.
    pub(super) async fn make_room_for_copy(&self) -> Result<(), DatabaseError> {
        if self.prepares() || !self.server().shares_names() {
            return Ok(());
        }
        Ok(self.client.batch_execute("DEALLOCATE ALL").await?)
    }
}

/// Has tokio-postgres know the types that are of this database only. When it meets one it asks by statements that it
/// prepares and sends later, which go to the same connection of a pooler's within a transaction only.
pub(super) async fn learn_types(client: &Client) -> Result<(), DatabaseError> {
    client.batch_execute("BEGIN; DEALLOCATE ALL").await?;
    let types = first(
        client,
        "SELECT string_agg(format('NULL::%s', t.oid::regtype), ', ') FROM pg_type t JOIN pg_namespace n ON n.oid = \
         t.typnamespace WHERE t.typtype IN ('b', 'd', 'e', 'm', 'r') AND NOT n.nspname ~ '^pg_|^information_schema$'",
    )
    .await?;
    if let Some(types) = types.first().filter(|types| !types.is_empty()) {
        client.query_typed(&format!("SELECT {types}"), &[]).await?;
    }
    Ok(client.batch_execute("ROLLBACK").await?)
}

fn number(text: &str) -> Result<Oid, DatabaseError> {
    text.parse().map_err(|_| DatabaseError::new(ErrorKind::Other, format!("`{text}` is no number of a type")))
}

/// Whether a text can stand where a table can.
fn is_select(text: &str) -> bool {
    text.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
}

/// What is explained has the same parameters, and can be prepared.
fn without_explain(text: &str) -> &str {
    let is = |text: &str, word: &str| text.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
    let mut rest = text.trim_start();
    if !is(rest, "EXPLAIN") {
        return text;
    }
    rest = rest["EXPLAIN".len()..].trim_start();
    if rest.starts_with('(') {
        return rest.split_once(')').map_or(text, |(_, rest)| rest);
    }
    for word in ["ANALYZE", "VERBOSE"] {
        if is(rest, word) {
            rest = rest[word.len()..].trim_start();
        }
    }
    rest
}

/// Whether a text is one statement for sure. Sent with others in a message, a second one that somebody smuggled in would
/// be run.
fn is_one(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(';');
    if !text.contains(';') {
        return true;
    }
    // Where only plain quotes are, it is easy to say what is between them.
    let has_other_quotes = text.contains(['\\', '\0'])
        || text.contains("--")
        || text.contains("/*")
        || text.split('$').skip(1).any(|after| !after.starts_with(|c: char| c.is_ascii_digit()));
    let mut open = None;
    !has_other_quotes
        && text.chars().all(|c| {
            match (open, c) {
                (Some(quote), _) if quote == c => open = None,
                (None, '\'' | '"') => open = Some(c),
                _ => {}
            }
            c != ';' || open.is_some()
        })
        && open.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_explained_is_found() {
        for text in [
            "EXPLAIN (ANALYZE, COSTS off) SELECT $1",
            "explain analyze verbose SELECT $1",
            "EXPLAIN SELECT $1",
        ] {
            assert_eq!(without_explain(text).trim_start(), "SELECT $1");
        }
        assert_eq!(without_explain("SELECT $1"), "SELECT $1");
        assert!(is_select(" select 1") && !is_select("UPDATE t SET a = 1") && !is_select("ä"));
    }

    #[test]
    fn a_second_statement_is_seen() {
        for one in [
            "SELECT $1",
            "SELECT $1; ",
            "SELECT 'it''s', ';', \"a;b\" WHERE x = $1;;",
            "SELECT $1 -- a comment",
            "SELECT $$a$$, $1",
        ] {
            assert!(is_one(one), "{one}");
        }
        for more in [
            "SELECT $1; DROP TABLE t",
            "SELECT ';'; DROP TABLE t WHERE $1",
            "SELECT E'\\'; DROP TABLE t; --', $1",
            "SELECT '--'; DROP TABLE t",
            "SELECT $$'$$; DROP TABLE t; --'",
            "SELECT $a$'$a$; DROP TABLE t; SELECT '",
            "SELECT /*'*/ 1; DROP TABLE t; --'",
            "SELECT \"'\"; DROP TABLE t; SELECT '\"'\"",
            "SELECT ';', '",
        ] {
            assert!(!is_one(more), "{more}");
        }
    }
}
