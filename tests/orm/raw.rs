//! SQL of one's own: rows of a model, values, JSON, and as a part of what the compiler writes.

use hyperdjango::db::ErrorKind;
use hyperdjango::orm::query::Explain;
use hyperdjango::orm::{self, Error};
use hyperdjango::prelude::*;
use serde_json::json;

use crate::models::{Country, Person, Post, database};

#[tokio::test]
async fn rows_of_a_model_are_found_by_name() {
    let db = &database().await;
    let posts = Post::objects().order_by(Post.id).all(db).await.unwrap();
    let all = Post::objects().raw("SELECT * FROM posts ORDER BY id", &[]);
    assert_eq!(all.all(db).await.unwrap(), posts);
    // In another order, and more of them.
    let text = "SELECT score, 7 AS more, created, published, title, url, id, author_id FROM posts WHERE score > $1 ORDER BY id";
    let some = Post::objects().raw(text, &[&9]);
    assert_eq!(some.all(db).await.unwrap(), [posts[0].clone(), posts[1].clone(), posts[3].clone()]);
    assert_eq!(some.first(db).await.unwrap().as_ref(), Some(&posts[0]));
    assert!(matches!(some.one(db).await, Err(Error::MultipleObjectsReturned { table: "posts" })));
    let none = Post::objects().raw(text, &[&999]);
    assert_eq!(none.first(db).await.unwrap(), None);
    assert!(none.one(db).await.unwrap_err().is_does_not_exist());
    // The same JSON, secrets left out.
    let people =
        Person::objects().raw("SELECT country_id, password, email, name, id FROM people ORDER BY id", &[]);
    let json = people.json(db).await.unwrap();
    assert_eq!(json, Person::objects().order_by(Person.id).json(db).await.unwrap());
    assert!(!String::from_utf8_lossy(json.as_ref()).contains("secret"));
    // It may write, and says what was wrong in the model's words.
    let changed = "UPDATE countries SET name = $1 WHERE id = $2 RETURNING *";
    let malta = Country::objects().raw(changed, &[&"Gozo", &2_i64]).one(db).await.unwrap();
    assert_eq!((malta.id, malta.name.as_str()), (2, "Gozo"));
    let error = Country::objects().raw(changed, &[&"Italy", &2_i64]).one(db).await.unwrap_err();
    assert_eq!(error.violation().unwrap().fields(), ["name"]);
    let how = some.explain_with(db, Explain::new().analyze()).await.unwrap();
    assert_eq!(how.seq_scan_tables(), ["posts"]);
}

#[tokio::test]
async fn columns_that_do_not_fit_are_named() {
    let db = &database().await;
    let fails = async |text: &str| {
        let error = Country::objects().raw(text, &[]).all(db).await.unwrap_err();
        assert_eq!(error.kind(), Some(ErrorKind::SchemaMismatch));
        error.to_string()
    };
    assert_eq!(
        fails("SELECT id, name AS title FROM countries").await,
        "the query returns no column `name`, which field `name` of the model is read from; it returns `id`, `title`"
    );
    assert!(
        fails("SELECT id, 7 AS name FROM countries")
            .await
            .starts_with("column `name` of table `countries` is `int4`")
    );
    assert!(fails("DELETE FROM countries WHERE false").await.ends_with("it returns nothing"));
    assert!(fails("SELECT nam FROM countries").await.starts_with("column \"nam\" does not exist"));
    let error = Country::objects().raw("SELECT FROM WHERE", &[]).all(db).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Other));
    // A value too few, one too many, and one of another type.
    for params in [&[] as &[hyperdjango::db::Param<'_>], &[&1_i64, &2_i64], &[&"1"]] {
        let query = Country::objects().raw("SELECT * FROM countries WHERE id = $1", params);
        let error = query.all(db).await.unwrap_err();
        assert_eq!(hyperdjango::Error::from(error).status(), 500);
    }
    assert_eq!(Country::objects().count(db).await.unwrap(), 2);
}

#[tokio::test]
async fn values_are_read_by_place() -> orm::Result<()> {
    let db = &database().await;
    let rows: Vec<(i64, Option<String>)> =
        db.query("SELECT id, url FROM posts WHERE score = $1 ORDER BY id", &[&10]).await?;
    assert_eq!(rows, [(2, None), (4, Some("https://example.net".into()))]);
    let titles: Vec<String> = db.query("SELECT title FROM posts ORDER BY id LIMIT 1", &[]).await?;
    assert_eq!(titles, ["Rust 2.0"]);
    let (id, title): (i64, String) =
        db.query_one("SELECT id, title FROM posts WHERE id = $1", &[&1_i64]).await?;
    assert_eq!((id, title.as_str()), (1, "Rust 2.0"));
    assert_eq!(db.query_val::<Option<i32>>("SELECT max(score) FROM posts WHERE false", &[]).await?, None);
    assert_eq!(db.execute("UPDATE posts SET score = score + $1 WHERE score = 10", &[&1]).await?, 2);
    let none = db.query_one::<i64>("SELECT id FROM posts WHERE false", &[]).await;
    assert!(none.unwrap_err().is_does_not_exist());
    let many = db.query_val::<i64>("SELECT id FROM posts", &[]).await;
    assert!(matches!(many, Err(Error::MultipleObjectsReturned { .. })));
    // In a transaction.
    let tx = db.begin().await?;
    assert_eq!(tx.execute("DELETE FROM posts", &[]).await?, 4);
    assert_eq!(tx.query_val::<i64>("SELECT count(*) FROM posts", &[]).await?, 0);
    tx.rollback().await?;
    assert_eq!(db.query_val::<i64>("SELECT count(*) FROM posts", &[]).await?, 4);
    for (error, says) in [
        (
            db.query::<i64>("SELECT id, title FROM posts", &[]).await.unwrap_err(),
            "returns 2 columns, and 1 are read",
        ),
        (
            db.query::<(i64, i32)>("SELECT id, title FROM posts", &[]).await.map(drop).unwrap_err(),
            "column `title` is `varchar` in the database, and is read as `i32`",
        ),
        (
            db.query::<(i64, String)>("SELECT id FROM posts", &[]).await.map(drop).unwrap_err(),
            "returns 1 columns, and 2",
        ),
    ] {
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.kind(), Some(ErrorKind::SchemaMismatch));
    }
    let null = db.query::<String>("SELECT url FROM posts WHERE id = 2", &[]).await.unwrap_err();
    assert_eq!(null.kind(), Some(ErrorKind::Decode));
    Ok(())
}

