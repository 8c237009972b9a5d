// A column that does not exist, beyond a foreign key.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(Post.author.naem.eq("x"));
}

fn main() {}
