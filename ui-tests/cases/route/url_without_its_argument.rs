// A reverse URL without an argument.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(id: i64) {
    let _ = id;
}

pub fn link() -> Url {
    show::url()
}

fn main() {}
