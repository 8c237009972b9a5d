// An expression read as another type than it has.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Shape)]
#[shape(Post)]
struct Card {
    #[shape(expr = Post.views * 2)]
    twice: i32,
}

fn main() {}
