// An order by what the related rows have not, on a field that is no relation to many.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Shape)]
#[shape(Post)]
struct Card {
    #[shape(order_by = [-id], limt = 3)]
    title: String,
    #[serde(flatten)]
    url: Option<String>,
}

fn main() {
    let _ = Post.id;
}
