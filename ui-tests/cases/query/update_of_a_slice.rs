// An update of a part of the rows.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(Post.score.gt(1)).limit(3).update(db, Post.score.set(1)).await;
}

fn main() {}
