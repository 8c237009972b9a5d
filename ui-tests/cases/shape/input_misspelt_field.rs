// A field that is no column of the model.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Input)]
#[input(Post)]
struct NewPost {
    title: String,
    veiws: i64,
}

fn main() {}
