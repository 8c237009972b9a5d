// A function without an attribute among the routes.
use hyperdjango::prelude::*;

async fn helper() {}

routes! { pub Urls: helper }

fn main() {}
