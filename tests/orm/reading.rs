//! What queries return.

use hyperdjango::orm;
use hyperdjango::prelude::*;
use serde_json::json;

use crate::models::{Comment, Country, Person, Post, database};

#[tokio::test]
async fn rows_come_back_as_structs() {
    let db = database().await;
    let posts = Post::objects().order_by(Post.id).all(&db).await.unwrap();
    assert_eq!(posts.len(), 4);
    assert_eq!(posts[0].title, "Rust 2.0");
    assert_eq!(posts[0].author.id, 1);
    assert_eq!(posts[1].url, None);
    assert!(posts[1].published);
    assert_eq!(Post::objects().get(&db, 2).await.unwrap(), posts[1]);
}

#[tokio::test]
async fn lookups() {
    let db = &database().await;
    let ids = async |query: Vec<i64>| query;
    macro_rules! ids {
        ($condition:expr) => {
            ids(Post::objects().filter($condition).order_by(Post.id).values(Post.id).all(db).await.unwrap())
                .await
        };
    }
    assert_eq!(ids!(Post.title.eq("Ten recipes")), [2]);
    assert_eq!(ids!(Post.title.contains("Rust")), [1]);
    assert_eq!(ids!(Post.title.icontains("RUST")), [1, 4]);
    assert_eq!(ids!(Post.title.startswith("Rust")), [1]);
    assert_eq!(ids!(Post.title.istartswith("rust")), [1, 4]);
    assert_eq!(ids!(Post.title.endswith("GARDEN")), [0; 0]);
    assert_eq!(ids!(Post.title.iendswith("GARDEN")), [4]);
    assert_eq!(ids!(Post.title.iexact("TEN RECIPES")), [2]);
    assert_eq!(ids!(Post.title.contains("100%")), [3]);
    assert_eq!(ids!(Post.title.contains("1%0")), [0; 0]);
    assert_eq!(ids!(Post.title.contains("s_s")), [3]);
    assert_eq!(ids!(Post.title.contains("e_s")), [0; 0]);
    assert_eq!(ids!(Post.score.range(10, 30)), [1, 2, 4]);
    assert_eq!(ids!(Post.score.gte(10) & Post.score.lte(10)), [2, 4]);
    assert_eq!(ids!(Post.score.ne(10)), [1, 3]);
    assert_eq!(ids!(Post.url.is_null()), [2, 3]);
    assert_eq!(ids!(Post.url.is_not_null()), [1, 4]);
    assert_eq!(ids!(Post.id.within(&[4_i64, 2, 99])), [2, 4]);
    assert_eq!(ids!(Post.id.within(&[0_i64; 0])), [0; 0]);
    // Literals without a type are `i32`, and become what the column is.
    assert_eq!(ids!(Post.id.within(&[4, 2, 99])), [2, 4]);
    assert_eq!(ids!(Post.id.within(vec![2_i16])), [2]);
    assert_eq!(ids!(Post.id.within([0_i32; 0])), [0; 0]);
    assert_eq!(ids!(Post.title.within(&["Ten recipes"])), [2]);
    assert_eq!(ids!(Post.id.gt(Post.author.id * 1)), [3, 4]);
    assert_eq!(ids!((Post.score % 20).eq(10)), [1, 2, 4]);
    assert_eq!(ids!(Post.author.country.name.eq("Italy")), [1, 3]);
    assert_eq!(ids!(Post.author.eq(&Person::objects().get(db, 2).await.unwrap())), [2]);
    assert_eq!(ids!(Post.author.country.is_null()), [2, 4]);
    assert_eq!(ids!(row((Post.score, Post.id)).lt((10, 4))), [2, 3]);
    assert_eq!(ids!(Post.published), [1, 2, 3, 4]);
    assert_eq!(ids!(!Post.published), [0; 0]);
}

#[tokio::test]
async fn a_row_is_in_exactly_one_of_a_filter_and_its_negation() {
    let db = &database().await;
    let count = |n: u64| n;
    for (positive, negative) in [
        (
            Post::objects().filter(Post.url.icontains("example")).count(db).await,
            Post::objects().exclude(Post.url.icontains("example")).count(db).await,
        ),
        (
            Post::objects().filter(Post.author.country.name.eq("Italy")).count(db).await,
            Post::objects().filter(!Post.author.country.name.eq("Italy")).count(db).await,
        ),
    ] {
        assert_eq!(count(positive.unwrap()) + count(negative.unwrap()), 4);
    }
}

