// A list of routes without a name.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { index }

fn main() {}
