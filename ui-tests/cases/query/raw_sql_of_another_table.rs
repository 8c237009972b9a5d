// SQL of one's own with columns of another table, and of no condition.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(sql!(bool, "{} = {}", Post.score, User.id));
    let _ = Post::objects().filter(sql!(i32, "{} + 1", Post.score));
}

fn main() {}
