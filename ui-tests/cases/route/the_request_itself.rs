// The request as an argument, as in Django.
use hyperdjango::prelude::*;

#[get("/posts")]
async fn list(request: &Request) -> String {
    request.path().to_owned()
}

#[post("/posts")]
async fn create(request: Request) -> String {
    request.path().to_owned()
}

fn main() {}
