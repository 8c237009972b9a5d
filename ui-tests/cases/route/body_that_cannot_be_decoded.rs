// A body of a type that serde does not decode.
use hyperdjango::prelude::*;

pub struct NewPost {
    pub title: String,
}

#[post("/posts")]
async fn create(post: Json<NewPost>) {
    let _ = post;
}

fn main() {}
