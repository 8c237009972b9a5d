//! The models the tests use: people write posts in a country or none; comments answer comments.

use hyperdjango::db::Db;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "countries")]
pub(crate) struct Country {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 60, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people")]
pub(crate) struct Person {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40, min_length = 1)]
    pub name: String,
    #[field(email)]
    pub email: Option<String>,
    pub country: Option<ForeignKey<Country>>,
    #[field(secret)]
    pub password: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts", ordering = [-created, id], index(-score, -id), unique_together(author, title))]
pub(crate) struct Post {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(url)]
    pub url: Option<String>,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Person>,
    #[field(default = 0, ge = -1000, le = 1000)]
    pub score: i32,
    #[field(default = true)]
    pub published: bool,
    #[field(auto_now_add)]
    pub created: Timestamp,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "comments")]
pub(crate) struct Comment {
    #[field(primary_key)]
    pub id: i64,
    pub post: ForeignKey<Post>,
    pub parent: Option<ForeignKey<Comment>>,
    pub text: String,
}

/// A value of each type a column can have.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "everything")]
pub(crate) struct Everything {
    #[field(primary_key)]
    pub id: Uuid,
    pub small: i16,
    pub int: i32,
    pub big: i64,
    pub real: f32,
    pub double: f64,
    pub flag: bool,
    pub text: String,
    pub bytes: Vec<u8>,
    pub instant: Timestamp,
    pub day: Date,
    pub json: serde_json::Value,
    pub maybe: Option<String>,
}

/// A database with the tables, two countries, three people and four posts.
pub(crate) async fn database() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    let tables = [Comment::META, Post::META, Person::META, Country::META, Everything::META];
    create_missing_tables(&db, &tables).await.unwrap();
    create_missing_tables(&db, &tables).await.unwrap();
    let italy = Country::objects().create(&db, Country.name.set("Italy")).await.unwrap();
    Country::objects().create(&db, Country.name.set("Malta")).await.unwrap();
    for (name, country) in [("ana", Some(italy.id)), ("bob", None), ("eve", None)] {
        let values =
            (Person.name.set(name), Person.password.set("secret"), Person.country.set_or_null(country));
        Person::objects().create(&db, values).await.unwrap();
    }
    for (title, author, score, url) in [
        ("Rust 2.0", 1, 30, Some("https://example.org/rust")),
        ("Ten recipes", 2, 10, None),
        ("Why 100% of cats_sleep", 1, -5, None),
        ("rust in the garden", 3, 10, Some("https://example.net")),
    ] {
        let values =
            (Post.title.set(title), Post.author.set(author), Post.score.set(score), Post.url.set(url));
        Post::objects().create(&db, values).await.unwrap();
    }
    db
}
