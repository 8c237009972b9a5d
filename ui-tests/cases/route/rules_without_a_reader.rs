// `Valid` of the struct itself: nothing says whether it is JSON or a form.
use hyperdjango::prelude::*;

#[derive(serde::Deserialize)]
#[serde(crate = "hyperdjango::serde")]
pub struct NewPost {
    pub title: String,
}

#[post("/posts")]
async fn create(post: Valid<NewPost>) {
    let _ = post;
}

fn main() {}
