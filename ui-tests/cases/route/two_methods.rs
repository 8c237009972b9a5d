// One handler for two methods, as a view of Django is.
use hyperdjango::prelude::*;

#[get("/posts/new")]
#[post("/posts/new")]
async fn new() {}

routes! { pub Urls: new }

fn main() {}
