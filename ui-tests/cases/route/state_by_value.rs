// A part of the application, taken by value.
use hyperdjango::prelude::*;

#[get("/posts")]
async fn list(db: Db) {
    let _ = db;
}

fn main() {}
