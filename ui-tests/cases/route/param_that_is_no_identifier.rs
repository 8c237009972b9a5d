// A parameter that no argument can be named after.
use hyperdjango::prelude::*;

#[get("/posts/{1d}")]
async fn show(id: i64) {
    let _ = id;
}

fn main() {}
