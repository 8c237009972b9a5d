// A handler mounted as if it were a set, after a set.
use hyperdjango::prelude::*;

mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn root() {}

    routes! { pub Urls: root }
}

#[get("/")]
async fn index() {}

routes! { pub Urls: mount("/api", api::Urls), mount("/index", index) }

fn main() {}
