// Rows locked without a transaction that keeps the lock.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(Post.id.eq(1)).select_for_update().one(db).await;
}

fn main() {}
