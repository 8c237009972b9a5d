// A column that can be NULL, read as if it could not.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _: Vec<String> = Post::objects().values(Post.url).all(db).await.unwrap();
}

fn main() {}
