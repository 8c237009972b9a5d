// A field PostgreSQL has no column for.
use hyperdjango::prelude::*;

struct Colour(u8);

#[derive(Model)]
struct Car {
    #[field(primary_key)]
    id: i64,
    colour: Colour,
}

fn main() {}
