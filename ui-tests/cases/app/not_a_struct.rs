// An application that is an enum.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[derive(App)]
#[app(routes = Urls)]
pub enum Site {}

fn main() {}
