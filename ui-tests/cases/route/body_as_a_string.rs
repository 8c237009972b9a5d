// The body as a plain string.
use hyperdjango::prelude::*;

#[post("/notes")]
async fn add(body: String) {
    let _ = body;
}

fn main() {}
