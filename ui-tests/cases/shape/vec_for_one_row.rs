// Many rows where a foreign key leads to one.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::{Post, User};

#[derive(Shape)]
#[shape(Post)]
struct Card {
    id: i64,
    author: Vec<Author>,
}

#[derive(Shape)]
#[shape(User)]
struct Author {
    name: String,
}

fn main() {}
