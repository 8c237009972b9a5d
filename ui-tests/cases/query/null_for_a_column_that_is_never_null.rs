// NULL for a column that is never NULL.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(Post.id.eq(1)).update(db, Post.title.set(None::<&str>)).await;
}

fn main() {}
