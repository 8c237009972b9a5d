// For how long?
use hyperdjango::prelude::*;

#[get("/", cache)]
async fn index() -> &'static str {
    "Hello"
}

#[get("/other", cache = "60")]
async fn other() -> &'static str {
    "Hello"
}

fn main() {
    let _ = (index(), other());
}
