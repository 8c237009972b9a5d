// Text by reference that is not in the path.
use hyperdjango::prelude::*;

#[get("/search")]
async fn search(words: &str, page: &u32) {
    let _ = (words, page);
}

fn main() {}
