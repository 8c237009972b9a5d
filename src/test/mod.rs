//! Tests of an application: a client in the same process, a database that each test finds as it was, counted queries.
//!
//! ```
//! # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
//! # hyperdjango::__blog!();
//! # use hyperdjango::serde_json::{self, json};
//! use hyperdjango::test::{Client, assert_queries};
//!
//! #[get("/posts/{id}")]
//! async fn show(id: i64, db: &Db) -> Result<Json<String>> {
//!     Ok(Json(Post::objects().get(db, id).await?.title))
//! }
//!
//! #[post("/users")]
//! async fn sign_up(name: Json<String>, db: &Db) -> Result<(StatusCode, Json<i64>)> {
//!     Ok((StatusCode::CREATED, Json(User::objects().create(db, User.name.set(&name.0)).await?.id)))
//! }
//!
//! routes! { pub Urls: show, sign_up }
//!
//! #[derive(App)]
//! #[app(routes = Urls, models = [User, Post])]
//! pub struct Site {
//!     db: Db,
//! }
//!
//! #[hyperdjango::test]
//! async fn a_post_is_shown(client: Client<Site>) -> Result<()> {
//!     let ana: i64 = client.post(sign_up::url()).json(&"Ana").await.expect(201).json();
//!     let post = Post::objects()
//!         .create(client.db(), (Post.title.set("Hello"), Post.author.set(ana), Post.url.set(None::<&str>)))
//!         .await?;
//!     let answer = assert_queries!(1, client.get(show::url(post.id)).await);
//!     assert_eq!(answer.expect(200).json::<String>(), "Hello");
//!     client.get(show::url(post.id + 1)).await.expect(404);
//!     Ok(())
//! }
//! # fn main() { a_post_is_shown().unwrap(); }
//! ```
//!
//! # What a test stands on
//! The first test of a process starts the application, with `DEBUG` off, on a fresh database: of a PostgreSQL that is
//! started for the process, or of the server that `DATABASE_URL` names, beside the database it names. The tables of its
//! models are created, its set-up runs, and what that wrote is there in every test. `DATABASE_URL` itself is not among the
//! settings of the application, so nothing of it reaches the database that people work with.
//!
//! Each test has one transaction on each [`Db`](crate::db::Db) of the application, which is rolled back at its end, and runs
//! on a copy of the database that no test has which runs at the same time. So tests do not see each other's rows, and do not
//! wait for each other. A transaction of a handler's is a part of the test's: what it undoes is undone, deferred
//! constraints are checked when it commits, and then the callbacks of `on_commit` are called. A statement that fails on
//! its own undoes itself only.
//!
//! # What it cannot do
//! - All requests of a test share its connection, so their statements run one after the other, and of several requests at
//!   once a transaction waits for the others' (5 s at most). One request cannot have two transactions open beside each
//!   other.
//! - A statement that a handler runs on `&Db` while it has a transaction open is in that transaction.
//! - Isolation levels and time limits of transactions are not applied. Cursors read all their rows when they are opened.
//! - A task that a handler spawns does not belong to the test: it has a connection of its own, sees nothing of what the test
//!   wrote, and what it writes stays.
//! - `COMMIT` or `ROLLBACK` as text ends the test's transaction, which fails the statement.
//!
//! For all of these there are [`LiveServer`] and [`TestDatabase`], each on a database of its own.

mod answer;
mod client;
mod cookies;
mod database;
mod live;
mod multipart;
mod queries;
mod request;
mod run;
mod site;
mod snapshot;

pub use crate::__assert_no_n_plus_one as assert_no_n_plus_one;
pub use crate::__assert_queries as assert_queries;
pub use answer::Answer;
pub use client::Client;
pub use database::TestDatabase;
pub use hyper_core::db::{LoggedQuery, QueryLog, RepeatedQuery};
pub use live::LiveServer;
pub use multipart::Multipart;
pub use queries::count_queries;
#[doc(hidden)]
pub use queries::{__TOO_OFTEN, __expect_no_n_plus_one, __expect_queries};
pub use request::ClientRequest;
pub use run::{TestArgument, run};
