// An attribute without a path.
use hyperdjango::prelude::*;

#[get]
async fn index() {}

fn main() {}
