//! Rows read as they are wanted, and COPY in both directions.

use hyperdjango::db::{Cursor, DatabaseError, ErrorKind, Executor, Param, Reader, Row, Sql, Transaction};

use crate::numbers::{Numbers, drop_when, insert, texts};

type Outcome<T = ()> = Result<T, DatabaseError>;

const SERIES: Sql<'static> = Sql::new("SELECT g, $2 || g::text FROM generate_series(1::bigint, $1) g");

fn number(row: &Row) -> i64 {
    row.get(0)
}

async fn all(mut rows: Cursor<'_>) -> Vec<i64> {
    let mut numbers = Vec::new();
    while let Some(row) = rows.next().await.unwrap() {
        assert_eq!(row.get::<_, String>(1), format!("ü{}", number(&row)));
        numbers.push(number(&row));
    }
    assert!(rows.next().await.unwrap().is_none(), "it stays at its end");
    assert_eq!(rows.next_chunk(|_| unreachable!()).await.unwrap(), 0);
    numbers
}

#[tokio::test]
async fn a_cursor_gives_each_row_once_whatever_the_chunk() {
    let numbers = Numbers::new().await;
    for count in [0_i64, 1, 2, 3, 4, 2000] {
        for chunk in [0, 1, 2, 3, 1999, 2000, 2001, u32::MAX] {
            if count == 2000 && chunk < 3 {
                continue;
            }
            let params: [Param<'_>; 2] = [&count, &"ü"];
            let expected: Vec<i64> = (1..=count).collect();
            assert_eq!(all(numbers.db.cursor(SERIES, &params, chunk).await.unwrap()).await, expected);
            let tx = numbers.db.begin().await.unwrap();
            assert_eq!(all(tx.cursor(SERIES, &params, chunk).await.unwrap()).await, expected);
            tx.commit().await.unwrap();
        }
    }
    numbers.assert_usable().await;
}

#[tokio::test]
async fn chunks_are_given_as_they_come() {
    let numbers = Numbers::new().await;
    let mut rows = numbers.db.cursor(SERIES, &[&10_i64, &"ü"], 4).await.unwrap();
    let mut seen = Vec::new();
    let mut chunks = Vec::new();
    loop {
        let count = rows
            .next_chunk(|row| {
                seen.push(number(row));
                Ok(())
            })
            .await
            .unwrap();
        if count == 0 {
            break;
        }
        chunks.push(count);
        if chunks.len() == 1 {
            seen.push(number(&rows.next().await.unwrap().unwrap()));
        }
    }
    assert_eq!((seen, chunks), ((1..=10).collect(), vec![4, 3, 2]));
    // What the closure refuses ends the chunk there, and not the cursor.
    let mut rows = numbers.db.cursor(SERIES, &[&10_i64, &"ü"], 4).await.unwrap();
    let error = rows
        .next_chunk(
            |row| if number(row) == 2 { Err(DatabaseError::new(ErrorKind::Other, "no")) } else { Ok(()) },
        )
        .await;
    assert_eq!(error.unwrap_err().to_string(), "no");
    assert_eq!(number(&rows.next().await.unwrap().unwrap()), 3);
}

#[tokio::test]
async fn the_transaction_goes_on_between_two_rows() {
    let numbers = Numbers::new().await;
    numbers.fill(5).await;
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            let mut rows = tx.cursor(Sql::new("SELECT n FROM numbers ORDER BY n"), &[], 2).await?;
            let mut inner = tx.cursor(SERIES, &[&3_i64, &""], 1).await?;
            while let Some(row) = rows.next().await? {
                // The cursor does not see it.
                insert(tx, number(&row) + 10).await?;
                if let Some(row) = inner.next().await? {
                    insert(tx, number(&row) + 20).await?;
                }
            }
            // Two that are left half-way, one of them in a part that is undone.
            let mut left = tx.cursor(SERIES, &[&3_i64, &""], 1).await?;
            left.next().await?;
            drop(left);
            let undone: Outcome = tx
                .atomic(async |tx| {
                    let mut left = tx.cursor(SERIES, &[&3_i64, &""], 1).await?;
                    left.next().await?;
                    insert(tx, 1).await.map(drop)
                })
                .await;
            undone.unwrap_err();
            assert_eq!(texts(tx, "SELECT count(*) FROM pg_cursors WHERE name LIKE 'hyper%'").await?, ["0"]);
            Ok(())
        })
        .await;
    outcome.unwrap();
    assert_eq!(numbers.kept().await, "1 2 3 4 5 11 12 13 14 15 21 22 23");
}

