// A return type that is no answer.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() -> bool {
    true
}

fn main() {}