#[tokio::test]
async fn json_of_any_columns() -> orm::Result<()> {
    let db = &database().await;
    let text = r#"SELECT 1::int2 AS a, 2 AS "b""c", 3::int8 AS c, 1.5::float8 AS d, true AS e, 'ж"' AS f, NULL::int AS g,
        '{"x": [1]}'::jsonb AS h, '{1,NULL,3}'::int[] AS i, date '2026-02-03' AS j,
        timestamptz '2026-02-03 04:05:06+00' AS k, uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' AS l, 12.50::numeric AS m,
        ARRAY['x', 'y'] AS n, '\x00ff'::bytea AS o, 'x'::varchar(3) AS p, time '01:02' AS q, '10.0.0.1'::inet AS r
        FROM generate_series(1, 2)"#;
    let json = db.query_json(text, &[]).await?;
    let rows: serde_json::Value = serde_json::from_slice(json.as_ref()).unwrap();
    let row = &rows[1];
    assert_eq!(rows.as_array().unwrap().len(), 2);
    for (name, value) in [
        ("a", json!(1)),
        ("b\"c", json!(2)),
        ("c", json!(3)),
        ("d", json!(1.5)),
        ("e", json!(true)),
        ("f", json!("ж\"")),
        ("g", json!(null)),
        ("h", json!({"x": [1]})),
        ("i", json!([1, null, 3])),
        ("j", json!("2026-02-03")),
        ("k", json!("2026-02-03T04:05:06Z")),
        ("l", json!("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
        ("n", json!(["x", "y"])),
        ("p", json!("x")),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
    assert_eq!(row.as_object().unwrap().len(), 18);
    assert_eq!(db.query_json("SELECT 1 WHERE false", &[]).await?.as_ref(), b"[]");
    let error = db.query_json("SELECT point(1, 2) AS p", &[]).await.unwrap_err();
    assert!(
        error.to_string().contains("column `p` is `point`, which has no JSON of its own; cast it: `p::text`"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn expressions_of_ones_own() -> orm::Result<()> {
    let db = &database().await;
    let even = sql!(bool, "{} % {} = 0 OR false", Post.score, 2);
    let query = Post::objects().filter(even & Post.id.gt(1)).order_by(Post.id);
    assert_eq!(query.values(Post.id).all(db).await?, [2, 4]);
    assert_eq!(Post::objects().filter(!even).values(Post.id).all(db).await?, [3]);
    let by = sql!(String, "{} || ' by ' || {}", Post.title, Post.author.name);
    let names: Vec<String> = Post::objects().order_by(Post.id).limit(1).values(by).all(db).await?;
    assert_eq!(names, ["Rust 2.0 by ana"]);
    // NULL counts as not true, also in what nobody has looked into.
    let short = sql!(bool, "length({}) < {}", Post.url, 20);
    assert_eq!(Post::objects().filter(short).count(db).await?, 1);
    assert_eq!(Post::objects().exclude(short).count(db).await?, 3);
    let maybe = sql!(Option<i32>, "nullif({}, {})", Post.score, 10);
    assert_eq!(
        Post::objects().order_by(Post.id).values(maybe).all(db).await?,
        [Some(30), None, Some(-5), None]
    );
    assert_eq!(
        Post::objects().order_by(sql!(i64, "- {}", Post.id)).values(Post.id).all(db).await?,
        [4, 3, 2, 1]
    );
    let now = sql!(String, "'{{}}'");
    assert_eq!(Country::objects().values(now).all(db).await?, ["{}", "{}"]);
    Post::objects()
        .filter(Post.id.eq(1))
        .update(db, Post.score.set(sql!(i32, "{} / 4 + {}", Post.score, 1)))
        .await?;
    assert_eq!(Post::objects().get(db, 1).await?.score, 8);
    // A value of the program's is a parameter, whatever is in it.
    let injected = sql!(bool, "{} = {}", Post.title, "'; DROP TABLE posts; --");
    assert_eq!(Post::objects().filter(injected).count(db).await?, 0);
    Ok(())
}
