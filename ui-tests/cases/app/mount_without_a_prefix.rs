// A set mounted nowhere in particular.
use hyperdjango::prelude::*;

mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn root() {}

    routes! { pub Urls: root }
}

routes! { pub Urls: mount(api::Urls) }

fn main() {}
