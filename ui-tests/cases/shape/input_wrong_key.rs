// A key of another type than the model has.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Input)]
#[input(Post)]
struct NewPost {
    title: String,
    author: String,
}

fn main() {}
