// An error that says nothing of its status.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() -> Result<String, std::num::ParseIntError> {
    "1".parse::<i32>().map(|n| n.to_string())
}

fn main() {}