#[tokio::test]
async fn related_rows_are_in_the_type() {
    let db = &database().await;
    let (post, author) = Post::objects().select_related(Post.author).get(db, 1).await.unwrap();
    assert_eq!((post.author.id, author.name.as_str()), (author.id, "ana"));

    let all = Post::objects()
        .select_related((Post.author, Post.author.country))
        .order_by(Post.id)
        .all(db)
        .await
        .unwrap();
    let countries: Vec<_> =
        all.iter().map(|(_, _, country)| country.as_ref().map(|c| c.name.as_str())).collect();
    assert_eq!(countries, [Some("Italy"), None, Some("Italy"), None]);

    let names = Post::objects()
        .order_by(Post.id)
        .values((Post.title, Post.author.name, Post.author.country.name))
        .all(db)
        .await
        .unwrap();
    assert_eq!(names[1], ("Ten recipes".into(), "bob".into(), None::<String>));
}

#[tokio::test]
async fn first_one_get_count_exists() {
    let db = &database().await;
    let none = Post::objects().filter(Post.score.gt(999));
    assert_eq!(none.first(db).await.unwrap(), None);
    assert_eq!(none.count(db).await.unwrap(), 0);
    assert!(!none.exists(db).await.unwrap());
    assert!(matches!(none.one(db).await, Err(orm::Error::DoesNotExist { table: "posts" })));
    assert!(Post::objects().get(db, 99).await.unwrap_err().is_does_not_exist());
    assert!(none.get(db, 1).await.unwrap_err().is_does_not_exist());

    let many = Post::objects().filter(Post.score.eq(10));
    assert!(matches!(many.one(db).await, Err(orm::Error::MultipleObjectsReturned { table: "posts" })));
    assert_eq!(many.order_by(Post.id.desc()).first(db).await.unwrap().unwrap().id, 4);
    assert_eq!(Post::objects().order_by(Post.id).offset(2).first(db).await.unwrap().unwrap().id, 3);
    assert_eq!(Post::objects().limit(0).first(db).await.unwrap(), None);
    assert_eq!(Person::objects().first(db).await.unwrap().unwrap().id, 1);

    assert_eq!(Post::objects().count(db).await.unwrap(), 4);
    assert_eq!(Post::objects().limit(3).count(db).await.unwrap(), 3);
    assert_eq!(Post::objects().offset(3).count(db).await.unwrap(), 1);
    assert!(!Post::objects().offset(4).exists(db).await.unwrap());
}

#[tokio::test]
async fn json_comes_from_the_wire_and_leaves_secrets_out() {
    let db = &database().await;
    let parse =
        |json: orm::row::JsonRows| serde_json::from_slice::<serde_json::Value>(json.as_ref()).unwrap();
    let people = Person::objects().order_by(Person.id).all(db).await.unwrap();
    let from_wire = parse(Person::objects().order_by(Person.id).json(db).await.unwrap());
    assert_eq!(from_wire, serde_json::to_value(&people).unwrap());
    assert_eq!(from_wire[0], json!({"id": 1, "name": "ana", "email": null, "country": 1}));

    let posts = Post::objects().all(db).await.unwrap();
    assert_eq!(parse(Post::objects().json(db).await.unwrap()), serde_json::to_value(&posts).unwrap());

    let nested = Post::objects().select_related((Post.author, Post.author.country)).filter(Post.id.eq(2));
    let nested = parse(nested.json(db).await.unwrap());
    assert_eq!(nested[0]["author"], json!({"id": 2, "name": "bob", "email": null, "country": null}));
    assert_eq!(nested[0]["country"], json!(null));

    let values = Post::objects().filter(Post.id.eq(2)).values((Post.id, Post.title)).json(db).await.unwrap();
    assert_eq!(values.as_ref(), br#"[{"id":2,"title":"Ten recipes"}]"#);
    assert_eq!(Post::objects().filter(Post.id.eq(0)).json(db).await.unwrap().as_ref(), b"[]");
}

#[tokio::test]
async fn a_self_reference_reaches_the_parent() {
    let db = &database().await;
    let top = Comment::objects().create(db, (Comment.post.set(1), Comment.text.set("top"))).await.unwrap();
    let values = (Comment.post.set(1), Comment.parent.set(&top), Comment.text.set("answer"));
    let answer = Comment::objects().create(db, values).await.unwrap();
    let (found, parent) = Comment::objects()
        .select_related(Comment.parent)
        .filter(Comment.parent.text.eq("top"))
        .one(db)
        .await
        .unwrap();
    assert_eq!((found, parent), (answer, Some(top)));
}

#[tokio::test]
async fn a_table_that_differs_from_the_model_is_named() {
    let db = &database().await;
    db.execute_batch("ALTER TABLE countries ALTER COLUMN name TYPE bigint USING id").await.unwrap();
    let error = Country::objects().all(db).await.unwrap_err().to_string();
    assert!(
        error.starts_with(
            "column `name` of table `countries` is `int8` in the database, and field `name` of the model needs `text`"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_plan_that_became_stale_is_made_anew() {
    let db = &database().await;
    let query = Country::objects().filter(Country.id.eq(1));
    query.one(db).await.unwrap();
    db.execute_batch("ALTER TABLE countries ALTER COLUMN name TYPE text").await.unwrap();
    assert_eq!(query.one(db).await.unwrap().name, "Italy");
}
