// A query and a form of a type that serde does not decode.
use hyperdjango::prelude::*;

pub struct Page {
    pub number: u32,
}

#[get("/posts")]
async fn list(page: Query<Page>) {
    let _ = page;
}

#[post("/posts")]
async fn turn(page: Form<Page>) {
    let _ = page;
}

fn main() {}
