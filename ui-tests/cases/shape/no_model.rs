// A shape that does not say of which model it is.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

#[derive(Shape)]
struct Card {
    id: i64,
}

fn main() {
    let _ = blog::Post.id;
}
