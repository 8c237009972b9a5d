// A handler named as a module beside it is.
use hyperdjango::prelude::*;

mod posts {}

#[get("/posts")]
async fn posts() {}

fn main() {}
