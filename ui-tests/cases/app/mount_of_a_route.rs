// A handler mounted as if it were a set.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Urls: mount("/api", index) }

fn main() {}
