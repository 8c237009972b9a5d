// A generic middleware.
use hyperdjango::prelude::*;

#[middleware]
async fn timed<N: Next>(request: &mut Request, next: N) -> Response {
    next.run(request).await
}

fn main() {}
