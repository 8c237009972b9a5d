use hyperdjango::prelude::*;

#[cached(tll = 60)]
async fn double(cache: &Cache, number: i32) -> i32 {
    number * 2
}

#[cached(timeout = 60)]
async fn triple(cache: &Cache, number: i32) -> i32 {
    number * 3
}

#[cached(60)]
async fn same(cache: &Cache, number: i32) -> i32 {
    number
}

fn main() {}
