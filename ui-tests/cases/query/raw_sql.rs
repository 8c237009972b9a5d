// SQL of one's own with too few, too many and wrong places.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(sql!(bool, "{} % {} = 0", Post.score));
    let _ = Post::objects().filter(sql!(bool, "{} = 0", Post.score, 2));
    let _ = Post::objects().filter(sql!(bool, "{} = $1", Post.score));
    let _ = Post::objects().filter(sql!(bool, "{score} = 0", Post.score));
    let _ = Post::objects().filter(sql!("{} = 0", Post.score));
    let _ = Post::objects().filter(sql!(bool, TEXT, Post.score));
}

fn main() {}
