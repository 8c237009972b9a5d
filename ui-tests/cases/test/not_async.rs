// A test with a client that is no `async fn`.
use hyperdjango::prelude::*;
use hyperdjango::test::Client;

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

#[hyperdjango::test]
fn a_page_is_there(client: Client<Site>) {
    let _ = client;
}

fn main() {}
