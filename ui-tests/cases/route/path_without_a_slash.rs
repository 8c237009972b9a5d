// A path that does not start with a slash.
use hyperdjango::prelude::*;

#[get("posts")]
async fn index() {}

fn main() {}
