//! The tables.

use hyperdjango::prelude::*;

#[derive(Model)]
#[model(table = "users", reverse(posts = Post.author))]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub karma: i32,
}

#[derive(Model)]
#[model(table = "posts", reverse(comments = Comment.post))]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    pub title: String,
    pub url: Option<String>,
    pub author: ForeignKey<User>,
    pub editor: Option<ForeignKey<User>>,
    pub score: i32,
    pub created: Timestamp,
    pub body: String,
}

#[derive(Model)]
#[model(table = "comments")]
pub struct Comment {
    #[field(primary_key)]
    pub id: i64,
    pub post: ForeignKey<Post>,
    pub score: i32,
    pub body: String,
}

#[derive(Model)]
#[model(table = "people", ordering = [id])]
pub struct Person {
    #[field(primary_key)]
    pub id: i32,
    pub name: String,
    pub hair_color: Option<String>,
}

#[derive(Model)]
#[model(table = "wide", ordering = [id])]
pub struct Wide {
    #[field(primary_key)]
    pub id: i64,
    pub a1: i64,
    pub a2: i64,
    pub a3: i64,
    pub a4: i64,
    pub a5: i64,
    pub b1: i32,
    pub b2: i32,
    pub b3: i32,
    pub b4: i32,
    pub c1: i16,
    pub c2: i16,
    pub d1: bool,
    pub d2: bool,
    pub d3: bool,
    pub d4: bool,
    pub e1: f64,
    pub e2: f64,
    pub e3: f64,
    pub e4: f64,
    pub f1: String,
    pub f2: String,
    pub f3: String,
    pub f4: String,
    pub f5: String,
    pub f6: String,
    pub f7: String,
    pub f8: String,
    pub g1: Option<String>,
    pub g2: Option<String>,
    pub h1: Timestamp,
    pub i1: Uuid,
}

#[derive(Model)]
#[model(table = "items")]
pub struct Item {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
    #[field(default = 0)]
    pub score: i32,
    #[field(default = 0)]
    pub views: i64,
}

/// What a form may have of an item.
#[derive(Patch, Default)]
#[patch(Item)]
pub struct ItemPatch {
    pub name: Patch<String>,
    pub note: Patch<Option<String>>,
    pub score: Patch<i32>,
}

#[derive(Model)]
#[model(table = "log")]
pub struct Line {
    #[field(primary_key)]
    pub id: i64,
    pub item_id: i64,
    pub line: String,
}

#[derive(Model)]
#[model(table = "world")]
pub struct World {
    #[field(primary_key)]
    pub id: i32,
    pub random_number: i32,
}

#[derive(Model)]
#[model(table = "fortune")]
pub struct Fortune {
    #[field(primary_key)]
    pub id: i32,
    pub message: String,
}
