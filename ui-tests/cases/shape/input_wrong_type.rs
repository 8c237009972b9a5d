// A text for a number.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Input)]
#[input(Post)]
struct NewPost {
    title: String,
    views: String,
}

fn main() {}
