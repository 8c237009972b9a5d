// A middleware that is not async; the list it is in does not complain as well.
use hyperdjango::prelude::*;

#[middleware]
fn timed(request: &mut Request, next: impl Next) -> Response {
    let _ = (request, next);
    Response::default()
}

#[get("/")]
async fn index() {}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [timed])]
pub struct Site;

fn main() {}
