//! What reads long holds one connection, and gives it back.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use hyperdjango::db::{DatabaseError, Db, DbOptions, Executor, Sql};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

use crate::numbers::{Numbers, insert, texts};
use crate::proxy::Proxy;

const MANY: Sql<'static> = Sql::new("SELECT generate_series(1::bigint, 1000000), repeat('x', 1000)");

/// How many connections do something or keep a transaction open.
const HELD: &str = "backend_type = 'client backend' AND state <> 'idle'";

/// All that there are, but for those that ask.
async fn backends(numbers: &Numbers) -> usize {
    let mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
    texts(&numbers.other, mine).await.unwrap()[0].parse().unwrap()
}

fn sized(numbers: &Numbers, exclusive: usize) -> Db {
    let mut options = DbOptions::default();
    (options.pinned, options.exclusive) = (1, exclusive);
    Db::with_options(numbers.url.parse().unwrap(), options)
}

#[tokio::test]
async fn a_cursor_that_is_read_slowly_holds_one_connection_and_nobody_up() {
    let numbers = Numbers::new().await;
    let db = sized(&numbers, 2);
    let mut slow = db.cursor(MANY, &[], 10).await.unwrap();
    for n in 0..50 {
        // For however long nobody asks for the next row.
        slow.next().await.unwrap().unwrap();
        assert_eq!(numbers.connections(HELD).await, "1");
        insert(&db, n).await.unwrap();
        assert_eq!(texts(&db, "SELECT count(*) FROM numbers").await.unwrap(), [(n + 1).to_string()]);
    }
    drop(slow);
    numbers.wait_for("0", HELD).await;
}

#[tokio::test]
async fn what_is_dropped_half_way_gives_its_connection_back_each_time() {
    let numbers = Numbers::new().await;
    // The only one for all but reads: one that is kept is missed at once.
    let db = sized(&numbers, 1);
    insert(&db, 0).await.unwrap();
    // The second time it has the connection for reads.
    for _ in 0..3 {
        texts(&db, "SELECT 1").await.unwrap();
        backends(&numbers).await;
    }
    let before = backends(&numbers).await;
    for n in 1..=25 {
        let mut cursor = db.cursor(MANY, &[], 100).await.unwrap();
        cursor.next().await.unwrap().unwrap();
        drop(cursor);
        insert(&db, n).await.unwrap();
    }
    for n in 26..=50 {
        let mut pieces = 0;
        let stopped = db.copy_out("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT", |_| {
            pieces += 1;
            if pieces == 100 {
                Err(DatabaseError::new(hyperdjango::db::ErrorKind::Other, "enough"))
            } else {
                Ok(())
            }
        });
        assert_eq!(stopped.await.unwrap_err().to_string(), "enough");
        insert(&db, n).await.unwrap();
    }
    for n in 51..=75 {
        let endless = stream::iter([Ok(Bytes::from_static(b"1000\n"))]).chain(stream::pending());
        let copy = db.copy_in_stream("COPY numbers FROM STDIN", endless);
        tokio::select! {
            biased;
            _ = copy => panic!("it should not end"),
            () = numbers.wait_for("1", "query LIKE 'COPY numbers%' AND state = 'active'") => {}
        }
        insert(&db, n).await.unwrap();
    }
    assert_eq!(texts(&db, "SELECT count(*) FROM numbers").await.unwrap(), ["76"]);
    numbers.wait_for("0", HELD).await;
    assert!(backends(&numbers).await <= before, "connections are left over");
}

/// A consumer that does not come back for more: what it does not take stays in PostgreSQL, and others go on.
#[tokio::test]
async fn a_copy_whose_other_side_rests_holds_one_connection_and_nobody_up() {
    let numbers = Numbers::new().await;
    let db = sized(&numbers, 2);
    // A row, then nothing until somebody says so, then another.
    let (send, go_on) = tokio::sync::oneshot::channel::<()>();
    let rows = stream::iter([Ok(Bytes::from_static(b"1\n"))]).chain(stream::once(async {
        let _ = go_on.await;
        Ok(Bytes::from_static(b"2\n"))
    }));
    let copy = tokio::spawn({
        let db = db.clone();
        async move { db.copy_in_stream("COPY numbers FROM STDIN", rows).await }
    });
    numbers.wait_for("1", "query LIKE 'COPY numbers%' AND state = 'active'").await;
    for _ in 0..50 {
        assert_eq!(numbers.connections(HELD).await, "1");
        db.execute_batch("SELECT 1").await.unwrap();
        assert_eq!(texts(&db, "SELECT count(*) FROM numbers").await.unwrap(), ["0"]);
    }
    send.send(()).unwrap();
    assert_eq!(copy.await.unwrap().unwrap(), 2);
    numbers.wait_for("0", HELD).await;
}

#[derive(Model)]
#[model(table = "held_users")]
struct HeldUser {
    #[field(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model)]
#[model(table = "held_posts")]
struct HeldPost {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<HeldUser>,
}

/// With the methods of the ORM, each of them another query.
#[tokio::test]
async fn queries_joined_together_take_one_round_trip() {
    let numbers = Numbers::new().await;
    let (proxy, db) = Proxy::new(&numbers.url).await;
    create_missing_tables(&db, &[HeldUser::META, HeldPost::META]).await.unwrap();
    let user = HeldUser::objects().create(&db, HeldUser.name.set("ana")).await.unwrap();
    HeldPost::objects().create(&db, HeldPost.author.set(user.id)).await.unwrap();
    let together = async || {
        let (users, one, posts, with, is) = tokio::join!(
            async { HeldUser::objects().all(&db).await },
            async { HeldUser::objects().get(&db, user.id).await },
            async { HeldPost::objects().count(&db).await },
            async { HeldPost::objects().select_related(HeldPost.author).first(&db).await },
            async { HeldUser::objects().filter(HeldUser.name.eq("ana")).exists(&db).await },
        );
        assert_eq!((users.unwrap().len(), one.unwrap().name, posts.unwrap()), (1, "ana".to_owned(), 1));
        assert!(with.unwrap().unwrap().1.id == user.id && is.unwrap());
    };
    // Tried out the first time, prepared the second; on a busy machine once more, if one seemed to take long.
    let mut shared = 0;
    while shared < 3 {
        let (sends, acquires) = (proxy.sends(), db.stats().acquires);
        together().await;
        shared = if db.stats().acquires == acquires { shared + 1 } else { 0 };
        if shared == 3 {
            assert_eq!(proxy.sends() - sends, 1);
        }
    }
}
