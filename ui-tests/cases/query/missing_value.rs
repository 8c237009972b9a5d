// A required field without a value: found when the query is built, as only that knows all values.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::Post;

fn main() {
    let _ = Post::objects().create_sql(&(Post.title.set("x"), Post.views.set(1)));
}
