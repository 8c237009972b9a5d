// A shape of one model in a query on another.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::{Post, User};

#[derive(Shape)]
#[shape(User)]
struct Author {
    name: String,
}

fn main() {
    let _ = Post::objects().shape::<Author>();
}
