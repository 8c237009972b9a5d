// A nested shape that is of another model than the foreign key leads to.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::{Post, User};

#[derive(Shape)]
#[shape(Post)]
struct Card {
    id: i64,
    author: Other,
}

#[derive(Shape)]
#[shape(Post)]
struct Other {
    title: String,
}

fn main() {
    let _ = User.id;
}
