// Handlers and middleware that nothing uses, in a private module and beside tests; warnings, made errors here.
#![deny(dead_code)]

use hyperdjango::prelude::*;

mod posts {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn list() {}

    #[get("/drafts")]
    pub async fn drafts() {}

    #[get("/old")]
    async fn old() {}

    // In the second application alone.
    #[post("/{id}")]
    pub(crate) async fn change(id: i64) -> String {
        id.to_string()
    }

    #[middleware]
    pub async fn counted(request: &mut Request, next: impl Next) -> Response {
        next.run(request).await
    }

    #[middleware]
    pub async fn timed(request: &mut Request, next: impl Next) -> Response {
        next.run(request).await
    }

    routes! { pub Urls: list }
    routes! { pub Changes: change }
    // Mounted nowhere.
    routes! { pub Old: old }
}

routes! { Urls: mount("/posts", posts::Urls) }

#[derive(App)]
#[app(routes = Urls, middleware = [posts::counted])]
struct Site;

#[derive(App)]
#[app(routes = posts::Changes)]
struct Changes;

// Started nowhere: it is said once.
#[derive(App)]
#[app(routes = Urls)]
struct Forgotten;

fn main() -> ExitCode {
    let _ = manage::<Changes>;
    manage::<Site>()
}
