// Two slashes in a row.
use hyperdjango::prelude::*;

#[get("/a//b")]
async fn index() {}

fn main() {}
