// PostgreSQL has no ranges of texts.
use hyperdjango::orm::field::Range;
use hyperdjango::prelude::*;

#[derive(Model)]
struct Shelf {
    #[field(primary_key)]
    id: i64,
    letters: Range<String>,
}

fn main() {}
