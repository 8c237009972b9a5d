// No comma between two routes.
use hyperdjango::prelude::*;

#[get("/a")]
async fn a() {}

#[get("/b")]
async fn b() {}

routes! { pub Urls: a b }

fn main() {}
