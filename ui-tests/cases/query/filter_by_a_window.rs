// Rows filtered by a window function, which PostgreSQL computes from what is left after the filter.
use hyperdjango::orm::functions::window::{rank, window};
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(window(rank()).order_by(Post.score).lte(3));
}

fn main() {}
