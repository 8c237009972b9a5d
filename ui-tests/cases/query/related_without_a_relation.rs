// select_related of what is no foreign key.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().select_related(Post.title).all(db).await;
}

fn main() {}