/// What PostgreSQL would compute, it computes as it is read; what was read is forgotten.
#[tokio::test]
async fn any_number_of_rows_takes_constant_memory() {
    let numbers = Numbers::new().await;
    let rows = 100_000_000_i64;
    let memory = || {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        status.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    };
    // Wide rows, each made when it is wanted, most of which are never asked for.
    let wide = Sql::new("SELECT generate_series(1::bigint, $1), repeat('x', 10000)");
    let mut cursor = numbers.db.cursor(wide, &[&rows], 100).await.unwrap();
    for _ in 0..5 {
        cursor.next_chunk(|_| Ok(())).await.unwrap();
    }
    let before = memory();
    let mut read = 0;
    while read < 40_000 {
        read += cursor.next_chunk(|_| Ok(())).await.unwrap();
    }
    let grown = memory().saturating_sub(before);
    assert!(grown < 100_000_000, "400 MB of rows took {grown} bytes more");
    drop(cursor);
    numbers.wait_for("0", "state LIKE '%transaction%'").await;
    numbers.assert_usable().await;
}

#[tokio::test]
async fn a_cursor_can_be_sent_to_another_task_and_outlives_its_handle() {
    let numbers = Numbers::new().await;
    let db = numbers.db.clone();
    let cursor = db.cursor(SERIES, &[&5000_i64, &"ü"], 2000).await.unwrap();
    drop(db);
    assert_eq!(tokio::spawn(async move { all(cursor).await.len() }).await.unwrap(), 5000);
}

#[tokio::test]
async fn mistakes_are_told_and_leave_the_connection_usable() {
    let numbers = Numbers::new().await;
    let db = &numbers.db;
    let error = db.cursor(Sql::new("SELECT no FROM numbers"), &[], 10).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42703"));
    let error = db.cursor(Sql::new("DELETE FROM numbers"), &[], 10).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42601"));
    let error = db.cursor(SERIES, &[], 10).await.unwrap_err();
    assert_eq!(error.to_string(), "0 values for 2 parameters");
    let error = db.cursor(SERIES, &[&"text", &"ü"], 10).await.unwrap_err();
    assert!(error.to_string().contains("parameter 0"), "{error}");
    let checked = Sql::new("SELECT n FROM numbers").checked(|_| Err("it looks different".to_owned()));
    assert_eq!(db.cursor(checked, &[], 10).await.unwrap_err().kind(), ErrorKind::SchemaMismatch);
    // One that writes by a function.
    db.execute_batch(
        "CREATE FUNCTION adds() RETURNS bigint LANGUAGE sql AS 'INSERT INTO numbers VALUES (7) RETURNING n'",
    )
    .await
    .unwrap();
    let error = db.cursor(Sql::new("SELECT adds()"), &[], 10).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
    // In the middle, once: then it is over.
    let fails = Sql::new("SELECT 10 / (5 - g) FROM generate_series(1, 9) g");
    let mut rows = db.cursor(fails, &[], 2).await.unwrap();
    let mut count = 0;
    let error = loop {
        match rows.next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("it should fail"),
            Err(error) => break error,
        }
    };
    assert_eq!((count, error.sqlstate()), (4, Some("22012")));
    assert!(rows.next().await.unwrap_err().to_string().contains("cannot be read on"));
    drop(rows);
    numbers.assert_usable().await;
}

const SLEEPING: &str = crate::numbers::SLEEPING;

#[tokio::test]
async fn what_is_dropped_half_way_leaves_the_connection_usable() {
    let numbers = Numbers::new().await;
    let db = &numbers.db;
    let slow = Sql::new("SELECT g, pg_sleep(g - 1) FROM generate_series(1, 1000) g");
    // Between two chunks, in the middle of one, and while it opens.
    let mut rows = db.cursor(slow, &[], 1).await.unwrap();
    rows.next().await.unwrap();
    drop(rows);
    numbers.assert_usable().await;
    let mut rows = db.cursor(slow, &[], 1).await.unwrap();
    rows.next().await.unwrap();
    drop_when(&numbers, rows.next(), SLEEPING).await;
    assert!(rows.next().await.unwrap_err().to_string().contains("nobody waited"));
    drop(rows);
    numbers.assert_usable().await;
    drop_when(&numbers, db.cursor(Sql::new("SELECT pg_sleep(1000)"), &[], 1), SLEEPING).await;
    numbers.assert_usable().await;
    let tx = db.atomic(async |tx: &Transaction| -> Outcome {
        insert(tx, 1).await?;
        let mut rows = tx.cursor(slow, &[], 1000).await?;
        rows.next().await.map(drop)
    });
    drop_when(&numbers, tx, SLEEPING).await;
    numbers.assert_usable().await;
    let copy = "COPY (SELECT pg_sleep(1000)) TO STDOUT";
    drop_when(&numbers, db.copy_out(copy, |_| Ok(())), SLEEPING).await;
    numbers.assert_usable().await;
    let tx = db.atomic(async |tx: &Transaction| tx.copy_out(copy, |_| Ok(())).await);
    drop_when(&numbers, tx, SLEEPING).await;
    numbers.assert_usable().await;
    assert_eq!(numbers.kept().await, "");
}

