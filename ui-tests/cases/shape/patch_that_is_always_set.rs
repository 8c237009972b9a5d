// A field of a patch that cannot be left out.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Patch)]
#[patch(Post)]
struct PostPatch {
    title: Option<String>,
    views: i64,
}

fn main() {
    let _ = Post.id;
}
