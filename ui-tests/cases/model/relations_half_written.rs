//! Relations that lack their second half.

use hyperdjango::prelude::*;

#[derive(Model)]
#[model(reverse(posts = Post))]
pub struct A {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags = Tag.posts))]
pub struct B {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags = Tag through Tagging))]
pub struct C {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags = Tag via Tagging(post, tag)))]
pub struct D {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(reverse(id = Post.author), reverse_one())]
pub struct E {
    #[field(primary_key)]
    pub id: i64,
}

fn main() {}
