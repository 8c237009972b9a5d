//! A type that is of this database only is asked for when a statement is prepared, by questions one after the other.

use hyperdjango::db::types::{FromSql, Type};
use hyperdjango::db::{DatabaseError, Db, Executor, Reader, Sql};

use crate::numbers::texts;
use crate::two_tables::{TwoTables, begin, soon, until};

const MOODS: Sql<'static> = Sql::new("SELECT mood, words FROM moods");
const MADE: &str = "CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE DOMAIN word AS text; \
                    CREATE TABLE moods (mood mood, words word[]); INSERT INTO moods VALUES ('happy', '{a,b}')";

/// Whatever it is.
struct Label(String);

impl<'a> FromSql<'a> for Label {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(String::from_utf8(raw.to_vec())?))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

async fn moods(db: &Db) -> Result<Vec<String>, DatabaseError> {
    let mut moods = Vec::new();
    db.read(MOODS, &[], |row| {
        assert_eq!(row.columns()[0].type_().name(), "mood");
        moods.push(row.try_get::<_, Label>(0)?.0);
        Ok(())
    })
    .await?;
    Ok(moods)
}

/// Ends all connections; then the statement that locks hold up is prepared, and that of the moods is not.
async fn begin_anew(tables: &TwoTables) {
    let end = "WITH them AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid() AND backend_type = 'client backend') \
               SELECT pid FROM them WHERE pg_terminate_backend(pid)";
    let all = format!("pid IN ({})", texts(&tables.other, end).await.unwrap().join(", "));
    until("them to end", async || tables.count(&all).await == 0).await;
    let before = tables.db.stats().acquires;
    assert_eq!(tables.a().await.unwrap(), 1);
    assert_eq!(tables.db.stats().acquires, before, "it shares a connection");
}

#[tokio::test]
async fn types_are_asked_for_behind_no_long_statement() {
    let tables = TwoTables::new(4).await;
    tables.other.execute_batch(MADE).await.unwrap();
    let mut shared = 0;
    while shared < 3 {
        let before = tables.db.stats().acquires;
        assert_eq!(moods(&tables.db).await.unwrap(), ["happy"]);
        shared = if tables.db.stats().acquires == before { shared + 1 } else { 0 };
    }
    for _ in 0..3 {
        begin_anew(&tables).await;
        let held = tables.db.stats().held;
        let lock = tables.lock_a().await;
        // What the types are is asked when it is known that there are some: behind the one that waits for the lock.
        let (mut first, mut stuck) = (Box::pin(moods(&tables.db)), Box::pin(tables.a()));
        begin(&mut first);
        begin(&mut stuck);
        tokio::select! {
            biased;
            _ = &mut stuck => panic!("it waits for a lock"),
            read = soon(&mut first) => assert_eq!(read.unwrap(), ["happy"]),
        }
        assert_eq!(tables.db.stats().held, held + 1, "the long one keeps the connection");
        tables.wait_for_locked(1).await;
        lock.rollback().await.unwrap();
        assert_eq!(stuck.await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_type_that_is_made_anew_is_known_anew() {
    let tables = TwoTables::new(4).await;
    tables.other.execute_batch(MADE).await.unwrap();
    let with = Sql::new("SELECT mood FROM moods WHERE mood = $1::text::mood AND words <> $2::text[]::word[]");
    let all = Sql::new("SELECT count(*) FROM moods WHERE mood = ANY ($1)");
    let read =
        async |sql: Sql<'static>| tables.db.read(sql, &[&"happy", &["c"].as_slice()], |_| Ok(())).await;
    for _ in 0..6 {
        assert_eq!(moods(&tables.db).await.unwrap(), ["happy"]);
        assert_eq!(read(with).await.unwrap(), 1);
        let wrong = tables.db.read(all, &[&["happy"].as_slice()], |_| Ok(())).await.unwrap_err();
        assert!(wrong.to_string().contains("mood"), "{wrong}");
    }
    let anew = format!("DROP TABLE moods; DROP TYPE mood; DROP DOMAIN word; {MADE}");
    for _ in 0..3 {
        tables.other.execute_batch(&anew).await.unwrap();
        for _ in 0..6 {
            assert_eq!(moods(&tables.db).await.unwrap(), ["happy"]);
            assert_eq!(read(with).await.unwrap(), 1);
        }
        tables.other.execute_batch("ALTER TYPE mood ADD VALUE 'calm'").await.unwrap();
        tables.other.execute_batch("UPDATE moods SET mood = 'calm'").await.unwrap();
        assert_eq!(moods(&tables.db).await.unwrap(), ["calm"]);
    }
}
