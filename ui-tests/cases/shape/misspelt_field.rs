// A field that is no column of the model.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Shape)]
#[shape(Post)]
struct Card {
    id: i64,
    titel: String,
}

fn main() {}
