// Paths and parentheses in the list of routes.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Paths: "/" => index }

routes! { pub Calls: index() }

fn main() {}
