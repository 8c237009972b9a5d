// A number for a text, as the argument of a function of one's own.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

sql_function! {
    fn levenshtein(a: String, b: String) -> i32;
}

async fn queries(db: &Db) {
    let _ = (db, User.id);
    let _ = Post::objects().filter(levenshtein(Post.score, "rust").lt(3));
}

fn main() {}
