// The tag would be that of compressed bytes.
use hyperdjango::middleware::{Compression, ConditionalGet};
use hyperdjango::prelude::*;

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [ConditionalGet, Compression])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
