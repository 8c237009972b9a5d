// A part of the application, to be changed.
use hyperdjango::prelude::*;

#[get("/posts")]
async fn list(db: &mut Db) {
    let _ = db;
}

fn main() {}
