// Middleware as axum has it: the request and what stands inside are not lent, and of one type.
use hyperdjango::prelude::*;

#[middleware]
async fn timed(request: &mut Request, next: Next) -> Response {
    next.run(request).await
}

#[middleware]
async fn counted(request: Request, next: impl Next) -> Response {
    let _ = (request, next);
    Response::default()
}

fn main() {}
