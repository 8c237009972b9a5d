// A column that can be NULL, read as one that cannot.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Shape)]
#[shape(Post)]
struct Card {
    id: i64,
    url: String,
}

fn main() {}
