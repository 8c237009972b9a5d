// An argument that nothing in a request can become.
use hyperdjango::prelude::*;

#[get("/posts")]
async fn list(flags: Vec<bool>) {
    let _ = flags;
}

fn main() {}
