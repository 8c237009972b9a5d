// A primary key that can be NULL, and one of too many columns.
use hyperdjango::prelude::*;

#[derive(Model)]
struct Vote {
    #[field(primary_key)]
    user: Option<i64>,
    #[field(primary_key)]
    post: i64,
}

#[derive(Model)]
struct Cell {
    #[field(primary_key)]
    a: i64,
    #[field(primary_key)]
    b: i64,
    #[field(primary_key)]
    c: i64,
    #[field(primary_key)]
    d: i64,
    #[field(primary_key)]
    e: i64,
}

fn main() {}
