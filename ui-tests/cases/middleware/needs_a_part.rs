// A middleware takes a part that the application does not have.
use hyperdjango::prelude::*;

struct Mailer;

#[middleware]
async fn notify(_mailer: &Mailer, request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [notify])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
