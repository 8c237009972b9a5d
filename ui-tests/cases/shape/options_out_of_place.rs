// Options where they do not belong.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Shape)]
#[shape(Post)]
struct Card {
    #[shape(order_by = [-id], limt = 3)]
    title: String,
    #[shape(expr = Post.url, limit = 3)]
    url: Option<String>,
}

fn main() {
    let _ = Post.id;
}
