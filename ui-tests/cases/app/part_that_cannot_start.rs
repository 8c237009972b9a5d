// A field that says nothing of how it starts.
use hyperdjango::prelude::*;

pub struct Mailer;

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site {
    mailer: Mailer,
}

fn main() {}
