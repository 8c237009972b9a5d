// The path as an option, as other frameworks have it.
use hyperdjango::prelude::*;

#[get(path = "/posts")]
async fn list() {}

fn main() {}
