use hyperdjango::prelude::*;

#[cached(ttl = 60)]
fn double(cache: &Cache, number: i32) -> i32 {
    number * 2
}

fn main() {}
