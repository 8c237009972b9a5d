//! The endpoints as a user of the framework writes them; with `STACK=1` behind its middleware.

use bytes::Bytes;
use hyperdjango::middleware::{AccessLog, Cors, RequestIds, SecurityHeaders, Timing};
use hyperdjango::prelude::*;
use hyperdjango::serde::{Deserialize, Serialize};

mod many;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[get("/plaintext")]
async fn plaintext() -> &'static str {
    "Hello, World!"
}

#[derive(Serialize)]
#[serde(crate = "hyperdjango::serde")]
struct Message {
    message: &'static str,
}

#[get("/json")]
async fn json() -> Json<Message> {
    Json(Message { message: "Hello, World!" })
}

#[derive(Deserialize, Serialize)]
#[serde(crate = "hyperdjango::serde")]
struct Signup {
    name: String,
    email: String,
    age: u32,
    newsletter: bool,
}

#[post("/form")]
async fn form(Form(signup): Form<Signup>) -> Json<Signup> {
    Json(signup)
}

#[post("/body")]
async fn body(body: Bytes) -> String {
    body.len().to_string()
}

routes! { Urls: plaintext, json, form, body, mount("/many", many::Urls) }

#[derive(App)]
#[app(routes = Urls)]
struct Bare;

#[derive(App)]
#[app(routes = Urls, middleware = [AccessLog, RequestIds, SecurityHeaders, Timing, Cors])]
struct Stacked;

fn main() -> ExitCode {
    if std::env::var_os("STACK").is_none() {
        return manage::<Bare>();
    }
    // Nobody listens to the access log: the others log nothing either.
    let _ = tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::default());
    manage::<Stacked>()
}
