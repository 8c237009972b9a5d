// The options of an application without its derive.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[app(routes = Urls)]
pub struct Site;

fn main() {}
