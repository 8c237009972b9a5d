// JSON of a type that serde does not encode.
use hyperdjango::prelude::*;

pub struct Post {
    pub title: String,
}

#[get("/")]
async fn index() -> Json<Post> {
    Json(Post { title: String::new() })
}

fn main() {}
