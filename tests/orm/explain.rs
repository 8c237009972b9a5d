//! Plans: what is in them, and their text against PostgreSQL's own.

use hyperdjango::db::{Db, Executor, Param, Sql, Transaction};
use hyperdjango::orm::query::{Explain, Explanation};
use hyperdjango::prelude::*;

use crate::models::{Country, Person, Post, database};

/// PostgreSQL's own text of a statement's plan.
async fn by_hand(db: &impl Executor, options: &str, sql: &str, params: &[Param<'_>]) -> String {
    let mut lines = Vec::new();
    db.read(Sql::rendered(&format!("EXPLAIN ({options}) {sql}")), params, |row| {
        lines.push(row.try_get::<_, String>(0)?);
        Ok(())
    })
    .await
    .unwrap();
    lines.join("\n")
}

/// A database with many posts, and statistics.
async fn filled() -> Db {
    let db = database().await;
    db.execute_batch(
        "INSERT INTO posts (title, author_id, score) \
         SELECT 'post ' || n, 1 + n % 3, n % 100 FROM generate_series(1, 3000) n",
    )
    .await
    .unwrap();
    db.execute_batch("VACUUM ANALYZE").await.unwrap();
    db
}

#[tokio::test]
async fn steps_are_data() {
    let db = &filled().await;
    let how = Post::objects().filter(Post.id.eq(7)).order_by(Post.id).explain(db).await.unwrap();
    assert_eq!(how.plan.node_type, "Index Scan");
    assert_eq!(
        (how.plan.relation.as_deref(), how.plan.index_name.as_deref()),
        (Some("posts"), Some("posts_pkey"))
    );
    assert!(how.plan.is_index_scan() && !how.has_seq_scan() && !how.analyzed);
    assert!(how.plan.startup_cost > 0.0 && how.plan.total_cost > how.plan.startup_cost);
    assert!(how.plan.plan_rows == 1.0 && how.plan.plan_width > 8);
    assert_eq!(how.plan.extra["Index Cond"], "(id = '7'::bigint)");
    assert_eq!((how.plan.actual_rows, how.execution_time), (None, None));
    how.assert_uses_index("posts_pkey");
    how.assert_no_seq_scan();

    let how = Post::objects()
        .filter(Post.author.name.eq("ana"))
        .explain_with(db, Explain::new().analyze().buffers())
        .await
        .unwrap();
    assert!(how.analyzed && how.planning_time.unwrap() > 0.0 && how.execution_time.unwrap() > 0.0);
    assert_eq!(how.plan.actual_rows, Some(1002.0));
    assert!(how.plan.shared_hit_blocks.unwrap() > 0);
    assert_eq!(how.plan.actual_loops, Some(1.0));
    assert!(how.has_seq_scan() && how.seq_scan_tables().contains(&"people"), "{how}");
    assert!(how.all_nodes().len() >= 3);
    let panic = |check: fn(&Explanation)| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&how))).unwrap_err();
        panic.downcast::<String>().unwrap()
    };
    let message = panic(|how| how.assert_uses_index("posts_pkey"));
    assert!(message.starts_with("the index `posts_pkey` is not used, but"), "{message}");
    assert!(message.contains("Seq Scan on people"), "{message}");
    assert!(panic(Explanation::assert_no_seq_scan).starts_with("these tables are read as a whole: "));
}

