// An array of arrays, which PostgreSQL does not tell from an array.
use hyperdjango::prelude::*;

#[derive(Model)]
struct Board {
    #[field(primary_key)]
    id: i64,
    cells: Vec<Vec<i32>>,
}

fn main() {}
