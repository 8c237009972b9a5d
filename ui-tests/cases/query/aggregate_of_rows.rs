// An aggregate among the values of single rows.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().values((Post.title, count()));
}

fn main() {}
