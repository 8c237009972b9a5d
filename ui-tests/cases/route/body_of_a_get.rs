// A body where there is none.
use hyperdjango::prelude::*;

#[derive(serde::Deserialize)]
#[serde(crate = "hyperdjango::serde")]
pub struct NewPost {
    pub title: String,
}

#[get("/posts")]
async fn list(post: Json<NewPost>) {
    let _ = post;
}

fn main() {}
