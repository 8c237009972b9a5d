// A middleware does not take what stands inside it, and one runs it twice.
use hyperdjango::prelude::*;

#[middleware]
async fn lonely(request: &mut Request) -> Response {
    request.path().into_response(request)
}

#[middleware]
async fn twice(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await;
    next.run(request).await
}

#[middleware]
async fn greedy(_body: Json<String>, request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

fn main() {}
