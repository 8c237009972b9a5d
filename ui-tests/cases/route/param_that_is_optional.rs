// A parameter that may be missing.
use hyperdjango::prelude::*;

#[get("/posts/{page}")]
async fn list(page: Option<u32>) {
    let _ = page;
}

fn main() {}
