// A parameter as other frameworks write it.
use hyperdjango::prelude::*;

#[get("/posts/:id")]
async fn show(id: i64) {
    let _ = id;
}

fn main() {}
