//! Which statements a connection keeps prepared.

use futures_util::future::join;
use hyperdjango::db::{DatabaseError, Executor, Reader, Sql};

use crate::numbers::{Numbers, texts};

type Outcome<T = ()> = Result<T, DatabaseError>;

const KEPT: &str = "SELECT count(*) FROM pg_prepared_statements";

async fn run(db: &impl Executor, n: usize) -> Outcome<i32> {
    // The text goes when this ends, and the next one is likely to have its place.
    let text = format!("SELECT {n}");
    let mut read = 0;
    db.read(Sql::rendered(&text), &[], |row| {
        read = row.try_get(0)?;
        Ok(())
    })
    .await?;
    Ok(read)
}

#[tokio::test]
async fn texts_of_any_number_are_run_and_the_last_256_are_kept() {
    let numbers = Numbers::new().await;
    let tx = numbers.db.begin().await.unwrap();
    for n in 0..1000 {
        assert_eq!(run(&tx, n).await.unwrap(), n as i32);
        // Used all the time, it stays.
        assert_eq!(run(&tx, 0).await.unwrap(), 0);
    }
    let kept: usize = texts(&tx, KEPT).await.unwrap()[0].parse().unwrap();
    assert_eq!(kept, 256, "what made room was closed in PostgreSQL, too");
    let first = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 0' AND \
                 prepare_time < (SELECT max(prepare_time) FROM pg_prepared_statements WHERE statement = 'SELECT 999')";
    assert_eq!(texts(&tx, first).await.unwrap(), ["1"]);
    tx.rollback().await.unwrap();
}

/// A statement that makes room while it runs ends well.
#[tokio::test]
async fn one_that_is_under_way_may_make_room() {
    let numbers = Numbers::new().await;
    let tx = numbers.db.begin().await.unwrap();
    let text = "SELECT pg_sleep(0.2), 7".to_owned();
    let slow = tx.read(Sql::rendered(&text), &[], |_| Ok(()));
    let others = async {
        for n in 0..400 {
            run(&tx, n).await?;
        }
        Ok::<_, DatabaseError>(())
    };
    let (slow, others) = join(slow, others).await;
    assert_eq!(slow.unwrap(), 1);
    others.unwrap();
    tx.commit().await.unwrap();
}
