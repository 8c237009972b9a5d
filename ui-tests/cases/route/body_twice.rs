// Two arguments that read the body.
use hyperdjango::prelude::*;

#[derive(serde::Deserialize)]
#[serde(crate = "hyperdjango::serde")]
pub struct NewPost {
    pub title: String,
}

#[post("/posts")]
async fn create(json: Json<NewPost>, form: Form<NewPost>) {
    let _ = (json, form);
}

fn main() {}
