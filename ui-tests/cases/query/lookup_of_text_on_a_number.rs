// A lookup of texts on a number.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(Post.score.icontains("5"));
    let _ = Post::objects().filter(Post.score.contains("5"));
    let _ = Post::objects().filter(Post.score.regex("^5"));
    let _ = Post::objects().filter(Post.title.startswith(5));
    let _ = Post::objects().filter(Post.title.startswith(User.name));
}

fn main() {}
