// A struct without rules is to be held against them.
use hyperdjango::prelude::*;

#[derive(serde::Deserialize)]
#[serde(crate = "hyperdjango::serde")]
pub struct NewPost {
    pub title: String,
}

#[post("/posts")]
async fn create(form: Valid<Form<NewPost>>) {
    let _ = form;
}

fn main() {}
