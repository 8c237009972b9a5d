// A value of middleware that cannot be cloned.
use hyperdjango::http::Extension;
use hyperdjango::prelude::*;

pub struct Tenant {
    pub name: String,
}

#[get("/")]
async fn index(tenant: Extension<Tenant>) {
    let _ = tenant;
}

fn main() {}
