//! What the macros write has no names that a site could have, too.
use hyperdjango::middleware::{BodyLimit, Timing};
use hyperdjango::prelude::*;

const ROUTES: usize = 10;
const COUNT: usize = 1024;
const LAYERS: usize = ROUTES * COUNT;

#[get("/")]
async fn index() {}

routes! { Layers: index, mount("/again", again::Urls, middleware = [Timing]) }

mod again {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub(super) async fn index() {}

    routes! { pub(super) Urls: index }
}

#[derive(App)]
#[app(routes = Layers, middleware = [Timing, BodyLimit::bytes(LAYERS)])]
struct Stack {
    db: Db,
}

fn main() {
    let _ = hyperdjango::manage::<Stack>;
    let _ = |stack: Stack| stack.db;
}