/// What is not to be compared as it is another each time.
fn without_times(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("Planning Time") || line.starts_with("Execution Time") {
            lines.push("(time)".to_owned());
            continue;
        }
        match line.split_once("actual time=") {
            Some((before, after)) => {
                let rest = after.split_once(' ').map_or("", |(_, rest)| rest);
                lines.push(format!("{before}actual time=.. {rest}"));
            }
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

async fn compare(db: &Db, sql: &str, params: &[Param<'_>], how: impl AsyncFn(Explain) -> Explanation) {
    assert_eq!(how(Explain::new()).await.text(), by_hand(db, "COSTS", sql, params).await, "{sql}");
    let verbose = how(Explain::new().verbose()).await.to_string();
    assert_eq!(verbose, by_hand(db, "VERBOSE", sql, params).await);
    let analyzed = how(Explain::new().analyze()).await.to_string();
    assert_eq!(without_times(&analyzed), without_times(&by_hand(db, "ANALYZE", sql, params).await));
}

macro_rules! same {
    ($db:ident, $query:expr $(, $param:expr)*) => {{
        let query = $query;
        compare($db, query.sql(), &[$(&$param),*], async |options| query.explain_with($db, options).await.unwrap()).await;
    }};
}

#[tokio::test]
async fn the_text_is_postgresqls() {
    let db = &filled().await;
    same!(db, Post::objects().filter(Post.id.eq(7)), 7_i64);
    same!(db, Post::objects().filter(Post.score.gt(50)).order_by(Post.title), 50_i32);
    same!(db, Post::objects().order_by((Post.score.desc(), Post.id.desc())).limit(5), 5_i64);
    same!(db, Post::objects().order_by(Post.id.desc()).values(Post.id).limit(5), 5_i64);
    same!(
        db,
        Post::objects()
            .select_related((Post.author, Post.author.country))
            .filter(Post.author.country.name.eq("Italy")),
        "Italy"
    );
    same!(db, Post::objects().filter(Post.author.country.is_null()).values((Post.title, Post.author.name)));
    same!(
        db,
        Person::objects()
            .filter(exists(Post::objects().filter(Post.author.eq(outer(Person.id)) & Post.score.gt(99)))),
        99_i32
    );
    same!(
        db,
        Person::objects().values((
            Person.name,
            subquery(
                Post::objects()
                    .filter(Post.author.eq(outer(Person.id)))
                    .order_by(Post.id)
                    .values(Post.title)
                    .limit(1)
            )
        )),
        1_i64
    );
    same!(db, Post::objects().filter(Post.id.within(&[1_i64, 2, 3000])), vec![1_i64, 2, 3000]);
    same!(db, Post::objects().filter(Post.author.eq(2) | Post.id.lt(100)), 2_i64, 100_i64);
    same!(db, Country::objects().filter(Country.name.icontains("al")), "%al%");
    same!(
        db,
        Country::objects()
            .values(Country.name)
            .union(Person::objects().values(Person.name))
            .order_by(nth::<1>())
    );
    same!(db, Country::objects().values(Country.name).intersection(Person::objects().values(Person.name)));
    same!(db, Country::objects().values(Country.name).difference(Person::objects().values(Person.name)));
}

#[tokio::test]
async fn what_writes_is_explained_and_undone() {
    let db = &filled().await;
    let query = Post::objects().filter(Post.id.eq(1));
    let how = query.explain_update(db, Post.score.set(5), Explain::new()).await.unwrap();
    assert!(how.to_string().starts_with("Update on posts  (cost="), "{how}");
    let how = query.explain_update(db, Post.score.set(5), Explain::new().analyze()).await.unwrap();
    assert!(how.analyzed && how.plan.children[0].actual_rows == Some(1.0));
    assert_eq!(query.values(Post.score).one(db).await.unwrap(), 30, "undone");
    let how = query.explain_delete(db, Explain::new().analyze().verbose()).await.unwrap();
    assert!(how.text().starts_with("Delete on public.posts"), "{how}");
    assert!(how.text().contains("Trigger for constraint "), "{how}");
    assert!(query.exists(db).await.unwrap());
    // In a transaction only that part is undone.
    let tx: Transaction = db.begin().await.unwrap();
    query.update(&tx, Post.score.set(7)).await.unwrap();
    query.explain_delete(&tx, Explain::new().analyze()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(query.values(Post.score).one(db).await.unwrap(), 7);
    assert!(
        query.explain_update(db, Post.score.set(5000), Explain::new()).await.is_err(),
        "against the rules"
    );
}
