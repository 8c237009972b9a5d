// A reverse URL with an argument of another type.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(id: i64) {}

pub fn link() -> Url {
    show::url("x")
}

fn main() {}
