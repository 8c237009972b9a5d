// A default the field itself refuses.
use hyperdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(ge = 1, default = 0)]
    rank: i32,
    #[field(default = "now")]
    created: Timestamp,
}

fn main() {}
