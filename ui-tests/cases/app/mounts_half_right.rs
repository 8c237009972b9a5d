// Prefixes and options that mounts do not have.
use hyperdjango::prelude::*;

mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn root() {}

    routes! { pub Urls: root }
}

routes! { pub WithoutSlash: mount("api", api::Urls) }

routes! { pub SlashAtTheEnd: mount("/api/", api::Urls) }

routes! { pub WithAParameter: mount("/users/{id}", api::Urls) }

routes! { pub WithAString: mount("/api", "api::Urls") }

routes! { pub UnknownOption: mount("/api", api::Urls, middlewares = [Timing]) }

routes! { pub NoList: mount("/api", api::Urls, middleware = Timing) }

fn main() {}
