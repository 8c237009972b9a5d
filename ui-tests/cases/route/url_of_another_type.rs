// A reverse URL with an argument of another type.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(id: i64) {
    let _ = id;
}

pub fn link() -> Url {
    show::url("x")
}

fn main() {}
