// Middleware may be private where the set and the application around which it stands are public.
use hyperdjango::prelude::*;

#[middleware]
async fn guard(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

pub mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn index() -> &'static str {
        "Hello"
    }

    routes! { pub Urls: index }
}

routes! { pub Urls: mount("/api", api::Urls, middleware = [guard]) }

#[derive(App)]
#[app(routes = Urls, middleware = [guard])]
pub struct Site;

fn main() {
    let _ = manage::<Site>;
}
