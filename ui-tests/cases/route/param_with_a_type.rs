// A parameter with its type, as Django writes it.
use hyperdjango::prelude::*;

#[get("/posts/<int:id>")]
async fn show(id: i64) {
    let _ = id;
}

fn main() {}
