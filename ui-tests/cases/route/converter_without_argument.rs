// A parameter with a converter that no argument takes.
use hyperdjango::prelude::*;

#[get("/posts/{key:uuid}")]
async fn show() {}

fn main() {}
