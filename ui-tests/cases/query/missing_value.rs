// A required field without a value.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().create(db, (Post.title.set("x"), Post.views.set(1))).await;
}

fn main() {
    let _ = queries;
}
