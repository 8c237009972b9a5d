// A generic model.
use hyperdjango::prelude::*;

#[derive(Model)]
struct Post<T> {
    #[field(primary_key)]
    id: T,
}

fn main() {}
