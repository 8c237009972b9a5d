// The branches of a case have different types.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().values(case().when(Post.score.gt(10), "hot").default(0));
}

fn main() {}
