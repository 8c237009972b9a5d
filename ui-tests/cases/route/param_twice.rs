// One name for two parameters.
use hyperdjango::prelude::*;

#[get("/users/{id}/posts/{id}")]
async fn show(id: i64) {
    let _ = id;
}

fn main() {}
