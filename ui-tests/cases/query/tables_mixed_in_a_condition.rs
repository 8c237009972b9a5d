// Columns of two tables in one condition.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(Post.score.gt(1) & User.name.eq("bob"));
}

fn main() {}
