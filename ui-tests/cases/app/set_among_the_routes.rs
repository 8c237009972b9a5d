// A set of routes that is not mounted.
use hyperdjango::prelude::*;

mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn root() {}

    routes! { pub Urls: root }
}

routes! { pub Urls: api::Urls }

fn main() {}
