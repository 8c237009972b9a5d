// A parameter that is not a whole segment.
use hyperdjango::prelude::*;

#[get("/posts/{id}.json")]
async fn show(id: i64) {
    let _ = id;
}

fn main() {}
