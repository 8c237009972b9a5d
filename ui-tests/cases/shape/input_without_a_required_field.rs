// A required field that neither the input nor the program gives a value.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Input)]
#[input(Post)]
struct NewPost {
    title: String,
    views: i64,
}

fn main() {
    let form = NewPost { title: "x".into(), views: 1 };
    let _ = Post::objects().create_sql(&(form, Post.url.set("https://example.org")));
}
