// Options nobody knows.
use hyperdjango::prelude::*;

#[derive(Model)]
#[model(tabel = "posts")]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(uniqe, max_length = 10)]
    slug: String,
}

fn main() {}
