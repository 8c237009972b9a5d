//! The endpoints, served by the framework.

mod endpoints;

use hyperdjango::prelude::*;

use endpoints::Urls;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(App)]
#[app(routes = Urls)]
struct Bench {
    db: Db,
}

fn main() -> ExitCode {
    manage::<Bench>()
}
