// A query string in the path.
use hyperdjango::prelude::*;

#[get("/search?q={q}")]
async fn search(q: String) {
    let _ = q;
}

fn main() {}
