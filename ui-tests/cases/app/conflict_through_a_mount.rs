// Two routes that match the same requests, one of them mounted.
use hyperdjango::prelude::*;

mod api {
    use hyperdjango::prelude::*;

    #[get("/posts")]
    pub async fn posts() {}

    routes! { pub Urls: posts }
}

#[get("/api/posts")]
async fn posts() {}

routes! { pub Urls: posts, mount("/api", api::Urls) }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}
