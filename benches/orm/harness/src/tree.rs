//! Users with their posts with their comments, as JSON: what programs fill that write structs with serde.

use serde::Serialize;

/// A user with posts.
#[derive(Debug, Serialize)]
#[expect(missing_docs)]
pub struct UserOf<'a, T> {
    pub id: i64,
    pub name: &'a str,
    pub karma: i32,
    pub posts: Vec<PostOf<'a, T>>,
}

/// A post with comments.
#[derive(Debug, Serialize)]
#[expect(missing_docs)]
pub struct PostOf<'a, T> {
    pub id: i64,
    pub title: &'a str,
    pub url: Option<&'a str>,
    pub author: i64,
    pub editor: Option<i64>,
    pub score: i32,
    pub created: T,
    pub body: &'a str,
    pub comments: Vec<CommentOf<'a>>,
}

/// A comment.
#[derive(Debug, Serialize)]
#[expect(missing_docs)]
pub struct CommentOf<'a> {
    pub id: i64,
    pub post: i64,
    pub score: i32,
    pub body: &'a str,
}
