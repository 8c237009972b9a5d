// A column beside aggregates that is not what rows are grouped by.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().values(Post.author.id).annotate((Post.title, count()));
}

fn main() {}
