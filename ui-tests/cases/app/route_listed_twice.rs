// A handler listed twice.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Urls: index, index }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}
