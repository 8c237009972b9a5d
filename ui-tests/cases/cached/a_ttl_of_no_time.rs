use hyperdjango::prelude::*;

#[cached(ttl = "60")]
async fn double(cache: &Cache, number: i32) -> i32 {
    number * 2
}

#[cached(ttl = Some(60))]
async fn triple(cache: &Cache, number: i32) -> i32 {
    number * 3
}

fn main() {}
