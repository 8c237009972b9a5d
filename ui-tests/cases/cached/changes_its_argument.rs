use hyperdjango::prelude::*;

#[cached(ttl = 60)]
async fn next(cache: &Cache, counter: &mut i32) -> i32 {
    *counter += 1;
    *counter
}

fn main() {}
