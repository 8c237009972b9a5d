// An option nobody knows.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[derive(App)]
#[app(rotues = Urls)]
pub struct Site;

fn main() {}
