// A cached function that has no cache.
use hyperdjango::prelude::*;

#[cached(ttl = 60)]
async fn double(number: i32) -> i32 {
    number * 2
}

fn main() {}
