// A delete of rows in an order.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(Post.score.gt(1)).order_by(Post.id).delete(db).await;
}

fn main() {}
