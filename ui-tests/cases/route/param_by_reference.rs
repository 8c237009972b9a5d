// A parameter taken by reference.
use hyperdjango::prelude::*;

#[get("/users/{name}")]
async fn show(name: &str) {
    let _ = name;
}

fn main() {}
