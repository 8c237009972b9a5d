// A middleware that answers with what is no answer, and one that does not wait for what stands inside.
use hyperdjango::prelude::*;

#[middleware]
async fn checked(request: &mut Request, next: impl Next) -> bool {
    next.run(request).await;
    true
}

#[middleware]
async fn passed(request: &mut Request, next: impl Next) -> Response {
    next.run(request)
}

fn main() {}
