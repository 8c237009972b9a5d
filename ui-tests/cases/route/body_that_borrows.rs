// A body that borrows what it holds.
use hyperdjango::prelude::*;

#[derive(serde::Deserialize)]
#[serde(crate = "hyperdjango::serde")]
pub struct NewPost<'a> {
    pub title: &'a str,
}

#[post("/posts")]
async fn create(post: Json<NewPost<'_>>) {
    let _ = post;
}

#[post("/notes")]
async fn note(text: Text<&str>) {
    let _ = text;
}

fn main() {}
