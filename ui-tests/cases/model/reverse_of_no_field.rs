//! Names a field of the other model that does not refer to this one.

use hyperdjango::prelude::*;

#[derive(Model)]
#[model(reverse(posts = Post.autor, titles = Post.title))]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags = Tag))]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    pub title: String,
    pub author: ForeignKey<User>,
}

#[derive(Model)]
#[model(reverse(posts = Post.tag))]
pub struct Tag {
    #[field(primary_key)]
    pub id: i64,
}

fn main() {}
