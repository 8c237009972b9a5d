// A brace that is not closed.
use hyperdjango::prelude::*;

#[get("/posts/{id")]
async fn show(id: i64) {
    let _ = id;
}

fn main() {}
