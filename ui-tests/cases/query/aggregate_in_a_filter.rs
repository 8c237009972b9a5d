// A condition on an aggregate outside `having`.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(count().gt(3));
    let _ = Post::objects().filter(Post.score.sum().gt(3));
}

fn main() {}
