// A text for a number, as the argument of a function.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().values(Post.title.left("3"));
}

fn main() {}
