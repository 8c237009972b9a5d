//! Which server a read goes to.

use hyper_core::db::{ErrorKind, Executor, Reader, Sql};
use hyper_tests::{Suite, require};
use hyperdjango::prelude::*;

use crate::cluster::{Cluster, wait_until_caught_up};

const PORT: Sql<'static> = Sql::new("SELECT current_setting('port')::int");

async fn port(db: &impl Reader) -> i32 {
    let mut port = 0;
    db.read(PORT, &[], |row| {
        port = row.get(0);
        Ok(())
    })
    .await
    .unwrap();
    port
}

async fn number(db: &impl Reader, sql: &'static str) -> Result<i64, hyper_core::db::DatabaseError> {
    let mut number = -1;
    db.read(Sql::new(sql), &[], |row| {
        number = row.try_get(0)?;
        Ok(())
    })
    .await?;
    Ok(number)
}

#[derive(Model)]
#[model(table = "logins", primary_reads)]
pub struct Login {
    #[field(primary_key)]
    pub id: i64,
    pub port: i32,
}

#[derive(Model)]
#[model(table = "visits", unlogged)]
pub struct Visit {
    #[field(primary_key)]
    pub id: i64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_are_spread_by_weight_and_all_else_is_the_primarys() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let db = cluster.routed([3, 1]).await;
    let before = db.replica_stats();
    let mut ports = [0_u32; 3];
    for _ in 0..2000 {
        ports[port(&db).await as usize - 5432] += 1;
    }
    // Of 2000 by chance, 1500 with a deviation of 19: seven of these are one in 10^11.
    assert_eq!(ports[0], 0, "{ports:?}");
    assert!((1365..=1635).contains(&ports[1]) && ports[1] + ports[2] == 2000, "{ports:?}");
    let after = db.replica_stats();
    let reads = |i: usize| after.replicas[i].reads - before.replicas[i].reads;
    assert_eq!((reads(0), reads(1)), (ports[1].into(), ports[2].into()));

    // Said where: the primary, and a transaction on one.
    assert_eq!(port(&db.primary()).await, 5432);
    assert_eq!(
        db.atomic(async |tx| Ok::<_, hyper_core::db::DatabaseError>(port(tx).await)).await.unwrap(),
        5432
    );
    assert_ne!(port(&db.replica()).await, 5432);
    let both = db
        .replica()
        .atomic(async |tx| Ok::<_, hyper_core::db::DatabaseError>((port(tx).await, port(tx).await)))
        .await
        .unwrap();
    assert!(both.0 == both.1 && both.0 != 5432, "{both:?}");
    let mut copied = Vec::new();
    let each = |row: &[u8]| {
        copied.extend_from_slice(row);
        Ok(())
    };
    db.replica().copy_out("COPY (SELECT pg_is_in_recovery()) TO STDOUT", each).await.unwrap();
    assert_eq!(copied, b"t\n");
    let mut rows = db.replica().cursor(PORT, &[], 10).await.unwrap();
    assert_ne!(rows.next().await.unwrap().unwrap().get::<_, i32>(0), 5432);
    drop(rows);
    let there: bool = db.replica().query_val("SELECT pg_is_in_recovery()", &[]).await.unwrap();
    assert!(there, "SQL of one's own goes there, too");
    let refused = db.replica().query::<(i64,)>("INSERT INTO x VALUES (1) RETURNING 1::bigint", &[]).await;
    assert!(refused.is_err());
    db.execute_batch("CREATE TABLE x (n int)").await.unwrap();
    wait_until_caught_up(&db).await;
    let refused =
        db.replica().query::<(i32,)>("INSERT INTO x VALUES (1) RETURNING n", &[]).await.unwrap_err();
    let orm::Error::Database(refused) = refused else { panic!("{refused}") };
    assert_eq!(refused.kind(), ErrorKind::ReadOnly, "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_primary_has_is_read_there() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let db = cluster.routed([1, 1]).await;
    db.execute_batch(
        "CREATE UNLOGGED TABLE visits (id bigint PRIMARY KEY); INSERT INTO visits VALUES (7); CREATE SEQUENCE numbers; \
         CREATE VIEW logins AS SELECT 1::bigint AS id, current_setting('port')::int AS port; \
         CREATE UNLOGGED TABLE pages (n bigint); INSERT INTO pages VALUES (42)",
    )
    .await
    .unwrap();
    // PostgreSQL says so once for each statement, and it is remembered.
    for _ in 0..20 {
        assert_eq!(number(&db, "SELECT n FROM pages").await.unwrap(), 42);
        assert_eq!(number(&db.replica(), "SELECT n + 1 FROM pages").await.unwrap(), 43);
    }
    for n in 1..=20 {
        assert_eq!(number(&db, "SELECT nextval('numbers')").await.unwrap(), n);
    }
    let before = db.replica_stats();
    for _ in 0..20 {
        assert_eq!(number(&db, "SELECT n FROM pages").await.unwrap(), 42);
    }
    let after = db.replica_stats();
    assert_eq!(after.primary_reads - before.primary_reads, 20);
    assert_eq!(after.fallbacks, before.fallbacks, "no replica is tried again");
    // By the model.
    for _ in 0..20 {
        assert_eq!(Login::objects().get(&db, 1).await.unwrap().port, 5432);
        assert_eq!(Login::objects().all(&db.replica()).await.unwrap()[0].port, 5432);
        assert_eq!(Login::objects().count(&db).await.unwrap(), 1);
        assert_eq!(Visit::objects().all(&db).await.unwrap()[0].id, 7);
    }
    assert_eq!(db.replica_stats().fallbacks, after.fallbacks);
    // What is wrong anywhere is not asked for elsewhere for ever.
    assert_eq!(number(&db, "SELECT 1/0::bigint").await.unwrap_err().kind(), ErrorKind::Data);
    assert_eq!(number(&db, "SELECT n FROM nowhere").await.unwrap_err().kind(), ErrorKind::SchemaMismatch);
    assert!(db.replica_stats().replicas.iter().all(|replica| replica.failures == 0));
}
