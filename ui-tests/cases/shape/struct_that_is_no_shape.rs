// A nested struct without the derive.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Shape)]
#[shape(Post)]
struct Card {
    id: i64,
    author: Author,
}

struct Author {
    name: String,
}

fn main() {}
