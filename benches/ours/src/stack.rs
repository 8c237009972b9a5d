//! The endpoints with middleware around them.

mod endpoints;

use hyperdjango::middleware::{AccessLog, Cors, RequestIds, SecurityHeaders, Timing};
use hyperdjango::prelude::*;

use endpoints::Urls;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(App)]
#[app(routes = Urls, middleware = [AccessLog, RequestIds, SecurityHeaders, Timing, Cors])]
struct Stack {
    db: Db,
}

fn main() -> ExitCode {
    // Nobody listens to the access log.
    let _ = tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::default());
    manage::<Stack>()
}
