// A model that is not a struct with named fields.
use hyperdjango::prelude::*;

#[derive(Model)]
enum Post {
    Draft,
}

fn main() {}
