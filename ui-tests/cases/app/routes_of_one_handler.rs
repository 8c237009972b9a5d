// A handler as the routes of an application.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

#[derive(App)]
#[app(routes = index)]
pub struct Site;

fn main() {}
