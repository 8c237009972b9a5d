// An argument that is nearly named as the parameter.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(idd: i64) {
    let _ = idd;
}

fn main() {}
