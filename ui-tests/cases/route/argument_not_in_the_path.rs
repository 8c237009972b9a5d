// An argument that could only be a parameter, and is none.
use hyperdjango::prelude::*;

#[get("/posts")]
async fn list(page: u32) {
    let _ = page;
}

fn main() {}
