// A part of the application, taken by value.
use hyperdjango::prelude::*;

#[get("/posts")]
async fn list(db: Db) {}

fn main() {}
