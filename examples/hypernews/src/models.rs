//! The tables.

use hyperdjango::prelude::*;

/// Somebody with an account.
#[derive(Model, Debug, Clone)]
#[model(table = "users")]
pub struct User {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// What they are called: in paths and beside what they write.
    #[field(min_length = 2, max_length = 20, slug, unique)]
    pub name: String,
    /// The hash of their password; empty for the made-up community, whom nobody can log in as.
    #[field(secret, default = "")]
    pub password: String,
    /// What they say about themselves, as plain text.
    #[field(max_length = 2000, default = "")]
    pub about: String,
    /// The sum of the scores of their posts.
    #[field(default = 0)]
    pub karma: i64,
    /// When they signed up.
    #[field(auto_now_add)]
    pub joined: Timestamp,
}

/// A link, a text, or both. The numbers it is ordered by are kept beside it, each with an index.
#[derive(Model, Debug, Clone)]
#[model(
    table = "posts",
    index(-hot, -id),
    index(-created, -id),
    index(-rising, -id),
    index(-score, -id),
    index(-controversy, -id),
    index(author, -id),
    index(expr = "to_tsvector('english', title)", using = gin, name = "posts_title_words")
)]
pub struct Post {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// Who posted it.
    pub author: ForeignKey<User>,
    /// What it is called.
    #[field(min_length = 1, max_length = 200)]
    pub title: String,
    /// Where it leads; a text post leads nowhere.
    #[field(url, max_length = 2000)]
    pub url: Option<String>,
    /// Its text, if it has one.
    #[field(max_length = 20000)]
    pub body: Option<String>,
    /// How many voted it up.
    #[field(default = 0, ge = 0)]
    pub ups: i32,
    /// How many voted it down.
    #[field(default = 0, ge = 0)]
    pub downs: i32,
    /// Votes up minus votes down.
    #[field(default = 0)]
    pub score: i32,
    /// How many comments it has.
    #[field(default = 0, ge = 0)]
    pub comments: i32,
    /// [`ranking::hot`](crate::ranking::hot).
    pub hot: f64,
    /// [`ranking::controversy`](crate::ranking::controversy).
    #[field(default = 0)]
    pub controversy: f64,
    /// [`ranking::rise`](crate::ranking::rise), over all votes up.
    pub rising: f64,
    /// When it was posted.
    pub created: Timestamp,
}

/// An answer to a post, or to another comment.
#[derive(Model, Debug, Clone)]
#[model(table = "comments", index(author, -id))]
pub struct Comment {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// The post it belongs to.
    pub post: ForeignKey<Post>,
    /// The comment it answers; none answers the post.
    pub parent: Option<ForeignKey<Comment>>,
    /// Who wrote it.
    pub author: ForeignKey<User>,
    /// What was written, as plain text.
    #[field(min_length = 1, max_length = 10000)]
    pub body: String,
    /// When.
    #[field(auto_now_add)]
    pub created: Timestamp,
}

/// One person's vote on one post.
#[derive(Model, Debug, Clone)]
#[model(table = "votes", unique_together(user, post))]
pub struct Vote {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// Who voted.
    pub user: ForeignKey<User>,
    /// On what.
    pub post: ForeignKey<Post>,
    /// Up, not down.
    pub up: bool,
    /// When.
    #[field(auto_now_add)]
    pub created: Timestamp,
}
