// A misspelt handler among the routes.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Urls: idnex }

fn main() {}
