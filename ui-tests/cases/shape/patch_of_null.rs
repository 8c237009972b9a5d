// NULL for a column that is never NULL.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::Post;

#[derive(Patch)]
#[patch(Post)]
struct PostPatch {
    title: Patch<Option<String>>,
}

fn main() {}
