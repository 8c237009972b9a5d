// A handler that is not async.
use hyperdjango::prelude::*;

#[get("/")]
fn index() {}

fn main() {}
