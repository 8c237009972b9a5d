// Answers that may be missing, are many, or are a number.
use hyperdjango::prelude::*;

#[get("/name")]
async fn name() -> Option<String> {
    None
}

#[get("/names")]
async fn names() -> Vec<String> {
    Vec::new()
}

#[get("/count")]
async fn count() -> Result<i32> {
    Ok(1)
}

fn main() {}
