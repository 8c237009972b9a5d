// Two primary keys.
use hyperdjango::prelude::*;

#[derive(Model)]
struct Vote {
    #[field(primary_key)]
    user: i64,
    #[field(primary_key)]
    post: i64,
}

fn main() {}
