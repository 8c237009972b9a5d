// No primary key.
use hyperdjango::prelude::*;

#[derive(Model)]
struct Post {
    title: String,
}

fn main() {}
