// A parameter that no argument takes.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show() {}

fn main() {}
