// A header of a type that is none.
use hyperdjango::prelude::*;

pub struct ApiKey(pub String);

#[get("/whoami")]
async fn whoami(key: Header<ApiKey>) {
    let _ = key;
}

fn main() {}