#[tokio::test]
async fn copy_gives_what_copy_takes() {
    let numbers = Numbers::new().await;
    let db = &numbers.db;
    db.execute_batch("CREATE TABLE texts (t text); CREATE TABLE copies (t text)").await.unwrap();
    db.execute_batch(
        "INSERT INTO texts VALUES (NULL), (''), ('ü\"\\'), (E'a\\tb\\nc'), (repeat('x', 1000000))",
    )
    .await
    .unwrap();
    for options in ["(FORMAT binary)", "(FORMAT csv, HEADER)", "(FORMAT text)"] {
        let mut pieces = Vec::new();
        let bytes = db
            .copy_out(&format!("COPY (SELECT t FROM texts ORDER BY t) TO STDOUT {options}"), |piece| {
                pieces.push(piece.to_vec());
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(bytes as usize, pieces.iter().map(Vec::len).sum::<usize>());
        let outcome: Outcome<u64> = db
            .atomic(async |tx| {
                tx.execute_batch("TRUNCATE copies").await?;
                let mut pieces = pieces.iter();
                tx.copy_in(&format!("COPY copies FROM STDIN {options}"), |out| {
                    let piece = pieces.next();
                    piece.iter().for_each(|piece| out.extend_from_slice(piece));
                    Ok(piece.is_some())
                })
                .await
            })
            .await;
        assert_eq!(outcome.unwrap(), 5);
        let same = "SELECT bool_and(a.t IS NOT DISTINCT FROM b.t) FROM \
                    (SELECT t, row_number() OVER (ORDER BY t) FROM texts) a JOIN \
                    (SELECT t, row_number() OVER (ORDER BY t) FROM copies) b USING (row_number)";
        assert_eq!(texts(db, same).await.unwrap(), ["true"], "{options}");
    }
    assert_eq!(db.copy_out("COPY (SELECT 1 WHERE false) TO STDOUT", |_| unreachable!()).await.unwrap(), 0);
}

#[tokio::test]
async fn copy_out_that_fails_says_so_and_leaves_the_connection_usable() {
    let numbers = Numbers::new().await;
    let db = &numbers.db;
    for text in
        ["COPY no TO STDOUT", "COPY (SELECT 1/(3-g) FROM generate_series(1,9) g) TO STDOUT", "SELECT 1"]
    {
        db.copy_out(text, |_| Ok(())).await.unwrap_err();
        numbers.assert_usable().await;
    }
    // Refused by who takes it, with terabytes to come: they are not waited for.
    let endless = "COPY (SELECT repeat('x', 1000), generate_series(1, 1000000000)) TO STDOUT";
    let mut pieces = 0;
    let mut refuse = |_: &[u8]| {
        pieces += 1;
        if pieces % 10 == 0 { Err(DatabaseError::new(ErrorKind::Other, "enough")) } else { Ok(()) }
    };
    assert_eq!(db.copy_out(endless, &mut refuse).await.unwrap_err().to_string(), "enough");
    numbers.assert_usable().await;
    let outcome: Outcome<u64> = db
        .atomic(async |tx| {
            insert(tx, 1).await?;
            tx.copy_out(endless, &mut refuse).await
        })
        .await;
    assert_eq!(outcome.unwrap_err().to_string(), "enough");
    numbers.assert_usable().await;
    // Not in a part of a transaction either, which goes on.
    let outcome: Outcome = db
        .atomic(async |tx| {
            insert(tx, 1).await?;
            let part: Outcome<u64> = tx
                .atomic(async |tx| {
                    insert(tx, 2).await?;
                    tx.copy_out(endless, &mut refuse).await
                })
                .await;
            assert_eq!(part.unwrap_err().to_string(), "enough");
            insert(tx, 3).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(numbers.kept().await, "1 3");
    db.execute_batch("DELETE FROM numbers").await.unwrap();
    let all = Sql::new("SELECT repeat('x', 1000), generate_series(1, 1000000000)");
    let outcome: Outcome<u64> = db
        .atomic(async |tx| tx.read(all, &[], |_| Err(DatabaseError::new(ErrorKind::Other, "enough"))).await)
        .await;
    assert_eq!(outcome.unwrap_err().to_string(), "enough");
    numbers.assert_usable().await;
    assert_eq!(numbers.kept().await, "");
}
