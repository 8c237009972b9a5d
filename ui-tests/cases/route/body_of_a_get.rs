// A body where there is none.
use hyperdjango::prelude::*;

#[derive(serde::Deserialize)]
#[serde(crate = "serde")]
pub struct NewPost {
    pub title: String,
}

#[get("/posts")]
async fn list(post: Json<NewPost>) {}

fn main() {}
